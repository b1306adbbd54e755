"""Printers of every kind: tried before they are kept, steered by their maker, seen through their camera."""

from __future__ import annotations

import io
from typing import Any

import pytest

from glocal.production.bambu import BambuPrinter
from glocal.production.errors import PrinterAuthError, PrinterUnavailable
from glocal.production.model import PrinterState, PrinterStatus
from glocal.production.moonraker import MoonrakerPrinter
from glocal.production.octoprint import OctoPrintPrinter
from glocal.production.prusalink import PrusaLinkPrinter
from glocal.shop.errors import NotNow
from glocal.shop.files.pictures import NoPicture, drawn_anew
from glocal.shop.jobs.models import Job, JobState
from glocal.shop.jobs.steer import steer
from glocal.shop.makers import camera
from glocal.shop.makers.addresses import refuse_own_doors
from glocal.shop.makers.connect import Access, connection_for, keep_connection, try_connection
from glocal.shop.makers.models import MakerMachine, PrinterConnection, PrinterKind, Spool
from glocal.shop.makers.printers import driven, is_driven, printer_of
from tests.production.fake_prusalink import PASSWORD, FakePrusaLink
from tests.shop.builders import make_machine
from tests.shop.conftest import ShopUnderTest

pytestmark = pytest.mark.django_db
HERE = "http://printer.invalid"


@pytest.fixture
def machine(db: None) -> Any:
    return make_machine()


def picture_with_a_place() -> bytes:
    from PIL import Image

    photo = Image.new("RGB", (40, 20), "green")
    exif = photo.getexif()
    exif[0x010E] = "Rue du Panier 1"
    exif[0x0112] = 6  # turned by a quarter
    sent = io.BytesIO()
    photo.save(sent, "JPEG", exif=exif)
    return sent.getvalue()


@pytest.mark.parametrize(
    ("kind", "adapter"),
    [
        (PrinterKind.OCTOPRINT, OctoPrintPrinter),
        (PrinterKind.MOONRAKER, MoonrakerPrinter),
        (PrinterKind.PRUSALINK, PrusaLinkPrinter),
        (PrinterKind.BAMBU, BambuPrinter),
    ],
)
def test_each_kind_of_printer_has_its_adapter(machine: Any, shop_home: Any, kind: PrinterKind, adapter: type) -> None:
    row = PrinterConnection(machine=machine, kind=kind, url=HERE, serial="1")
    with printer_of(row) as printer:
        assert isinstance(printer, adapter)


def test_a_printer_is_tried_over_its_own_server_before_it_is_kept(machine: Any, shop_home: Any) -> None:
    server = FakePrusaLink()
    try:
        wrong = Access(PrinterKind.PRUSALINK, server.url, secret="guessed")
        trial = try_connection(machine, wrong, is_trusted=True)
        assert not trial.works
        assert not trial.may_keep
        assert "password is wrong" in str(trial.diagnosis)
        right = Access(PrinterKind.PRUSALINK, server.url, secret=PASSWORD)
        trial = try_connection(machine, right, is_trusted=True)
        assert trial.works
        row = keep_connection(machine, right, trial, is_trusted=True)
        assert PASSWORD not in row.secret_sealed
        again = Access(PrinterKind.PRUSALINK, server.url)  # the stored password is used where it was stored for
        assert try_connection(machine, again, is_trusted=False).works
    finally:
        server.shutdown()
        server.server_close()
    trial = try_connection(machine, right, is_trusted=True)
    assert not trial.works
    assert trial.may_keep  # switched off is no reason to forget it
    assert "cannot be reached" in str(trial.diagnosis)


def test_a_stored_secret_goes_nowhere_else(shop: ShopUnderTest, job: Job) -> None:
    elsewhere = connection_for(
        shop.machine, Access(PrinterKind.OCTOPRINT, "http://elsewhere.invalid"), is_trusted=False
    )
    assert elsewhere.secret_sealed == ""


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000", "http://[::1]", "http://169.254.169.254", "http://0.0.0.0"]
)
def test_a_maker_cannot_make_the_server_knock_at_its_own_doors(machine: Any, shop_home: Any, address: str) -> None:
    trial = try_connection(machine, Access(PrinterKind.MOONRAKER, address), is_trusted=False)
    assert not trial.works
    assert not trial.may_keep
    assert "shop's own computer" in str(trial.diagnosis)
    refuse_own_doors(address, is_trusted=True)


