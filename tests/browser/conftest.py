"""The whole shop in a process of its own, with a real printer server, and a real browser in front of it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
START_WITHIN_S = 120
BUNDLE = ROOT / "src" / "glocal" / "bundle" / "web" / "manifest.json"


@dataclass(frozen=True, slots=True)
class LiveShop:
    """A running shop.

    Parameters
    ----------
    url : str
        Without a slash at the end.
    maker_url : str
        The page of the maker who prints.
    """

    url: str
    maker_url: str


@pytest.fixture(scope="session")
def live_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveShop]:
    """Serve the demonstration shop; its virtual printer runs as fast as it can."""
    if not BUNDLE.is_file():
        pytest.skip("the front end is not built")
    home = tmp_path_factory.mktemp("shop")
    log = home / "serve.log"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "glocal", "serve", "--port", str(port), "--with-demo-printer"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--demo-printer-speed", "inf"],
            cwd=ROOT,
            env={**os.environ, "GLOCAL_HOME": str(home), "DATABASE_URL": "", "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _wait_until_open(process, log)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_open(process: subprocess.Popen[bytes], log: Path) -> LiveShop:
    ends = time.monotonic() + START_WITHIN_S
    while time.monotonic() < ends and process.poll() is None:
        said = log.read_text()
        if "End with Ctrl-C." in said:
            url = re.search(r"open at (\S+)/$", said, re.MULTILINE)
            maker = re.search(r"page of its maker .*?: (\S+)$", said, re.MULTILINE)
            assert url
            assert maker
            return LiveShop(url[1], maker[1])
        time.sleep(0.1)
    raise AssertionError(f"the shop did not open:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about; a test ends with none, or says which it expects."""
    return []


@pytest.fixture
def page(browser: Any, live_shop: LiveShop, complaints: list[str]) -> Iterator[Any]:
    """Open a fresh browser window; errors of scripts and violated security policies fail the test."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="en", base_url=live_shop.url, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
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
