"""The whole shop in a process of its own, with a real printer server, and a real browser in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.live import BUNDLE, CHROMIUM, ROOT, LiveShop, chromium, serving, window


@pytest.fixture(scope="module")
def live_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveShop]:
    """Serve the demonstration shop; its virtual printer runs as fast as it can."""
    if not BUNDLE.is_file():
        pytest.skip("the front end is not built")
    with serving(tmp_path_factory.mktemp("shop"), "--with-demo-printer", "--demo-printer-speed", "inf") as shop:
        yield shop


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start Debian's Chromium; its event loop must be gone before other tests use the database."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with chromium() as running:
        yield running


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about; a test ends with none, or says which it expects."""
    return []


@pytest.fixture
def page(browser: Any, live_shop: LiveShop, complaints: list[str]) -> Iterator[Any]:
    """Open a fresh browser window; errors of scripts and violated security policies fail the test."""
    context = window(browser, live_shop)
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def axe() -> str:
    """Read the accessibility checker, as the front end's lock file has it."""
    file = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
    if not file.is_file():
        pytest.skip("axe-core is not installed")
    return file.read_text()
