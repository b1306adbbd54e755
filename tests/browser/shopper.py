"""What a person does in the shop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.urls import reverse

from tests.waiting import PATIENCE_S, wait_for

KNOB = "/products/replacement-knob/"
PRICED = '.order[aria-disabled="false"]'

COUNT_MESHES = """
window.meshes = [];
addEventListener("glocal-mesh", (event) => window.meshes.push(event.detail));
"""


def open_product(page: Any, address: str = KNOB) -> None:
    """Open a product's page and wait until the browser's own engine is warm and the price is there."""
    page.add_init_script(COUNT_MESHES)
    page.goto(address)
    page.wait_for_selector("glocal-configurator[data-engine=browser]")
    page.wait_for_selector(PRICED)


def speak(page: Any, url: str, language: str) -> None:
    """Choose the language of the shop at ``url``."""
    page.context.add_cookies([{"name": "django_language", "value": language, "url": url}])


def price_of(page: Any) -> str:
    """Return the price on the page."""
    return str(page.inner_text(".price-total"))


def until(page: Any, expression: str, arg: Any = None, *, within_s: float = PATIENCE_S) -> Any:
    """Wait until a JavaScript function gives something true, and return it.

    Playwright's own waiting evaluates strings in the page, which the shop's security policy forbids.
    """
    ends = time.monotonic() + within_s
    while time.monotonic() < ends:
        found = page.evaluate(expression, arg)
        if found:
            return found
        page.wait_for_timeout(50)
    raise AssertionError(f"this did not come true within {within_s:g} s: {expression} with {arg!r}")


@contextmanager
def without_prices(page: Any) -> Iterator[None]:
    """Let no price arrive, so that each shape is the browser's own.

    A browser that draws for longer than a second takes the shop's shape as soon as the price is there.
    """
    held: list[Any] = []
    asked_at = f"**{reverse('api:create_quote')}"
    page.route(asked_at, lambda route: held.append(route))  # noqa: PLW0108 - it must be a Python function
    yield
    for route in held:
        route.continue_()
    page.unroute(asked_at)


def wait_for_picture(place: Any, before: bytes = b"") -> bytes:
    """Wait until a place on the page looks otherwise than before and has come to rest, and return its picture."""
    seen = b""

    def look() -> tuple[bytes, bytes]:
        nonlocal seen
        seen, last = place.screenshot(), seen
        return last, seen

    return wait_for(look, lambda two: two[0] == two[1] != before)[1]


def wait_for_mesh(page: Any, before: int, *, full: bool = True) -> dict[str, Any]:
    """Wait for a mesh that came after the first ``before``, the browser's or the shop's, and return what it is."""
    kind = "!mesh.draft" if full else "mesh.draft"
    mesh: dict[str, Any] = until(page, f"(before) => window.meshes.slice(before).find((mesh) => {kind})", before)
    return mesh


def wait_for_other(page: Any, selector: str, text: str) -> None:
    """Wait until an element says something else than ``text``, and not nothing."""
    until(
        page,
        "([selector, text]) => ![text, '', '—'].includes(document.querySelector(selector).innerText)",
        [selector, text],
    )


def fill_in_and_order(page: Any) -> None:
    """Fill the checkout's form in and send it."""
    page.fill("#id_name", "Adé Ọlá")
    page.fill("#id_email", "ade@example.org")
    page.click("button.order")
    page.wait_for_url("**/orders/**")
