"""Everybody can use every page: by keyboard, with a screen reader, from right to left, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.live import BUNDLE, LiveShop, serving
from tests.browser.shopper import (
    KNOB,
    PRICED,
    fill_in_and_order,
    open_product,
    price_of,
    speak,
    until,
    wait_for_mesh,
    wait_for_other,
)

pytestmark = [pytest.mark.browser, pytest.mark.real]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def live_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveShop]:
    """Serve the demonstration shop; its printer takes its time, so that pages are seen while it prints."""
    if not BUNDLE.is_file():
        pytest.skip("the front end is not built")
    with serving(tmp_path_factory.mktemp("shop"), "--with-demo-printer", "--demo-printer-speed", "1") as shop:
        yield shop


def violations(page: Any, axe: str) -> list[str]:
    page.wait_for_load_state()  # half a page has no heading yet
    page.evaluate(axe)
    found = page.evaluate("(tags) => axe.run({runOnly: {type: 'tag', values: tags}})", WCAG)["violations"]
    return [f"{one['id']}: {one['help']} {[node['html'][:200] for node in one['nodes']]}" for one in found]


def widths(page: Any) -> tuple[int, int]:
    inner, content = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
    return inner, content


def open_map_before_its_script(page: Any) -> None:
    """Load the checkout anew and be quicker than the script that is to fetch the map."""
    held: list[Any] = []
    page.route("**/web/site.js?v=*", lambda route: held.append(route))  # noqa: PLW0108 - it must be a Python function
    page.reload(wait_until="commit")
    page.click(".where > summary")
    while not held:  # the browser asks for it when it comes to it
        page.wait_for_timeout(50)
    for route in held:
        route.continue_()
    page.unroute("**/web/site.js?v=*")


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ar", "dark")])
def test_no_page_has_a_barrier_that_a_checker_finds(
    page: Any, live_shop: LiveShop, axe: str, language: str, scheme: str
) -> None:
    speak(page, live_shop.url, language)
    page.emulate_media(color_scheme=scheme)
    found = {}
    for address in ("/", "/?q=umbrella", "/wish/?text=umbrella", "/products/name-sign/", KNOB):
        open_product(page, address) if "products" in address else page.goto(address)
        page.evaluate("document.querySelectorAll('details.field-group').forEach((group) => { group.open = true; })")
        found[address] = violations(page, axe)
    page.click(PRICED)
    page.wait_for_selector("#id_name")
    open_map_before_its_script(page)
    page.wait_for_selector(".map-marker")
    found["checkout"] = violations(page, axe)
    fill_in_and_order(page)
    found["order"] = violations(page, axe)
    page.click("#papers-title ~ p a")
    found["papers"] = violations(page, axe)
    page.click("main a[href*='/p/']")
    found["passport"] = violations(page, axe)
    page.goto(live_shop.maker_url)
    found["maker"] = violations(page, axe)
    assert found == {name: [] for name in found}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_fit_on_a_phone_and_on_a_desk(page: Any, live_shop: LiveShop, language: str) -> None:
    speak(page, live_shop.url, language)
    for width in (360, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        for address in ("/", "/?q=umbrella", "/wish/", KNOB, live_shop.maker_url):
            page.goto(address)
            inner, content = widths(page)
            assert content <= inner, f"{address} is {content} px wide at {width} px"


def test_arabic_runs_from_right_to_left(page: Any, live_shop: LiveShop) -> None:
    speak(page, live_shop.url, "ar")
    open_product(page)
    assert page.get_attribute("html", "dir") == "rtl"
    stage, options = page.locator(".stage").bounding_box(), page.locator(".options").bounding_box()
    assert stage["x"] > options["x"]
    assert page.inner_text(".order") == "اطلب هذا"
    assert "جاهز" in page.inner_text(".price-ready")


def press_until_focused(page: Any, selector: str, key: str = "Tab", *, at_most: int = 80) -> None:
    for _ in range(at_most):
        page.keyboard.press(key)
        if page.evaluate("(selector) => document.activeElement?.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by {key}")


def test_the_whole_way_by_keyboard_alone(page: Any) -> None:
    open_product(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    press_until_focused(page, "[aria-label='Turn left']")
    page.keyboard.press("Enter")
    # a wider knob surely costs more; a wider shaft may come to the same cent
    press_until_focused(page, "input[type=range][data-name=outer_diameter]")
    before, price = page.evaluate("window.meshes.length"), price_of(page)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    wait_for_mesh(page, before)
    wait_for_other(page, ".price-total", price)
    page.wait_for_selector(PRICED)
    press_until_focused(page, ".order")
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_name")
    press_until_focused(page, "#id_name")
    page.keyboard.type("Ada")
    press_until_focused(page, "#id_email")
    page.keyboard.type("ada@example.org")
    press_until_focused(page, "button.order")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/**")


def test_price_and_part_are_told_to_who_cannot_see_them(page: Any) -> None:
    open_product(page)
    told = page.locator(".price [role=status]")
    assert told.get_attribute("aria-live") == "polite"
    assert price_of(page) in told.inner_text()
    described = until(page, "() => document.querySelector('.stage-canvas[aria-label*=\"Knob diameter\"]')?.ariaLabel")
    assert "Replacement knob" in described
    assert "mm" in described
