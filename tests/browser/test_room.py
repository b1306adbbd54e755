"""Customer and owner, each with a browser of their own, shape a sign together until it is ordered."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.live import BUNDLE, ROOT, LiveShop, serving, window
from tests.browser.shopper import fill_in_and_order, speak, until
from tests.browser.test_access import violations, widths

pytestmark = [pytest.mark.browser, pytest.mark.real]
LIVE = "glocal-room[data-ready][data-live]"
SIGN_IN = """
import django; django.setup()
from django.contrib.auth import get_user_model
from django.test import Client
client = Client()
client.force_login(get_user_model().objects.get(username="owner"))
print(client.cookies["sessionid"].value)
"""


@pytest.fixture(scope="module")
def live_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveShop]:
    """Serve the demonstration shop without a printer: nothing is printed here."""
    if not BUNDLE.is_file():
        pytest.skip("the front end is not built")
    with serving(tmp_path_factory.mktemp("shop")) as shop:
        yield shop


@pytest.fixture
def owner(browser: Any, live_shop: LiveShop, complaints: list[str]) -> Iterator[Any]:
    """Open a browser in which the owner is signed in."""
    environment = {**os.environ, "GLOCAL_HOME": str(live_shop.home), "DJANGO_SETTINGS_MODULE": "glocal.settings"}
    signed_in = subprocess.run(
        [sys.executable, "-c", SIGN_IN], check=False, cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert not signed_in.returncode, signed_in.stderr
    context = window(browser, live_shop)
    context.add_cookies([{"name": "sessionid", "value": signed_in.stdout.strip(), "url": live_shop.url}])
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield page
    context.close()


def ask(page: Any) -> None:
    page.goto('/products/name-sign/ask/?values={"text":"Ade"}')
    page.fill("#id_text", "Would thicker letters hold better outdoors?")
    page.fill("#id_name", "Adé")
    page.click("main button[type=submit]")
    page.wait_for_selector(LIVE)


def pin_to_the_middle(page: Any, words: str) -> None:
    """Pin a comment by keyboard: the cross begins in the middle of the view."""
    page.wait_for_selector(".stage:not([data-draft]) .pins", state="attached")
    until(page, "() => document.querySelector('.stage-size').textContent !== ''")
    page.locator("[data-pin]").press("Enter")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    until(page, "() => document.querySelector('[data-composer]').elements.point.value !== ''")
    page.keyboard.type(words)  # the focus went back to the text
    page.click("[data-composer] button[type=submit]")


def test_customer_and_owner_shape_a_sign_together_and_it_is_ordered(page: Any, owner: Any, axe: str) -> None:
    ask(page)
    owner.goto("/desk/designs/")
    barriers = {"inbox": violations(owner, axe)}
    owner.click(".room-row.waits a")
    owner.wait_for_selector(LIVE)

    pin_to_the_middle(page, "Here it broke last time")
    owner.get_by_role("button", name="Pin 1: Here it broke last time").wait_for()

    thickness = owner.get_by_role("spinbutton", name="Plate thickness")
    thickness.fill(str(float(thickness.input_value()) + 1))
    thickness.press("Tab")
    owner.fill("#room-note", "A thicker plate")
    owner.click("[data-propose]")
    accept = page.get_by_role("button", name="Accept +€")
    accept.wait_for()
    assert "prints safely" in page.inner_text(".proposal")
    barriers["room"] = violations(page, axe)
    accept.dblclick()  # a nervous hand makes one revision
    owner.get_by_text("Adé accepted a proposal.").first.wait_for()
    until(owner, "(id) => document.getElementById(id).value === '4'", thickness.get_attribute("id"))

    owner.click("#do-vouch")
    page.get_by_text("checked this version and will make it so").first.wait_for()
    page.click("#do-approve")
    owner.get_by_text("The design is approved and can be ordered.").first.wait_for()
    barriers["owner's room"] = violations(owner, axe)

    room = page.url
    page.click("#do-order")
    page.wait_for_selector("#id_name")
    assert page.input_value("#id_name") == "Adé"
    fill_in_and_order(page)
    owner.get_by_text("Ordered: the approved design is being made.").first.wait_for()
    assert owner.inner_text(".talk").count("accepted a proposal") == 1

    speak(page, room.split("/room/")[0], "ar")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(room)
    page.wait_for_selector(LIVE)
    inner, content = widths(page)
    assert content <= inner, f"the room is {content} px wide at {inner} px"
    barriers["room, Arabic, dark, phone"] = violations(page, axe)
    assert barriers == {name: [] for name in barriers}
