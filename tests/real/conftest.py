"""Real outside parts that tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from glocal.production.errors import PrinterServerFailed
from glocal.production.octoprint_server import VirtualOctoPrint, find_octoprint
from tests.real.moonraker_server import PROGRAM, RealMoonraker


def _require_octoprint() -> None:
    try:
        find_octoprint()
    except PrinterServerFailed as missing:
        pytest.skip(f"{missing.message} {missing.help}")


@pytest.fixture(scope="session")
def octoprint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualOctoPrint]:
    """Give one real OctoPrint with a virtual motor to all tests; they leave its printer idle."""
    _require_octoprint()
    with VirtualOctoPrint(tmp_path_factory.mktemp("octoprint")) as server:
        yield server


@pytest.fixture
def private_octoprint(tmp_path: Path) -> Iterator[Callable[..., VirtualOctoPrint]]:
    """Give a test OctoPrints of its own, to be killed: ``private_octoprint(speed=…)``, ended after the test."""
    _require_octoprint()
    servers: list[VirtualOctoPrint] = []

    def make(**options: Any) -> VirtualOctoPrint:
        server = VirtualOctoPrint(tmp_path / f"octoprint-{len(servers)}", **options)
        servers.append(server)
        return server.start()

    yield make
    for server in servers:
        server.kill()


@pytest.fixture
def moonraker(tmp_path: Path) -> Iterator[RealMoonraker]:
    """Give a test a real Moonraker of its own over a fake Klipper host."""
    if not PROGRAM.is_file():
        pytest.skip("Moonraker is not installed. Run `make setup-dev`.")
    server = RealMoonraker(tmp_path / "moonraker", bytes_per_s=40000)
    try:
        server.start_klippy()
        server.start_moonraker()
        yield server
    finally:
        server.stop()
