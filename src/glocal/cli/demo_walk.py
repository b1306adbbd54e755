"""The steps of the demonstration: each does one real thing, and notes what came of it and how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from glocal.cli import demo_words
from glocal.errors import OutsidePartFailed
from glocal.production.octoprint_server import VirtualOctoPrint
from glocal.shop import demo_shop
from glocal.shop.commons.actions import shop_log
from glocal.shop.demand.queries import choice_events
from glocal.shop.files.store import shop_files
from glocal.shop.jobs.models import Job
from glocal.shop.jobs.queries import progress_of
from glocal.shop.makers.models import MakerMachine
from glocal.shop.orders.actions import CustomerDetails, place_order
from glocal.shop.orders.models import FINAL_STATES, WAITING_STATES, Order, OrderEvent, OrderState
from glocal.shop.orders.watch import watch
from glocal.shop.parts.actions import built_part
from glocal.shop.parts.models import BuiltPart
from glocal.shop.parts.printing import machine_family, setup_for
from glocal.shop.products.queries import get_product
from glocal.shop.quotes.actions import quote_product
from glocal.shop.quotes.context import learnt_factors
from glocal.shop.quotes.options import QuoteOptions
from glocal.shop.quotes.view import QuoteView
from glocal.shop.workers.run import embedded_worker
from glocal.shop.workflow.engine import migrate

PRODUCT = "name-sign"
REGION = "FR"
MATERIAL = "petg"
VALUES: Mapping[str, object] = {
    "lettering": "engraved",
    "letter_height": 30.0,
    "relief": 0.8,
    "mount": "screws",
    "shape": "plaque",
    "thickness": 2.4,
}
CHOICE, CHOSEN = "mount", "Screw holes"  # the choice whose regional preference is shown before and after
PATIENCE_S = 240.0
"""After this long without any news of it an order is stuck; on a slow machine the whole may well take longer."""

# event of the order's timeline → the step that ends with it
STEP_OF_EVENT = {
    "checking": "take up",
    "sliced": "slice",
    "matched": "match",
    "queued": "lay out",
    "printed": "print",
    "learnt": "learn",
    "shared": "share",
    "done": "ready",
}


class DemoStuck(OutsidePartFailed):
    """The order did not reach its end."""

    code = "demo_stuck"


class Walk:
    """One order's way through the shop.

    Parameters
    ----------
    output : Path
        Where files are left; the demonstration shop's state is in ``output/.shop``.
    name : str
        What the customer wants engraved.
    motor_speed : float
        How many times faster than a real machine the virtual motor moves.
    say : callable
        Told each line for a person.
    """

    def __init__(self, output: Path, name: str, *, motor_speed: float, say: Callable[[str], object]) -> None:
        self.output = output
        self.name = name
        self.motor_speed = motor_speed
        self.steps: list[dict[str, Any]] = []
        self.files: dict[str, str] = {}
        self._say = say

    def run(self) -> dict[str, Any]:
        """Walk from the wish to the verified record, and return the trace.

        Raises
        ------
        DemoStuck
            When the order waits for a person or ends otherwise than printed, with its last words.
        """
        began = time.perf_counter()
        server = VirtualOctoPrint(self.output / ".shop" / "octoprint", speed=self.motor_speed)
        with ThreadPoolExecutor(1) as pool:
            starting = pool.submit(server.start)
            try:
                order = self._walk(starting)
            finally:
                starting.exception()
                server.stop()
        return {
            "steps": self.steps,
            "order": {"id": str(order.id), "state": order.state, "total_minor": order.total_minor},
            "piece": str(order.pieces.get().id),
            "files": self.files,
            "seconds": round(time.perf_counter() - began, 3),
        }

    def _walk(self, starting: Future[VirtualOctoPrint]) -> Order:
        with self._step("shop") as facts:
            migrate()
            shop = demo_shop.seed()
            facts |= {"shop": shop.name, "town": shop.town, "makers": len(demo_shop.MAKERS)}
            self._say(f"{shop.name}, {shop.town}: a demonstration shop with {len(demo_shop.MAKERS)} makers around it")
        view = self._design_and_quote()
        with self._step("printer") as facts:
            server = starting.result()
            machine = demo_shop.connect_virtual_printer(server.url, server.api_key, speed=self.motor_speed)
            facts |= {
                "server": "OctoPrint",
                "url": server.url,
                "machine": machine.name,
                "motor_speed": self.motor_speed,
            }
            self._say(
                f"a real OctoPrint server answers on loopback; its motor is virtual, {self.motor_speed:g} × as fast"
            )
        before = known()
        with self._step("order") as facts:
            customer = CustomerDetails("Amina Diallo", "amina@example.org", language="fr")
            order = place_order(view.id, customer, idempotency_key="demo")
            piece = order.pieces.get()
            facts |= {"order": str(order.id), "piece": str(piece.id)}
            self._say(f"order {order.id}, piece {piece.id}; row and workflow were written in one transaction")
        with embedded_worker():
            self._follow(order)
        self._compare(order, before, known())
        self._verify(order)
        self._leave_files(order)
        return order

    def _design_and_quote(self) -> QuoteView:
        from glocal.design.parameters import bind

        product = get_product(PRODUCT)
        raw = {"text": self.name, **VALUES}
        with self._step("wish") as facts:
            facts |= {"product": product.slug, "values": raw, "region": REGION, "material": MATERIAL}
            self._say(f"{product.title['en']}: “{self.name}”, engraved, in {MATERIAL.upper()}")
        with self._step("design") as facts:
            template = product.template()
            part = built_part(template, bind(template, raw))
            facts |= {"part": part.hash, "features": part.features}
            self._say(demo_words.part(part.features))
        self._check(part, template.print_notes)
        with self._step("quote") as facts:
            view = quote_product(product, raw, QuoteOptions(MATERIAL, REGION), remember=True)
            if view.quote is None:
                refusal = view.refusal or {}
                raise DemoStuck(f"There is no price: {refusal.get('message')}", help=refusal.get("help", ""))
            facts |= {"quote_id": str(view.id), "quote": view.quote}
            for line in demo_words.quote(view.quote):
                self._say(line)
        return view

    def _check(self, part: BuiltPart, print_notes: Mapping[str, Any]) -> None:
        with self._step("check") as facts:
            machine = MakerMachine.objects.get(slug=f"{demo_shop.SLUG}-1")
            setup = setup_for(part, machine.profile_id, MATERIAL, print_notes)
            facts |= {"findings": [asdict(finding) for finding in setup.findings], "machine": setup.machine.name}
            self._say(f"for {setup.machine.name}, {setup.material.name}, {setup.recipe.layer_height_mm:g} mm layers:")
            for finding in setup.findings:
                self._say(f"{finding.severity}: {finding.message} {finding.help}")
            if not setup.findings:
                self._say("printable as it is")

    def _follow(self, order: Order) -> None:
        """Tell the order's timeline as it happens, until its end."""
        since, shown, heard_at = order.created_at, 0.0, time.monotonic()
        for event in watch(order.id, silence_s=1.0):
            if event is None:
                before, shown = shown, self._tell_progress(order, shown)
                if shown > before:
                    heard_at = time.monotonic()
                elif time.monotonic() - heard_at > PATIENCE_S:
                    break
                continue
            heard_at = time.monotonic()
            self._say(event.message)
            if event.code == "matched":
                for line in demo_words.not_chosen(event.data):
                    self._say(line)
            if event.code in STEP_OF_EVENT:
                self._note(STEP_OF_EVENT[event.code], span_s(since, event), {"said": event.message, **event.data})
                since = event.at
            if event.state in FINAL_STATES | WAITING_STATES:
                break
        order.refresh_from_db()
        if order.state != OrderState.DONE:
            last = order.events.latest("id")
            raise DemoStuck(f"The order is {order.get_state_display()}: {last.message}")

    def _tell_progress(self, order: Order, shown: float) -> float:
        for progress in progress_of(order):
            if progress.share is not None and progress.share > shown:
                self._say(f"{progress.share:.0%} printed")
                shown = progress.share
        return shown

    def _compare(self, order: Order, before: dict[str, Any], after: dict[str, Any]) -> None:
        with self._step("learnt") as facts:
            facts |= {"before": before, "after": after, "choice": CHOICE, "chosen": CHOSEN, "region": REGION}
            self._say(demo_words.actual(Job.objects.get(pieces__order=order), self.motor_speed))
            self._say(demo_words.change("print time, actual ÷ estimate", before["time_factor"], after["time_factor"]))
            self._say(demo_words.change(f"{REGION} wants “{CHOSEN}”", before["preference"], after["preference"]))

    def _verify(self, order: Order) -> None:
        from glocal.commons.verify import verify_log

        with self._step("verify") as facts:
            log = shop_log(order.quote.product.shop)
            verified = verify_log(log.directory, log.root_vkey)
            facts |= {"size": verified.size, "root": verified.root, "key": log.root_vkey}
            self._say(f"{verified.size} signed record, every byte as signed; tree root {verified.root[:16]}…")

    def _leave_files(self, order: Order) -> None:
        job = Job.objects.get(pieces__order=order)
        part, store = order.quote.part, shop_files()
        if part is None:
            raise RuntimeError("a printed order has a part")
        for ending, key in (("3mf", job.threemf_file), ("gcode", job.gcode_file), ("png", part.picture_file)):
            path = self.output / f"part.{ending}"
            path.write_bytes(store.read(key))
            self.files[ending] = str(path)

    @contextmanager
    def _step(self, name: str) -> Iterator[dict[str, Any]]:
        facts: dict[str, Any] = {}
        began = time.perf_counter()
        yield facts
        self._note(name, time.perf_counter() - began, facts)

    def _note(self, name: str, seconds: float, facts: Mapping[str, Any]) -> None:
        self.steps.append({"name": name, "seconds": round(seconds, 3), **facts})
        self._say(demo_words.step(name, seconds))


def span_s(since: datetime, event: OrderEvent) -> float:
    """Return how long it took from a moment to an event, s."""
    return max(0.0, (event.at - since).total_seconds())


def known() -> dict[str, Any]:
    """Return what the shop knows now of its estimates and of the region's choice."""
    from glocal.demand.fit import fit
    from glocal.production.prusaslicer_profiles import get_machine

    machine = MakerMachine.objects.get(slug=f"{demo_shop.SLUG}-1")
    factor = learnt_factors().time_factor(get_machine(machine.profile_id).id, MATERIAL, machine_family(machine))
    preferences = fit(choice_events(PRODUCT)).preferences(REGION, PRODUCT, CHOICE)
    preference = next(preference for preference in preferences if preference.option == CHOSEN)
    return {
        "at": timezone.now().isoformat(),
        "time_factor": asdict(factor),
        "preference": asdict(preference.share),
        "own_voice": preference.own_voice,
    }
