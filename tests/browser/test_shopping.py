"""A customer shapes a part, orders it, and follows it until a real printer server has printed it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any
from unittest.mock import ANY

import pytest

from tests.browser.live import ROOT, LiveShop
from tests.browser.shopper import (
    PRICED,
    fill_in_and_order,
    open_product,
    price_of,
    until,
    wait_for_mesh,
    wait_for_other,
    wait_for_picture,
    without_prices,
)
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.real]


def number_box(page: Any, label: str) -> Any:
    return page.get_by_role("spinbutton", name=label)


def change(page: Any, value: str, label: str = "Knob diameter") -> None:
    box = number_box(page, label)
    box.fill(value)
    box.press("Tab")


def test_from_the_shelf_to_the_printed_part(page: Any) -> None:
    page.goto("/")
    page.get_by_role("link", name="Replacement knob").click()
    open_product(page)
    first_price, first_size = price_of(page), page.inner_text(".stage-size")
    # a small knob: the printer server reads each of its lines
    change(page, "5", "Depth of the bore")
    change(page, "10", "Knob height")
    change(page, "20")
    wait_for_other(page, ".stage-size", first_size)
    wait_for_other(page, ".price-total", first_price)
    page.wait_for_selector(PRICED)
    shown = price_of(page)
    page.click(PRICED)
    page.wait_for_load_state()
    assert shown in page.inner_text("#checkout")
    fill_in_and_order(page)
    until(page, "() => document.querySelector('.order-state').innerText.includes('It is ready')")
    assert "The printer finished it." in (page.text_content(".timeline") or "")
    assert not page.is_visible("[data-cancel]")


def test_a_draft_while_dragging_and_the_whole_shape_on_release(page: Any) -> None:
    open_product(page)
    before = page.evaluate("window.meshes.length")
    with without_prices(page):
        page.get_by_role("slider", name="Knob diameter").evaluate(
            "(slider) => { slider.value = 50; slider.dispatchEvent(new Event('input', {bubbles: true})); }"
        )
        draft = wait_for_mesh(page, before, full=False)
        full = wait_for_mesh(page, before)
    assert draft["triangles"] < full["triangles"]


def test_a_newer_change_overtakes_older_ones(page: Any) -> None:
    open_product(page)
    before = page.evaluate("window.meshes.length")
    page.get_by_role("slider", name="Knob diameter").evaluate(
        """(slider) => { for (let value = 40; value <= 60; value += 1) {
             slider.value = value; slider.dispatchEvent(new Event('input', {bubbles: true})); }
           slider.dispatchEvent(new Event('change', {bubbles: true})); }"""
    )
    wait_for_mesh(page, before)
    page.wait_for_selector(PRICED)
    assert page.evaluate("window.meshes.length") - before <= 3
    assert number_box(page, "Knob diameter").input_value() == "60"
    widest_mm = max(float(size) for size in page.inner_text(".stage-size").removesuffix(" mm").split(" × "))
    assert 58 < widest_mm <= 60  # the lobes of the grip lie within the diameter


def test_what_is_out_of_range_is_said_at_the_field(page: Any) -> None:
    open_product(page)
    box = number_box(page, "Knob diameter")
    box.fill("999")
    assert box.get_attribute("aria-invalid") == "true"
    assert page.get_by_text("Please give a number from").is_visible()


def test_undo_redo_start_over_reload_and_link(page: Any) -> None:
    open_product(page)
    box = number_box(page, "Knob diameter")
    initial = box.input_value()
    change(page, "50")
    page.get_by_role("button", name="Undo").click()
    assert box.input_value() == initial
    page.get_by_role("button", name="Redo").click()
    assert box.input_value() == "50"
    page.reload()
    assert number_box(page, "Knob diameter").input_value() == "50"
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_url("**/*outer_diameter=50*")
    link = page.url
    page.get_by_role("button", name="Start over").click()
    assert number_box(page, "Knob diameter").input_value() == initial
    page.goto(link)
    assert number_box(page, "Knob diameter").input_value() == "50"


def test_options_say_their_price_and_two_kept_designs_are_compared(page: Any) -> None:
    open_product(page)
    until(page, "() => document.querySelector('.chip .effect')?.textContent")
    page.locator(".snapshots > summary").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("Small one")
    page.get_by_role("button", name="Keep this one").click()
    with without_prices(page):
        change(page, "50")
        assert set(page.locator(".chip .effect").all_inner_texts()) == {""}, "old prices are gone at once"
    page.get_by_role("checkbox", name="Compare “What you see now”").check()
    page.get_by_role("button", name="Compare two").click()
    table = page.get_by_role("dialog").get_by_role("table")
    rows = {row.split("\t")[0]: row.split("\t")[1:] for row in table.inner_text().splitlines() if "\t" in row}
    assert [value for value in rows["Knob diameter"] if value] == ["32 mm", "50 mm"]
    assert len(set(rows["Price"])) == 2
    assert table.locator("img").count() == 2
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_role("button", name="Take it up: Small one").click()
    assert number_box(page, "Knob diameter").input_value() == "32"


def test_own_words_in_any_script_are_lettered_in_the_browser(page: Any) -> None:
    open_product(page, "/products/name-sign/")
    with without_prices(page):
        for words in ("أَدِّي", "Ọlá", "नमस्ते", "書道"):
            before = page.evaluate("window.meshes.length")
            box = page.get_by_role("textbox", name="Name or word")
            box.fill(words)
            box.press("Tab")
            assert wait_for_mesh(page, before)["triangles"] > 100
        assert page.inner_text(".stage-note") == ""


def test_a_browser_too_slow_to_draw_shows_the_shape_that_came_with_the_price(page: Any) -> None:
    page.add_init_script("""const post = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (message, transfer) {
          if (message.kind !== "run") post.call(this, message, transfer);
          else if (window.draws) setTimeout(() => post.call(this, message, transfer), 1500); };""")
    open_product(page)
    for width in ("50", "40"):
        before, size = page.evaluate("window.meshes.length"), page.inner_text(".stage-size")
        change(page, width)
        assert wait_for_mesh(page, before) == {"draft": False, "ms": None, "triangles": ANY}
        assert page.inner_text(".stage-size") != size
    assert page.inner_text(".stage-note") == ""

    # and where that does not come, it draws after all
    page.evaluate("window.draws = true")
    page.route("**/*.glb", lambda route: route.fulfill(body="half of a shape"))
    before = page.evaluate("window.meshes.length")
    change(page, "45")
    assert wait_for_mesh(page, before)["ms"] > 0
    assert page.inner_text(".stage-note") == ""


def test_without_webassembly_the_shop_makes_the_shapes(page: Any) -> None:
    # the worst order: the price, and with it the shape, is there before it is known that nothing can be drawn here
    page.add_init_script("""WebAssembly.compileStreaming = () => new Promise((_, reject) => {
        const look = setInterval(() => {
          if (!document.querySelector('.order[aria-disabled="false"]')) return;
          clearInterval(look);
          reject(new Error("not here"));
        }, 20); });""")
    page.goto("/products/replacement-knob/?outer_diameter=50")
    page.wait_for_selector("glocal-configurator[data-engine=server]")
    wait_for_other(page, ".stage-size", "")
    size = page.inner_text(".stage-size")
    change(page, "52")
    wait_for_other(page, ".stage-size", size)


def test_the_view_turns_by_buttons_and_is_cut_open(page: Any) -> None:
    open_product(page)
    stage = page.locator(".stage-canvas")
    before = wait_for_picture(stage)
    page.get_by_role("button", name="Turn left").click()
    turned = wait_for_picture(stage, before)
    page.get_by_role("button", name="Cut open").click()
    assert wait_for_picture(stage, turned) != before
    assert page.get_by_role("slider", name="Where to cut").is_visible()


def test_another_site_shows_the_product_in_a_frame_and_hears_of_the_order(page: Any, live_shop: LiveShop) -> None:
    site = "http://localhost:9"  # for a browser, another site than the shop at 127.0.0.1
    allow = [sys.executable, "-m", "glocal", "embed", "allow", site]
    environment = {**os.environ, "GLOCAL_HOME": str(live_shop.home), "DATABASE_URL": ""}
    subprocess.run(allow, cwd=ROOT, env=environment, check=True, capture_output=True)
    script = f'<script src="{live_shop.url}/embed.js" data-product="replacement-knob" async></script>'
    told = "<script>addEventListener('glocal-ordered', (event) => { window.told = event.detail; });</script>"
    html = f'<!doctype html><html lang="fr"><title>Elsewhere</title><body>{told}{script}</body></html>'
    page.route(f"{site}/**", lambda route: route.fulfill(content_type="text/html", body=html))
    page.goto(f"{site}/", wait_until="commit")
    frame = page.frame_locator("iframe")
    frame.locator(PRICED).click()
    frame.locator("#id_name").fill("Adé")
    frame.locator("#id_email").fill("ade@example.org")
    # the frame becomes as high as what it shows: the checkout, and then the order, which is shorter
    before = wait_for(
        lambda: page.locator("iframe").bounding_box()["height"],
        lambda height: (
            height == frame.locator("body").evaluate("(body) => Math.ceil(body.getBoundingClientRect().height)")
        ),
    )
    frame.locator("button.order").click()
    told = until(page, "() => window.told")
    assert told["currency"] == "EUR"
    assert told["total_minor"] > 0
    until(page, "(before) => document.querySelector('iframe').getBoundingClientRect().height < before", before)
    assert page.context.cookies() == []
