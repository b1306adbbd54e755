"""A process that has everything imported and forks workers and commands, so that a killed worker is back at once.

Started by the durable tests with the environment of a shop. Each line on standard input is a JSON command; each
answer is one JSON line on standard output. A forked worker is a process of its own, to be killed by its pid.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import django

django.setup()

# what a worker needs sooner or later is imported once here, and inherited by every fork
import babel.dates  # noqa: E402, F401
import cryptography.fernet  # noqa: E402, F401
import dbos  # noqa: E402, F401
import httpcore  # noqa: E402, F401
import numpy.ma  # noqa: E402
import numpy.strings  # noqa: E402, F401
import scipy.ndimage  # noqa: E402
import scipy.sparse.csgraph  # noqa: E402, F401

import glocal.design.check  # noqa: E402
import glocal.design.glb  # noqa: E402
import glocal.network.match  # noqa: E402
import glocal.production.gcode_kernel  # noqa: E402
import glocal.production.octoprint  # noqa: E402
import glocal.production.prusaslicer  # noqa: E402
import glocal.quoting.estimate  # noqa: E402, F401
from glocal.shop.workers import run  # noqa: E402
from tests.production.parts import box_mesh  # noqa: E402
from tests.shop import builders  # noqa: E402

HOLD_S = 4.0
HOME = Path(os.environ["GLOCAL_HOME"])


def warm_up() -> None:
    """Read and compile once what every fork would: the slicer's machines, the numeric kernels, the names of units."""
    from glocal.design.picture import render_png
    from glocal.production.materials import get_material
    from glocal.production.prusaslicer import PrusaSlicer
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.production.recipes import default_recipe
    from glocal.quoting.calibration import load_calibration
    from glocal.quoting.estimate import estimate
    from glocal.shop.measures import duration, measure

    machine, mesh = get_machine("reference"), box_mesh(8, 8, 1)
    recipe, slicer = default_recipe(machine), PrusaSlicer(HOME)
    known = load_calibration(slicer.version, machine.id, recipe.id)
    estimate(mesh, machine, get_material("petg", machine=machine), recipe, known)
    render_png(mesh, width_px=64, height_px=48)
    duration(4000, "en"), measure(1, "km", "en")


def seed(url: str, api_key: str, height_mm: float) -> dict[str, Any]:
    """Make the shop, connect the printer, and price the part that will be ordered."""
    from glocal.shop.makers.actions import connect_printer
    from glocal.shop.makers.models import PrinterKind
    from glocal.shop.quotes.actions import quote_product
    from glocal.shop.quotes.options import QuoteOptions
    from glocal.shop.workflow.engine import migrate

    migrate()
    shop = builders.make_shop()
    machine = builders.make_machine()
    connect_printer(machine, PrinterKind.OCTOPRINT, url=url, secret=api_key)
    product = builders.make_product(shop, HOME)
    asked = product, {"side": 8.0, "height": height_mm}, QuoteOptions("petg", "FR")
    began = time.monotonic()
    quote_product(*asked, exact=True)
    hold_s = max(
        HOLD_S, 2 * (time.monotonic() - began)
    )  # where orders are prepared slowly, they wait longer for others
    orders = {"value": 1e5, "low": 1e5, "high": 1e5, "source": builders.SAID}  # some in the few seconds that one waits
    shop.assumptions |= {"plate_hold": {"hold_h": hold_s / 3600, "orders_per_day": orders}}
    shop.save()
    view = quote_product(*asked, exact=True, ways=True)
    if view.quote is None:
        raise RuntimeError(str(view.refusal))
    return {"quote": str(view.id), "waits": view.ways[0]["id"], "machine": str(machine.id)}


def connect(url: str, api_key: str) -> dict[str, Any]:
    """Connect the machine to another printer server."""
    from glocal.shop.makers.actions import connect_printer
    from glocal.shop.makers.models import PrinterKind
    from glocal.shop.models import MakerMachine

    connect_printer(MakerMachine.objects.get(), PrinterKind.OCTOPRINT, url=url, secret=api_key)
    return {}


def order(quote: str, key: str, roll_back: bool = False) -> dict[str, Any]:
    """Place an order, or place one and roll its transaction back."""
    from django.db import transaction

    from glocal.shop.orders.actions import CustomerDetails, place_order

    placed: dict[str, Any] = {}
    try:
        with transaction.atomic():
            placed["id"] = str(place_order(quote, CustomerDetails("Ann", "ann@example.org"), idempotency_key=key).id)
            if roll_back:
                raise InterruptedError
    except InterruptedError:
        placed["rolled_back"] = True
    return placed


