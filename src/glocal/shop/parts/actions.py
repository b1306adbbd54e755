"""Build a part once, and check it once for each process."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from glocal.shop.errors import NeedsSlicer
from glocal.shop.files.store import shop_files
from glocal.shop.parts.asker import SOMEBODY, Asker, Patience, still_waits
from glocal.shop.parts.engine import QUICK_WITHIN_S, engine, patient_engine
from glocal.shop.parts.long_builds import LongBuilds, Stop
from glocal.shop.parts.memory import give_back
from glocal.shop.parts.models import BuiltPart, PartCheck
from glocal.shop.parts.queries import finding_as_dict, finding_from_dict, load_part
from glocal.shop.parts.quick_builds import ended_when_unwanted, turn_at_engine
from glocal.values import canonical_json, sha256_hex

if TYPE_CHECKING:
    from glocal.design.errors import DesignLoops
    from glocal.design.model import DesignTemplate, Finding, Mesh, ParameterValue, Part, PrintProcess

ASK_TO_TURN = frozenset({"needs_support", "stands_on_a_point", "tips_over", "small_footprint"})
"""Findings that another way up may spare."""

_one_drawing = threading.Lock()


_long_builds = LongBuilds()
_slow_designs: set[str] = set()


def built_part(template: DesignTemplate, values: Mapping[str, ParameterValue], *, asker: Asker = SOMEBODY) -> BuiltPart:
    """Return the part of a design with these values, built now unless it was built before.

    Raises
    ------
    DesignError
        What the design room refuses: a design that loops, is too big, or fails.
    StillBuilding
        Where the asker does not wait for a part that takes its time.
    """
    from glocal.design.errors import DesignLoops
    from glocal.design.part import part_hash

    identity = part_hash(template, values)
    if known := BuiltPart.objects.filter(hash=identity).first():
        return known
    if template.hash not in _slow_designs:
        try:
            return _built_at_once(template, values, identity, asker.go_on)
        except DesignLoops as slow:
            if asker.patience is Patience.NONE:
                raise
            if _had_its_time(slow):
                _slow_designs.add(template.hash)
    if asker.patience is Patience.NONE:
        raise NeedsSlicer("A design that takes long to build is priced only where it is chosen.")
    make = partial(_built_patiently, template, values)
    if asker.patience is Patience.WAIT:
        return _built_for(asker.go_on, make)
    _long_builds.ask(identity, make, visit=asker.visit)
    return BuiltPart.objects.get(hash=identity)


def _had_its_time(slow: DesignLoops) -> bool:
    """Say whether a build that was given up computed all the time: on a busy machine it waited, and is not slow."""
    cpu_s = slow.data.get("cpu_s")
    return cpu_s is None or cpu_s > QUICK_WITHIN_S / 2


def _built_at_once(
    template: DesignTemplate, values: Mapping[str, ParameterValue], identity: str, go_on: Callable[[], None]
) -> BuiltPart:
    from glocal.design.part import build_part

    with turn_at_engine(go_on):
        built_meanwhile = BuiltPart.objects.filter(hash=identity).first()
        return built_meanwhile or keep_part(build_part(template, values, engine()))


def _built_for(go_on: Callable[[], None], make: Callable[[Callable[[Stop], None]], BuiltPart]) -> BuiltPart:
    """Build while the asker waits; what ``go_on`` raises meanwhile ends it."""
    stops: list[Stop] = []

    def stop() -> None:
        for each in stops:
            each()

    with ended_when_unwanted(go_on, stop):
        return make(stops.append)


def _built_patiently(
    template: DesignTemplate, values: Mapping[str, ParameterValue], can_be_stopped: Callable[[Stop], None]
) -> BuiltPart:
    from glocal.design.part import build_part

    with patient_engine(can_be_stopped) as patient:
        return keep_part(build_part(template, values, patient))


def keep_part(part: Part) -> BuiltPart:
    """Store a part with the files that pages and printers need: its mesh, and a GLB for the screen."""
    import numpy as np

    from glocal.design.glb import write_glb

    files = shop_files()
    arrays = io.BytesIO()
    np.savez(arrays, vertices=part.mesh.vertices, faces=part.mesh.faces)
    row, _ = BuiltPart.objects.get_or_create(
        hash=part.hash,
        defaults={
            "title": part.title,
            "template_id": part.template_id or "",
            "template_hash": part.template_hash or "",
            "values": {name: list(v) if isinstance(v, tuple) else v for name, v in part.values.items()},
            "features": asdict(part.features),
            "mesh_file": files.put(arrays.getvalue()),
            "glb_file": files.put(write_glb(part.mesh)),
        },
    )
    return row


def draw(row: BuiltPart) -> None:
    """Draw a part's picture and keep it; who asks while it is being drawn waits for that one."""
    from glocal.design.picture import render_png

    with _one_drawing:
        row.refresh_from_db(fields=["drawn_file"])
        if not row.drawn_file:
            row.drawn_file = shop_files().put(render_png(load_part(row).mesh))
            row.save(update_fields=["drawn_file"])
            give_back()


