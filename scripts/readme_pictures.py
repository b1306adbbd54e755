"""Take the README's pictures from the running shop: ``python scripts/readme_pictures.py [NAME…] [--work DIR]``.

The demonstration shop is started, a browser does what a customer and the owner do, and each page is kept as WebP in
``docs/pictures``. Run it after a change that shows.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.browser.live import ROOT, chromium, serving
from tests.browser.shopper import PRICED, fill_in_and_order, until

TARGET = ROOT / "docs" / "pictures"
SIZE = {"width": 1280, "height": 860}
QUALITY = 82
WAIT_MS = 120_000
ROOM = "glocal-room[data-ready][data-live]"


def keep(page: Any, name: str, *, height: int | None = None) -> None:
    """Keep what the browser shows, ``height`` pixels of it if that is said."""
    page.wait_for_timeout(1500)  # fonts, and the last frame of the 3D view
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    if height is not None:
        picture = picture.crop((0, 0, picture.width, height))
    TARGET.mkdir(parents=True, exist_ok=True)
    picture.save(TARGET / f"{name}.webp", quality=QUALITY, method=6)


def sign_in(page: Any, goto: str) -> None:
    """Sign in as the demonstration's owner, and go on."""
    page.goto(f"/sign-in/?next={goto}")
    page.fill("[name=username]", "owner")
    page.fill("[name=password]", "demo")
    page.click("main button[type=submit]")


def design(page: Any) -> None:
    """The sign as the shelf has it, with the price at each option."""
    page.goto("/products/name-sign/")
    page.wait_for_selector("glocal-configurator[data-engine]")
    page.wait_for_selector(PRICED)
    until(page, "() => [...document.querySelectorAll('.effect')].some((effect) => effect.textContent)", within_s=60)
    keep(page, "design")


def order(page: Any) -> None:
    """An order that is being printed."""
    page.goto("/products/name-sign/")
    page.wait_for_selector("glocal-configurator[data-engine]")
    page.wait_for_selector(PRICED)
    page.click(PRICED)
    fill_in_and_order(page)
    until(
        page, "() => document.querySelector('glocal-order-progress progress')?.value > 0.25", within_s=WAIT_MS // 1000
    )
    keep(page, "order")


def room(page: Any) -> None:
    """The customer's question about it, and the shop's room."""
    page.goto('/products/name-sign/ask/?values={"text":"Amina"}')
    page.fill("#id_text", "Would thicker letters hold better outdoors?")
    page.fill("#id_name", "Amina")
    page.click("main button[type=submit]")
    page.wait_for_selector(ROOM)
    until(page, "() => document.querySelector('.stage-size').textContent")
    thickness = page.get_by_role("spinbutton", name="Plate thickness")
    thickness.fill("4")
    thickness.press("Tab")
    page.fill("#room-note", "A thicker plate")
    page.click("[data-propose]")
    page.get_by_role("heading").first.scroll_into_view_if_needed()
    page.wait_for_selector(".proposal", timeout=WAIT_MS)
    page.evaluate("scrollTo(0, 0)")
    keep(page, "room")


def demand(page: Any) -> None:
    """What the region wants, on the owner's desk."""
    sign_in(page, "/desk/demand/")
    page.wait_for_selector("main h1")
    keep(page, "demand")


def grow(page: Any) -> None:
    """Which step pays, with intervals."""
    sign_in(page, "/desk/grow/")
    page.locator(".question-list a").first.click()
    page.wait_for_selector(".grow-table", timeout=WAIT_MS)
    keep(page, "grow")


PICTURES: dict[str, Callable[[Any], None]] = {
    "design": design,
    "order": order,
    "room": room,
    "demand": demand,
    "grow": grow,
}
PRINTER = ("--with-demo-printer", "--demo-printer-speed", "200")


def main(arguments: list[str]) -> None:
    """Take the pictures that are named, or all."""
    parser = argparse.ArgumentParser(description="Take the README's pictures.")
    parser.add_argument("names", nargs="*", choices=[*PICTURES, []], help="which pictures; all by default")
    parser.add_argument("--work", type=Path, help="where the shop lies meanwhile; its slices stay for the next time")
    asked = parser.parse_args(arguments)
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=asked.work)))
        shop, browser = stack.enter_context(serving(home, *PRINTER)), stack.enter_context(chromium())
        for name in asked.names or list(PICTURES):
            context = browser.new_context(viewport=SIZE, locale="en", base_url=shop.url, reduced_motion="reduce")
            page = context.new_page()
            page.set_default_timeout(WAIT_MS)
            PICTURES[name](page)
            context.close()


if __name__ == "__main__":
    main(sys.argv[1:])
