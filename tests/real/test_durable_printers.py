"""A print starts at most once, and what nobody can know is asked, never guessed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from glocal.production.octoprint import OctoPrintPrinter
from glocal.production.octoprint_server import VirtualOctoPrint
from tests.real.durable_shop import DurableShop, durable_shop
from tests.real.test_durable_orders import prints_of

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def slices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("slices")


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[VirtualOctoPrint]:
    with VirtualOctoPrint(tmp_path / "octoprint") as server:
        yield server


@pytest.fixture
def shop(tmp_path: Path, slices: Path) -> Iterator[DurableShop]:
    with durable_shop(tmp_path / "home", slices) as running:
        yield running


def only(things: dict[str, Any]) -> Any:
    (thing,) = things.values()
    return thing


def order_state(report: dict[str, Any]) -> str:
    return str(only(report["orders"])["state"])


def order_one(shop: DurableShop, printer: VirtualOctoPrint) -> None:
    """Set the shop up and place one order, before any worker runs."""
    quote = shop.do("seed", url=printer.url, api_key=printer.api_key, height_mm=1.0)["quote"]
    shop.do("order", quote=quote, key="the-order")


def test_a_worker_that_dies_before_the_start_leaves_a_question(shop: DurableShop, printer: VirtualOctoPrint) -> None:
    # the intent is recorded, the printer never heard of it: from outside this looks like a print that was lost
    order_one(shop, printer)
    shop.start_worker(die="before_start")
    shop.wait_for(lambda report: any(job["intended"] for job in report["jobs"].values()), within_s=60)
    shop.start_worker()

    asked = shop.wait_for(lambda report: order_state(report) == "needs_maker", within_s=30)
    (first_job,) = asked["jobs"]
    assert prints_of(printer, asked["jobs"][first_job]["file"]) == (0, 0)

    shop.do("answer", job=first_job, said="not_printed")
    done = shop.wait_for(lambda report: order_state(report) == "done", within_s=30)
    assert {job: prints_of(printer, facts["file"]) for job, facts in done["jobs"].items() if job != first_job} == {
        job: (1, 0) for job in done["jobs"] if job != first_job
    }
    assert len(done["jobs"]) == 2


def test_a_worker_that_dies_after_the_start_does_not_start_again(shop: DurableShop, printer: VirtualOctoPrint) -> None:
    order_one(shop, printer)
    shop.start_worker(die="after_start")
    shop.wait_for(lambda report: any(job["intended"] for job in report["jobs"].values()), within_s=60)
    shop.start_worker()

    done = shop.wait_for(lambda report: order_state(report) == "done", within_s=30)
    assert prints_of(printer, only(done["jobs"])["file"]) == (1, 0)


def test_a_printer_server_killed_in_the_middle_of_a_print(tmp_path: Path, shop: DurableShop) -> None:
    with VirtualOctoPrint(tmp_path / "slow", speed=40) as printer:
        order_one(shop, printer)
        shop.start_worker()
        shop.wait_for(lambda report: order_state(report) == "printing", within_s=60)
        printer.kill()

        time.sleep(2.0)  # long enough for several looks at a printer that is not there
        assert order_state(shop.do("report")) == "printing"  # it does not answer: that says nothing about the print

        printer.restart()
        asked = shop.wait_for(lambda report: order_state(report) == "needs_maker", within_s=30)
        (job,) = asked["jobs"]
        assert asked["jobs"][job]["state"] == "unknown"

        shop.do("answer", job=job, said="failed")
        done = shop.wait_for(lambda report: order_state(report) == "done", within_s=60)
        assert sorted(facts["state"] for facts in done["jobs"].values()) == ["failed", "printed"]


def test_a_printer_that_is_away_or_busy_is_waited_for(
    tmp_path: Path, shop: DurableShop, printer: VirtualOctoPrint
) -> None:
    order_one(shop, printer)
    printer.kill()
    shop.start_worker()
    away = shop.wait_for(
        lambda report: any(job["state"] == "waiting_printer" for job in report["jobs"].values()), within_s=60
    )
    assert order_state(away) == "queued"
    assert "cannot be used now" in only(away["orders"])["events"][-1][1]

    printer.restart()
    shop.wait_for(lambda report: order_state(report) == "done", within_s=30)


def test_a_cancelled_print_is_stopped(tmp_path: Path, shop: DurableShop) -> None:
    with VirtualOctoPrint(tmp_path / "slow", speed=10) as printer:
        order_one(shop, printer)
        shop.start_worker()
        printing = shop.wait_for(lambda report: order_state(report) == "printing", within_s=60)
        (order_id,) = printing["orders"]
        shop.do("cancel", order_id=order_id)

        shop.wait_for(lambda report: order_state(report) == "cancelled", within_s=30)
        server = OctoPrintPrinter(printer.url, printer.api_key)
        deadline = time.monotonic() + 15
        while server.status().state.value == "printing" and time.monotonic() < deadline:
            time.sleep(0.2)
        assert server.status().state.value == "cancelled"
        server.close()


def test_a_print_that_falls_silent_is_asked_about(tmp_path: Path, slices: Path) -> None:
    with (
        VirtualOctoPrint(tmp_path / "slow", speed=10) as printer,
        durable_shop(tmp_path / "home", slices, pace={"stall_s": 4.0}) as shop,
    ):
        order_one(shop, printer)
        shop.start_worker()
        shop.wait_for(lambda report: order_state(report) == "printing", within_s=60)
        printer.trigger("go_awol")

        asked = shop.wait_for(lambda report: order_state(report) == "needs_maker", within_s=60)
        assert only(asked["jobs"])["state"] == "unknown"
