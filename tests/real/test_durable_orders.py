"""Nothing is lost and nothing is done twice, whatever process is killed at whatever moment."""

from __future__ import annotations

import logging
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from glocal.demand.event_files import read_events
from glocal.production.octoprint_server import VirtualOctoPrint
from tests.real.durable_shop import DurableShop, durable_shop
from tests.real.postgresql import postgresql
from tests.waiting import PATIENCE_S, wait_for

pytestmark = [pytest.mark.real, pytest.mark.timeout(1800)]

log = logging.getLogger(__name__)
KILLS = 20
ORDERS = 12
LOOKS = 2
"""After how many looks at a printer at rest nothing was printed: a start may just have been on its way."""
FINAL = {"done", "cannot_be_made", "cancelled"}


@pytest.fixture(scope="module")
def slices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("slices")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
        return
    with postgresql() as url:
        yield url


def prints_of(printer: VirtualOctoPrint, file_name: str) -> tuple[int, int]:
    """Return how often OctoPrint's own history says that a file was printed: (successes, failures)."""
    address = f"{printer.url}/api/files/local/{file_name}"
    answer = httpx.get(address, headers={"X-Api-Key": printer.api_key}, timeout=PATIENCE_S)
    if answer.status_code == 404:
        return 0, 0
    prints = answer.json().get("prints", {})
    return prints.get("success", 0), prints.get("failure", 0)


class FakeMaker:
    """Looks at the plate of each job that nobody knows about, and says what lies there."""

    def __init__(self, shop: DurableShop, printer: VirtualOctoPrint) -> None:
        self._shop, self._printer = shop, printer
        self._at_rest: Counter[str] = Counter()

    def answer(self, report: dict[str, Any]) -> None:
        """Answer for all jobs that are unknown in a report; who comes while it prints, comes again."""
        for job_id, job in report["jobs"].items():
            if job["state"] != "unknown":
                continue
            successes, failures = prints_of(self._printer, job["file"])
            if successes or failures:
                self._say(job_id, "printed_ok" if successes else "failed")
            elif is_at_work(self._printer):
                self._at_rest[job_id] = 0
            else:
                self._at_rest[job_id] += 1
                if self._at_rest[job_id] >= LOOKS:
                    self._say(job_id, "not_printed")

    def _say(self, job_id: str, said: str) -> None:
        try:
            self._shop.do("answer", job=job_id, said=said)
        except RuntimeError as refused:
            if "NotNow" not in str(refused):  # else the printer has told of it meanwhile
                raise


def is_at_work(printer: VirtualOctoPrint) -> bool:
    """Say whether OctoPrint prints anything."""
    job = httpx.get(f"{printer.url}/api/job", headers={"X-Api-Key": printer.api_key}, timeout=PATIENCE_S).json()
    return bool(job["state"] != "Operational")


def test_orders_survive_the_death_of_workers(tmp_path: Path, slices: Path, database_url: str) -> None:
    seed = int(os.environ.get("GLOCAL_KILL_SEED", "7"))
    dice = random.Random(seed)  # noqa: S311 - moments, not secrets
    with (
        VirtualOctoPrint(tmp_path / "octoprint") as printer,
        durable_shop(tmp_path / "home", slices, database_url, {"vanish_s": 60.0}) as shop,  # this printer loses nothing
    ):
        seeded = shop.do("seed", url=printer.url, api_key=printer.api_key, height_mm=1.0)
        shop.start_worker()
        shop.start_worker()
        committed: set[str] = set()
        rolled_back: set[str] = set()
        kills = 0
        report: dict[str, Any] = {"orders": {}}
        maker = FakeMaker(shop, printer)
        ends = time.monotonic() + 1500
        while kills < KILLS or len(committed) < ORDERS or {o["state"] for o in report["orders"].values()} - FINAL:
            assert time.monotonic() < ends, report
            if len(committed) < ORDERS:
                quote = seeded["waits" if len(committed) % 3 else "quote"]  # two of three wait for others on a plate
                placed = shop.do("order", quote=quote, key=f"order-{len(committed)}")
                committed.add(placed["id"])
                if len(committed) % 4 == 0:
                    undone = shop.do("order", quote=quote, key=f"undone-{len(committed)}", roll_back=True)
                    rolled_back.add(undone["id"])
            time.sleep(dice.uniform(0.2, 1.0))
            if kills < KILLS:
                victim = dice.choice(shop.workers)
                shop.kill_worker(victim)
                kills += 1
                log.info("seed %s: kill %s of worker %s", seed, kills, victim)
                shop.start_worker()
            report = shop.do("report")
            maker.answer(report)
        # a workflow's own end is written down after what it did last
        known = wait_for(lambda: shop.do("workflows"), lambda known: set(known.values()) == {"SUCCESS"}, every_s=0.3)

        assert set(report["orders"]) == committed
        assert {order["state"] for order in report["orders"].values()} == {"done"}
        assert not [name for name in known if any(order_id in name for order_id in rolled_back)]
        printed_on = [job for order in report["orders"].values() for job in order["jobs"]]
        assert len(set(printed_on)) < len(printed_on)  # some plates carried several orders
        for order in report["orders"].values():
            counts = [prints_of(printer, report["jobs"][job]["file"]) for job in order["jobs"]]
            assert all(successes + failures <= 1 for successes, failures in counts)
            assert sum(successes for successes, _ in counts) == 1
        heard = read_events(
            database_url or tmp_path / "home" / "shop.sqlite3"
        )  # as the owner's demand commands read it
        assert sum(event.weight for event in heard if event.parameter == "shape") == len(committed)
