"""What a customer feels in a real browser: from a change to the new shape and price, and from a click to a first view.

Runs Debian's Chromium (software drawing) against ``glocal serve`` on this machine, both on the same cores.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import Figure, at_most
from tests.browser.live import CHROMIUM, LiveShop, chromium, serving

PRODUCTS = {
    "name-sign": "letter_height",
    "replacement-knob": "outer_diameter",
    "plant-pot": "height",
}
CHANGES = 8
QUIET_MS = 1500
LONGEST_PRICE_MS = 10_000
"""A price that takes longer (a shape that only the slicer can time) counts as this."""

# moves one slider as a hand does and times what follows; the mesh counts when it was drawn
CHANGE = """
async ([name, value, final, longest]) => {
  const one = (target, type, keep) => new Promise((done) => {
    const listen = (event) => { if (!keep || keep(event)) { target.removeEventListener(type, listen); done(event); } };
    target.addEventListener(type, listen);
  });
  const element = document.querySelector("glocal-configurator");
  const slider = [...document.querySelectorAll("input[type=range]")].find((input) => input.dataset.name === name);
  slider.value = value;
  const began = performance.now();
  const mesh = one(element, "glocal-mesh", ({ detail }) => detail.ms && detail.draft === !final)
    .then(() => one(element.querySelector(".stage-canvas"), "drawn")).then(() => performance.now() - began);
  const late = new Promise((done) => setTimeout(() => done(longest), longest));
  const price = final ? Promise.race([late, one(element, "glocal-price").then(() => performance.now() - began)]) : null;
  slider.dispatchEvent(new Event(final ? "change" : "input", { bubbles: true }));
  return { mesh_ms: await mesh, price_ms: await price };
}
"""


def figures(data: Path | None) -> list[Figure]:
    """Measure drafts, full shapes, prices, the first view and the memory of the idle server."""
    if CHROMIUM is None:
        return [Figure("web: Chromium is not installed here", None)]
    with tempfile.TemporaryDirectory() as home, serving(Path(home)) as shop, chromium() as browser:
        idle = at_most("memory of the idle shop, MB", _resident_mb(shop), 300)
        _warm(browser, shop)
        views = sorted(_first_view_ms(browser, shop, product) for product in PRODUCTS for _ in range(3))
        measured = [_measure(browser, shop, product, parameter) for product, parameter in PRODUCTS.items()]
    drafts = [value for one in measured for value in one["draft"]]
    fulls = [value for one in measured for value in one["full"]]
    prices = [value for one in measured for value in one["price"]]
    return [
        idle,
        at_most("first view of a product page, ms, slowest of 9", views[-1], 2000),
        at_most("draft on screen after a move of a slider, ms, median", statistics.median(drafts), 150),
        at_most("draft on screen after a move of a slider, ms, p95", _p95(drafts), 400),
        at_most("whole shape on screen after release, ms, median", statistics.median(fulls), 600),
        at_most("whole shape on screen after release, ms, p95", _p95(fulls), 1000),
        at_most("new price after release, ms, p95", _p95(prices), 2000),
        *(
            Figure(f"{product}: draft, whole shape, price: {what}, ms, median", statistics.median(one[what]))
            for product, one in zip(PRODUCTS, measured, strict=True)
            for what in ("draft", "full", "price")
        ),
    ]


def _measure(browser: Any, shop: LiveShop, product: str, parameter: str) -> dict[str, list[float]]:
    """Return the times of ``CHANGES`` moves and releases of one slider, ms."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    _open(page, shop, product)
    slider = page.locator(f"input[type=range][data-name={parameter}]")
    low, high = float(slider.get_attribute("min")), float(slider.get_attribute("max"))
    times: dict[str, list[float]] = {"draft": [], "full": [], "price": []}
    for turn in range(CHANGES):
        share = 0.3 + 0.4 * turn / CHANGES
        value = low + (high - low) * share
        page.wait_for_timeout(QUIET_MS)
        times["draft"].append(page.evaluate(CHANGE, [parameter, value, False, LONGEST_PRICE_MS])["mesh_ms"])
        page.wait_for_timeout(QUIET_MS)
        released = page.evaluate(CHANGE, [parameter, value + (high - low) * 0.01, True, LONGEST_PRICE_MS])
        times["full"].append(released["mesh_ms"])
        times["price"].append(released["price_ms"])
    page.close()
    return times


def _open(page: Any, shop: LiveShop, product: str) -> None:
    page.goto(f"{shop.url}/products/{product}/")
    page.wait_for_selector("glocal-configurator[data-engine=browser]", timeout=120_000)


def _warm(browser: Any, shop: LiveShop) -> None:
    """Visit each product once: the shelf is priced and the libraries are loaded, as in a shop that is open."""
    page = browser.new_page()
    for product in PRODUCTS:
        _open(page, shop, product)
        page.wait_for_selector("glocal-configurator:not([data-state=loading])", timeout=300_000)
    page.close()


def _first_view_ms(browser: Any, shop: LiveShop, product: str) -> float:
    """Return the time until a new visitor sees the part in 3D and can use the form, ms."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(
        "addEventListener('glocal-mesh', () => { window.firstMesh ??= performance.now(); }, { once: true });"
    )
    page.goto(f"{shop.url}/products/{product}/")
    page.wait_for_selector("glocal-configurator[data-engine]")
    first: float = page.evaluate("window.firstMesh")
    context.close()
    return first


def _resident_mb(shop: LiveShop) -> float:
    import psutil

    return float(psutil.Process(shop.pid).memory_info().rss) / 1e6


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]
