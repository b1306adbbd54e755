"""Start the whole shop in a process of its own, and a real browser: for tests and for the benchmark."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.waiting import PATIENCE_S, wait_for

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--use-gl=angle",
    "--use-angle=swiftshader-webgl",
    "--enable-unsafe-swiftshader",
    # a page that a test puts in another site's place has no address: Chromium would ask before it may reach us;
    # and each window would draw suggestions below its address bar, half a second of a core, which nobody sees
    "--disable-features=LocalNetworkAccessChecks,AimEnabled,WebUIOmniboxPopup,WebUIOmniboxAimPopup",
    "--js-flags=--no-wasm-tier-up",
]
BUNDLE = ROOT / "src" / "glocal" / "bundle" / "web" / "manifest.json"


@dataclass(frozen=True, slots=True)
class LiveShop:
    """A running shop.

    Parameters
    ----------
    url : str
        Without a slash at the end.
    maker_url : str
        The page of the maker who prints; empty without a printer.
    pid : int
        The serving process.
    home : Path
        Where its state lies.
    """

    url: str
    maker_url: str
    pid: int
    home: Path


@contextmanager
def serving(home: Path, *options: str) -> Iterator[LiveShop]:
    """Serve the demonstration shop with its state in ``home``; slices, named by their inputs, are shared by one run."""
    log = home / "serve.log"
    sliced = (home.parent.parent if "PYTEST_XDIST_WORKER" in os.environ else home.parent) / "slices"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "GLOCAL_HOME": str(home),
        "DATABASE_URL": "",
        "PYTHONUNBUFFERED": "1",
        "GLOCAL_SLICE_CACHE": str(sliced),
        "GLOCAL_PACE": '{"shelf_s": 3600}',  # these tests look at prices of their own
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "glocal", "serve", "--port", str(port), *options],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _when_open(process, home, log)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)


def _when_open(process: subprocess.Popen[bytes], home: Path, log: Path) -> LiveShop:
    said = wait_for(log.read_text, lambda said: "End with Ctrl-C." in said or process.poll() is not None, every_s=0.1)
    url = re.search(r"open at (\S+)/$", said, re.MULTILINE)
    assert url, f"the shop did not open:\n{said[-3000:]}"
    maker = re.search(r"page of its maker .*?: (\S+)$", said, re.MULTILINE)
    return LiveShop(url[1], maker[1] if maker else "", process.pid, home)


@contextmanager
def chromium(arguments: Sequence[str] = ARGUMENTS) -> Iterator[Any]:
    """Run Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(arguments), timeout=PATIENCE_S * 1000)
        yield browser
        browser.close()


def window(browser: Any, shop: LiveShop, **more: Any) -> Any:
    """Open a window that shares nothing with others: the size of a desk, no motion, drawn at half the resolution."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        locale="en",
        base_url=shop.url,
        reduced_motion="reduce",
        device_scale_factor=0.5,
        **more,
    )
    context.set_default_timeout(PATIENCE_S * 1000)
    return context
