"""A print starts at most once, and what nobody can know is asked, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from glocal.production.octoprint import OctoPrintPrinter
from glocal.production.octoprint_server import VirtualOctoPrint
from tests.real.durable_shop import DurableShop, durable_shop
from tests.real.test_durable_orders import prints_of
from tests.waiting import PATIENCE_S, wait_for

pytestmark = pytest.mark.real

SLOW = 0.25
"""A print of a minute takes four: however slow this machine is, it is not over before what is done to it."""
AT_ONCE = ("M220 S10000000", "M221 S10000000")  # what is in the printer's queue takes no time any more


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualOctoPrint]:
    with VirtualOctoPrint(tmp_path_factory.mktemp("fast")) as server:
        yield server


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualOctoPrint]:
    with VirtualOctoPrint(tmp_path_factory.mktemp("slow"), speed=SLOW, waits=False) as server:
        yield server


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory, fast: VirtualOctoPrint) -> Iterator[tuple[DurableShop, str]]:
    place = tmp_path_factory.mktemp("shop")
    with durable_shop(place / "home", place / "slices") as shop:
        yield shop, shop.do("seed", url=fast.url, api_key=fast.api_key, height_mm=1.0)["quote"]


@dataclass
class Ordered:
    """One order in the shop, and the printer that will print it."""

    shop: DurableShop
    printer: VirtualOctoPrint
    order: str

    def look(self, report: dict[str, Any]) -> dict[str, Any]:
        """Return the order with its jobs."""
        facts = report["orders"][self.order]
        return {**facts, "jobs": {job: report["jobs"][job] for job in facts["jobs"]}}

    def wait_for(self, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the order as soon as it is as wanted."""
        return self.look(self.shop.wait_for(lambda report: reached(self.look(report))))

    def wait_for_state(self, state: str) -> dict[str, Any]:
        """Return the order as soon as it is in a state."""
        return self.wait_for(lambda order: order["state"] == state)

    def wait_for_words(self, words: str) -> dict[str, Any]:
        """Return the order as soon as the last that was told of it has these words, while it waits for its printer."""
        waits = {"waiting_printer"}
        return self.wait_for(
            lambda order: words in order["events"][-1][1] and {job["state"] for job in order["jobs"].values()} == waits
        )

    def wait_for_looks(self, count: int) -> None:
        """Wait until the shop has looked at its printer so often."""
        for _ in range(count):
            before = self.shop.do("report")["looked_at"]
            self.shop.wait_for(lambda report, before=before: report["looked_at"] != before)  # type: ignore[misc]

    def now(self) -> dict[str, Any]:
        """Return the order as it is."""
        return self.look(self.shop.do("report"))

    def prints(self, job: dict[str, Any]) -> tuple[int, int]:
        """Return what the printer's history says of a job: (successes, failures)."""
        return prints_of(self.printer, job["file"])


PlaceOrder = Callable[[VirtualOctoPrint], Ordered]


@pytest.fixture
def place_order(seeded: tuple[DurableShop, str], request: pytest.FixtureRequest) -> Iterator[PlaceOrder]:
    shop, quote = seeded

    def place(printer: VirtualOctoPrint) -> Ordered:
        shop.do("connect", url=printer.url, api_key=printer.api_key)
        return Ordered(shop, printer, shop.do("order", quote=quote, key=request.node.name)["id"])

    yield place
    shop.kill_workers()


def intended(order: dict[str, Any]) -> bool:
    return any(job["intended"] for job in order["jobs"].values())


def test_a_worker_that_dies_before_the_start_leaves_a_question(place_order: PlaceOrder, fast: VirtualOctoPrint) -> None:
    # the intent is recorded, the printer never heard of it: from outside this looks like a print that was lost
    order = place_order(fast)
    order.shop.start_worker(die="before_start")
    order.wait_for(intended)
    order.shop.start_worker()

    ((job, facts),) = order.wait_for_state("needs_maker")["jobs"].items()
    assert facts["state"] == "unknown"
    assert order.prints(facts) == (0, 0)

    order.shop.do("answer", job=job, said="not_printed")
    jobs = order.wait_for_state("done")["jobs"]
    assert sorted(order.prints(each) for each in jobs.values()) == [(0, 0), (1, 0)]


