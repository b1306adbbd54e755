"""A shop with one product, whose design engine, slicer and printer are stand-ins that can fail on demand."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glocal.design.model import DesignTemplate, Mesh
from glocal.errors import GlocalError
from glocal.production.diagnosis import Diagnosis, works
from glocal.production.model import PrinterState, PrinterStatus, PrintRecord, SliceResult
from tests.shop import builders

GCODE = "G90\nM104 S230\nM140 S80\nG28\n;TYPE:Perimeter\nG1 X120 Y100 Z0.2 F3000\nG1 X130 Y100 E1\nM104 S0\nM140 S0\n"


TINY_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class BoxRenderer:
    """Renders every design as a box of its own ``side`` and ``height``."""

    def render(self, template: DesignTemplate, values: Any, *, draft: bool = False) -> Mesh:
        side, height = float(values["side"]), float(values["height"])
        corners = np.array([[x, y, z] for x in (0, side) for y in (0, side) for z in (0, height)], dtype=float)
        faces = [
            *([0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1]),
            *([2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]),
        ]
        return Mesh(corners, np.array(faces, dtype=np.int32))


@dataclass
class FakeSlicer:
    """Says the same time and mass for every plate, or fails as told."""

    gcode: Path
    time_s: float = 600.0
    mass_g: float = 5.0
    failure: GlocalError | None = None
    version: str = "TestSlicer-1"
    plates: list[Any] = field(default_factory=list)

    def slice(self, plate: Any, machine: Any, material: Any, recipe: Any, *, go_on: Any = None) -> SliceResult:
        if self.failure is not None:
            raise self.failure
        self.plates.append(plate)
        return SliceResult(self.gcode, self.time_s, 1000.0, 2.4, self.mass_g, self.version, {}, 5, "0" * 64)


@dataclass
class FakePrinter:
    """A printer with a memory, which can be away, busy, or silent at the wrong moment."""

    status_now: PrinterStatus = field(default_factory=lambda: PrinterStatus(PrinterState.IDLE))
    record: PrintRecord | None = None
    failures: dict[str, GlocalError] = field(default_factory=dict)
    uploaded: list[str] = field(default_factory=list)
    started: list[str] = field(default_factory=list)
    cancelled: int = 0
    steered: list[str] = field(default_factory=list)
    picture: bytes | None = None

    def _may_fail(self, what: str) -> None:
        if what in self.failures:
            raise self.failures[what]

    def status(self) -> PrinterStatus:
        self._may_fail("status")
        return self.status_now

    def upload(self, file_name: str, gcode: Path) -> None:
        self._may_fail("upload")
        self.uploaded.append(file_name)

    def start(self, file_name: str) -> None:
        self._may_fail("start")
        self.started.append(file_name)
        self.status_now = PrinterStatus(PrinterState.PRINTING, job_name=file_name, progress=0.0)
        self.record = PrintRecord(file_name, True, False, None)

    def cancel(self) -> None:
        self._may_fail("cancel")
        self.cancelled += 1

    def pause(self) -> None:
        self.steered.append("pause")

    def resume(self) -> None:
        self.steered.append("resume")

    def diagnose(self) -> Diagnosis:
        return works("It", PrinterState.IDLE)

    def camera_picture(self) -> bytes | None:
        self._may_fail("camera_picture")
        return self.picture

    def was_printed(self, file_name: str) -> PrintRecord | None:
        self._may_fail("was_printed")
        return self.record


@dataclass
class ShopUnderTest:
    """The pieces of the shop that tests turn."""

    home: Path
    shop: Any
    product: Any
    machine: Any
    slicer: FakeSlicer
    printer: FakePrinter

    def quote(self, side: float = 20.0, **changes: Any) -> Any:
        """Return a quote for a peg."""
        from glocal.shop.quotes.actions import quote_product
        from glocal.shop.quotes.options import QuoteOptions

        values = {"side": side, **changes.pop("values", {})}
        asked = {name: changes.pop(name) for name in QuoteOptions.__dataclass_fields__ if name in changes}
        return quote_product(
            self.product, values, QuoteOptions(**{"material_id": "petg", "region": "FR", **asked}), **changes
        )

    def order(self, key: str | None = None, **changes: Any) -> Any:
        """Place an order for a peg."""
        from glocal.shop.orders.actions import CustomerDetails, place_order

        customer = CustomerDetails("Ann", "ann@example.org", address=changes.pop("address", ""))
        view = self.quote(**changes)
        assert view.quote is not None, view.refusal
        return place_order(view.id, customer, idempotency_key=key or str(uuid.uuid4()))


@pytest.fixture
def shop(db: None, shop_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ShopUnderTest]:
    """Return a shop with one peg, one maker and stand-ins for what is not ours."""
    from glocal.shop.jobs import steer
    from glocal.shop.makers import camera, connect, printers
    from glocal.shop.parts import engine, printing
    from glocal.shop.workflow import job_steps, watcher

    gcode = tmp_path / "sliced.gcode"
    gcode.write_text(GCODE)
    slicer, printer = FakeSlicer(gcode), FakePrinter()

    @contextmanager
    def fake_printer(_: Any) -> Iterator[FakePrinter]:
        yield printer

    monkeypatch.setattr(printing, "slicer", lambda: slicer)
    monkeypatch.setattr("glocal.design.picture.render_png", lambda mesh: TINY_PNG)
    for module in (printers, job_steps, watcher, steer, camera, connect):
        monkeypatch.setattr(module, "printer_of", fake_printer)
    from glocal.shop.products import packages

    packages._read.cache_clear()
    row = builders.make_shop()
    machine = builders.make_machine()
    with engine.engine_replaced(BoxRenderer()):
        yield ShopUnderTest(shop_home, row, builders.make_product(row, shop_home), machine, slicer, printer)


@pytest.fixture
def job(shop: ShopUnderTest) -> Any:
    """Return a job of one order that waits for a driven printer."""
    from glocal.shop.makers.actions import connect_printer
    from glocal.shop.makers.models import PrinterKind
    from glocal.shop.models import Job
    from tests.shop.test_preparation import carry

    connect_printer(shop.machine, PrinterKind.OCTOPRINT, url="http://printer.invalid", secret="key")
    carry(shop.order())
    return Job.objects.get()