def report() -> dict[str, Any]:
    """Tell the state of all orders and jobs, all of one moment."""
    from django.db import connection, transaction

    from glocal.shop.models import Job, Order, PrinterConnection, Worker

    with transaction.atomic():
        if connection.vendor == "postgresql":  # SQLite's transactions see one moment anyway
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return {
            "orders": {
                str(each.id): {
                    "state": each.state,
                    "jobs": [str(job_id) for job_id in each.pieces.values_list("jobs", flat=True) if job_id],
                    "events": [[event.code, event.message] for event in each.events.all()],
                }
                for each in Order.objects.all()
            },
            "jobs": {
                str(job.id): {
                    "state": job.state,
                    "file": job.file_name,
                    "intended": job.intent_at is not None,
                    "progress": job.progress,
                }
                for job in Job.objects.all()
            },
            "workers": list(Worker.objects.values_list("name", flat=True)),
            "looked_at": [str(at) for at in PrinterConnection.objects.values_list("last_read_at", flat=True)],
        }


def workflows() -> dict[str, Any]:
    """Tell which workflows the engine knows, by identity."""
    from dbos import DBOSClient

    from glocal.shop.workflow.engine import engine_url

    client = DBOSClient(system_database_url=engine_url())
    found = client.list_workflows(load_input=False, load_output=False)
    return {workflow.workflow_id: workflow.status for workflow in found}


def answer(job: str, said: str) -> dict[str, Any]:
    """Answer for the maker."""
    from glocal.shop.jobs.actions import maker_answer

    maker_answer(job, said)  # type: ignore[arg-type]
    return {}


def cancel(order_id: str) -> dict[str, Any]:
    """Cancel an order."""
    from glocal.shop.models import Order
    from glocal.shop.orders.actions import cancel_order

    cancel_order(Order.objects.get(id=order_id))
    return {}


COMMANDS: dict[str, Callable[..., dict[str, Any]]] = {
    each.__name__: each for each in (seed, connect, order, report, workflows, answer, cancel)
}


def fork(work: Callable[[], Any]) -> int:
    """Run ``work`` in a child of this process and return its pid."""
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        work()
    except BaseException:  # noqa: BLE001 - the child must never return into the parent's loop
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def run_command(command: dict[str, Any]) -> None:
    """Run one command in the child and print its answer."""
    name = command.pop("do")
    try:
        result: dict[str, Any] = COMMANDS[name](**command)
    except Exception as error:  # noqa: BLE001 - told to the test
        traceback.print_exc()
        result = {"error": f"{type(error).__name__}: {error}"}
    say(result)


def say(result: dict[str, Any]) -> None:
    """Answer the test."""
    sys.stdout.write(json.dumps(result) + "\n")
    sys.stdout.flush()


def run_worker(die: str, pace: Mapping[str, float]) -> None:
    """Run a worker; ``die`` names the moment at which it kills itself: ``before_start`` or ``after_start``.

    Both lie between the recorded intent to start a print and the record that it started.
    """
    from django.conf import settings

    from glocal.production.octoprint import OctoPrintPrinter

    settings.PACE = {**settings.PACE, **pace}

    real_start = OctoPrintPrinter.start

    def start(printer: OctoPrintPrinter, file_name: str) -> None:
        if die == "after_start":
            real_start(printer, file_name)
        os.kill(os.getpid(), signal.SIGKILL)

    if die:
        OctoPrintPrinter.start = start  # type: ignore[method-assign]
    run.run_worker()


def main() -> None:
    """Fork for each command until standard input ends."""
    warm_up()
    if threading.active_count() > 1:
        raise RuntimeError("a process with threads must not fork")
    workers: list[int] = []
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "worker":
            pid = fork(lambda command=command: run_worker(command["die"], command["pace"]))  # type: ignore[misc]
            workers.append(pid)
            say({"pid": pid})
        else:
            os.waitpid(fork(lambda command=command: run_command(command)), 0)  # type: ignore[misc]
        for pid in list(workers):
            if os.waitpid(pid, os.WNOHANG)[0]:
                workers.remove(pid)
    for pid in workers:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