def test_a_worker_that_dies_after_the_start_does_not_start_again(
    place_order: PlaceOrder, fast: VirtualOctoPrint
) -> None:
    order = place_order(fast)
    order.shop.start_worker(die="after_start")
    order.wait_for(intended)
    order.shop.start_worker()

    (job,) = order.wait_for_state("done")["jobs"].values()
    assert order.prints(job) == (1, 0)


def test_a_printer_that_is_away_is_waited_for(place_order: PlaceOrder, fast: VirtualOctoPrint) -> None:
    order = place_order(fast)
    fast.kill()
    order.shop.start_worker()
    assert order.wait_for_words("cannot be used now")["state"] == "queued"

    fast.restart()
    order.wait_for_state("done")


def test_a_printer_that_does_something_else_is_waited_for(
    place_order: PlaceOrder, slow: VirtualOctoPrint, tmp_path: Path
) -> None:
    foreign = tmp_path / "foreign.gcode"
    foreign.write_text("G90\nG28\n" + "G1 X0 F600\nG1 X2 F600\n" * 1000)
    order = place_order(slow)
    server = OctoPrintPrinter(slow.url, slow.api_key)
    server.upload(foreign.name, foreign)
    server.start(foreign.name)
    order.shop.start_worker()
    assert order.wait_for_words("is not free")["state"] == "queued"

    server.cancel()
    server.close()
    slow.send(*AT_ONCE)
    order.wait_for_state("printing")
    order.shop.do("cancel", order_id=order.order)
    order.wait_for_state("cancelled")
    slow.send(*AT_ONCE)


def test_a_worker_that_is_asked_to_end_ends_and_its_print_goes_on(
    place_order: PlaceOrder, slow: VirtualOctoPrint
) -> None:
    order = place_order(slow)
    server = OctoPrintPrinter(slow.url, slow.api_key)
    with order.shop.own_worker() as worker:
        order.wait_for_state("printing")
        server.pause()  # so it is not over before it goes on, and who waited for its end would wait for ever
        worker.terminate()
        assert worker.wait(PATIENCE_S) == 0
    slow.send(*AT_ONCE)
    server.resume()
    server.close()
    order.shop.start_worker()
    (job,) = order.wait_for_state("done")["jobs"].values()
    assert order.prints(job) == (1, 0)


def test_a_cancelled_print_is_stopped(place_order: PlaceOrder, slow: VirtualOctoPrint) -> None:
    order = place_order(slow)
    order.shop.start_worker()
    order.wait_for_state("printing")
    order.shop.do("cancel", order_id=order.order)

    (job,) = order.wait_for_state("cancelled")["jobs"].values()
    slow.send(*AT_ONCE)  # OctoPrint finishes its queue of moves first
    assert wait_for(lambda: order.prints(job), lambda prints: prints != (0, 0)) == (0, 1)


def test_a_printer_server_killed_in_the_middle_of_a_print(place_order: PlaceOrder, slow: VirtualOctoPrint) -> None:
    order = place_order(slow)
    order.shop.start_worker()
    order.wait_for_state("printing")
    slow.kill()

    order.wait_for_looks(3)
    assert order.now()["state"] == "printing"  # it does not answer: that says nothing about the print

    slow.restart()
    ((job, facts),) = order.wait_for_state("needs_maker")["jobs"].items()
    assert facts["state"] == "unknown"

    order.shop.do("answer", job=job, said="failed")
    again = order.wait_for(lambda each: len(each["jobs"]) == 2 and each["state"] == "printing")
    assert again["jobs"][job]["state"] == "failed"
    order.shop.do("cancel", order_id=order.order)
    order.wait_for_state("cancelled")
    slow.send(*AT_ONCE)


def test_a_print_that_falls_silent_is_asked_about(place_order: PlaceOrder, slow: VirtualOctoPrint) -> None:
    order = place_order(slow)
    order.shop.start_worker(stall_s=6.0)
    order.wait_for(lambda each: each["state"] == "printing" and any(job["progress"] for job in each["jobs"].values()))
    slow.trigger("go_awol")  # the printer says nothing any more; OctoPrint still says "Printing"

    (job,) = order.wait_for_state("needs_maker")["jobs"].values()
    assert job["state"] == "unknown"