def check_part(row: BuiltPart, process: PrintProcess) -> tuple[Finding, ...]:
    """Return what stands in the way of printing a part with a process; each question is worked out once."""
    return tuple(finding_from_dict(stored) for stored in _check_of(row, process).findings)


def _check_of(row: BuiltPart, process: PrintProcess) -> PartCheck:
    from glocal.design.check import in_room

    key = sha256_hex(canonical_json(asdict(process)))
    known = PartCheck.objects.filter(part=row, process=key).first()
    if known is None:
        mesh = load_part(row).mesh
        found = in_room(_shape_findings(mesh, process.anywhere()), mesh, process)
        findings = [finding_as_dict(finding) for finding in found]
        known, _ = PartCheck.objects.get_or_create(part=row, process=key, defaults={"findings": findings})
        give_back()
    return known


@lru_cache(maxsize=8)
def _shape_findings(mesh: Mesh, process: PrintProcess) -> tuple[Finding, ...]:
    """Return what is found on every machine with such a nozzle: makers' machines differ in their rooms mostly."""
    from glocal.design.check import shape_findings

    return shape_findings(mesh, process)


@dataclass(frozen=True, slots=True)
class Lying:
    """How a part lies on the plate.

    Parameters
    ----------
    part : Part
        As it lies.
    findings : tuple of Finding
        What the check says of it so.
    reasons : tuple of dict
        Why it was turned, as :meth:`glocal.design.orient_reasons.Reason.as_dict`; empty when it lies as it came.
    turn : tuple
        ``points @ turn`` are the points of the part as it lies; empty when it lies as it came.
    """

    part: Part
    findings: tuple[Finding, ...]
    reasons: tuple[dict[str, Any], ...] = ()
    turn: tuple[tuple[float, ...], ...] = ()


def lie_down(row: BuiltPart, process: PrintProcess, *, go_on: Callable[[], None] = still_waits) -> Lying:
    """Return the part the way up that prints best, where the check finds that it matters; worked out once.

    A part that prints well as it came stays so: its author meant it. ``go_on`` is called before what takes its time.
    """
    known = _check_of(row, process)
    part, findings = load_part(row), tuple(finding_from_dict(stored) for stored in known.findings)
    if not ASK_TO_TURN & {finding.code for finding in findings}:
        return Lying(part, findings)
    if known.lies is None:
        known.lies = _best_way(part, findings, process, go_on)
        known.save(update_fields=["lies"])
    if not known.lies:
        return Lying(part, findings)
    stored = known.lies
    turn = tuple(tuple(line) for line in stored["turn"])
    reasons = tuple(
        reason if isinstance(reason, dict) else {"code": "", "figures": {}, "message": reason}  # kept before codes were
        for reason in stored["reasons"]
    )
    return Lying(_as_it_lies(part, turn), tuple(finding_from_dict(f) for f in stored["findings"]), reasons, turn)


def _best_way(part: Part, now: tuple[Finding, ...], process: PrintProcess, go_on: Callable[[], None]) -> dict[str, Any]:
    """Return the best way to lay a part down as JSON; empty when that is as it came, or when nobody can tell."""
    from glocal.design.check import check
    from glocal.design.orient import laid_down, orientations

    if any(finding.severity == "blocking" for finding in now):
        return {}  # it has to be mended or changed first
    go_on()
    best = orientations(part.mesh, process)[0]
    if best.as_it_lies or not best.fits:
        return {}
    go_on()
    findings = check(laid_down(part.mesh, best.turn), process)
    return {
        "turn": [list(line) for line in best.turn],
        "reasons": [reason.as_dict() for reason in best.reasons],
        "findings": [finding_as_dict(finding) for finding in findings],
    }


def _as_it_lies(part: Part, turn: tuple[tuple[float, ...], ...]) -> Part:
    from glocal.design.orient import laid_down

    mesh = laid_down(part.mesh, turn)
    return replace(part, mesh=mesh, features=replace(part.features, extent_mm=mesh.extent_mm))