@pytest.mark.parametrize(
    "address", ["ftp://printer", "http://user:word@printer", "http://", "http://a?b=c", "http://a:99999"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(PrinterUnavailable, match="cannot be a printer's address"):
        refuse_own_doors(address, is_trusted=True)


def test_a_connection_is_not_changed_under_a_running_print(shop: ShopUnderTest, job: Job) -> None:
    Job.objects.filter(id=job.id).update(state=JobState.PRINTING)
    access = Access(PrinterKind.HAND)
    with pytest.raises(NotNow):
        keep_connection(shop.machine, access, try_connection(shop.machine, access, is_trusted=True), is_trusted=True)


@pytest.mark.parametrize("what", ["pause", "resume", "stop"])
def test_the_maker_steers_the_print_of_their_job_and_no_other(shop: ShopUnderTest, job: Job, what: Any) -> None:
    Job.objects.filter(id=job.id).update(state=JobState.PRINTING)
    shop.printer.status_now = PrinterStatus(PrinterState.PRINTING, job_name="somebody-elses.gcode")
    with pytest.raises(NotNow):
        steer(job.id, what)
    assert (shop.printer.steered, shop.printer.cancelled) == ([], 0)
    shop.printer.status_now = PrinterStatus(PrinterState.PRINTING, job_name=job.file_name)
    steer(job.id, what)
    assert (shop.printer.steered, shop.printer.cancelled) == (([], 1) if what == "stop" else ([what], 0))
    assert job.pieces.get().order.events.filter(code=f"maker_{what}").exists()


def test_a_job_that_waits_is_not_steered(job: Job) -> None:
    with pytest.raises(NotNow):
        steer(job.id, "pause")


def test_a_customer_sees_the_camera_only_while_it_prints_their_piece_and_the_maker_lets_them(
    shop: ShopUnderTest, job: Job
) -> None:
    camera._seen.clear()
    order = job.pieces.get().order
    shop.printer.picture = picture_with_a_place()
    rows = PrinterConnection.objects.filter(machine=shop.machine)
    rows.update(has_camera=True)
    Job.objects.filter(id=job.id).update(state=JobState.PRINTING)
    assert camera.camera_for(order) is None
    rows.update(camera_for_customers=True)
    assert camera.camera_for(order) == shop.machine
    picture = camera.camera_picture(shop.machine)
    assert picture is not None
    assert b"Panier" not in picture
    Job.objects.filter(id=job.id).update(state=JobState.QUEUED)
    assert camera.camera_for(order) is None


def test_a_camera_that_is_away_shows_nothing(shop: ShopUnderTest, job: Job) -> None:
    camera._seen.clear()
    PrinterConnection.objects.update(has_camera=True)
    shop.printer.failures["camera_picture"] = PrinterAuthError("no")
    assert camera.camera_picture(shop.machine) is None


def test_of_a_picture_only_the_pixels_are_kept() -> None:
    from PIL import Image

    kept = drawn_anew(picture_with_a_place(), longest_px=20)
    assert b"Panier" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (10, 20)  # upright, smaller
        assert not image.getexif()


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8\xff", b"<svg onload='x()'/>", b"0" * 12_000_001])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NoPicture):
        drawn_anew(data)


@pytest.mark.parametrize("kind", [None, *PrinterKind])
def test_the_database_and_the_page_agree_on_which_machines_start_by_themselves(machine: Any, kind: Any) -> None:
    if kind is not None:
        PrinterConnection.objects.create(machine=machine, kind=kind, url=HERE)
    found = MakerMachine.objects.get(pk=machine.pk)
    assert Spool.objects.filter(driven("machine")).exists() == is_driven(found)
    assert Spool.objects.exclude(driven("machine")).exists() != is_driven(found)
