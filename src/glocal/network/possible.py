"""What would make it possible: another day, another material, a smaller part, a longer way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from glocal.network.fit import box_fits
from glocal.network.model import Maker, Need, Reason, Rejection

SCALE_STEPS = 40


def what_would_help(need: Need, makers: Sequence[Maker], rejected: Iterable[Rejection]) -> tuple[Reason, ...]:
    """Return one suggestion per kind of change that would win at least one maker who rejected for that kind only."""
    by_kind: dict[str, list[Rejection]] = defaultdict(list)
    for rejection in rejected:
        kinds = {_KIND.get(reason.code, reason.code) for reason in rejection.reasons}
        if len(kinds) == 1:
            by_kind[kinds.pop()].append(rejection)
    suggestions: list[Reason] = []
    if by_kind["later"]:
        suggestions.append(_another_day(by_kind["later"]))
    if by_kind["material"]:
        suggestions.append(_another_material(by_kind["material"]))
    if by_kind["size"]:
        suggestions += _smaller(need, makers, by_kind["size"])
    if by_kind["farther"]:
        suggestions.append(_farther(by_kind["farther"]))
    return tuple(suggestions)


_KIND = {
    "too_late": "later",
    "material": "material",
    "heat": "material",
    "bed_size": "size",
    "height": "size",
    "too_far": "farther",
}


def _another_day(rejections: list[Rejection]) -> Reason:
    day, maker = min(
        (reason.data["ready_at"], rejection.maker_id) for rejection in rejections for reason in rejection.reasons
    )
    return Reason("another_day", f"{maker} could have it ready {day[:10]}", {"maker": maker, "ready_at": day})


def _another_material(rejections: list[Rejection]) -> Reason:
    offered = sorted({m for r in rejections for reason in r.reasons for m in reason.data.get("has", ())})
    makers = sorted(rejection.maker_id for rejection in rejections)
    words = ", ".join(material.upper() for material in offered) or "a material that stands more heat"
    return Reason("another_material", f"possible in {words}", {"materials": offered, "makers": makers})


def _smaller(need: Need, makers: Sequence[Maker], rejections: list[Rejection]) -> Iterable[Reason]:
    """Yield the largest scale, in steps of 1/40, at which the part fits one of the makers' machines."""
    ids = {rejection.maker_id for rejection in rejections}
    beds = sorted(
        {
            (m.machine.bed_x_mm, m.machine.bed_y_mm, m.machine.height_mm)
            for maker in makers
            if maker.id in ids
            for m in maker.machines
        }
    )
    for step in range(SCALE_STEPS - 1, 0, -1):
        x, y, z = (side * step / SCALE_STEPS for side in need.extent_mm)
        if any(box_fits((x, y, z), (a, b), height, reorient=need.reorient) for a, b, height in beds):
            percent = 100 * step / SCALE_STEPS
            yield Reason(
                "smaller_or_split", f"possible at {percent:.0f} % of the size, or split", {"scale": step / SCALE_STEPS}
            )
            return


def _farther(rejections: list[Rejection]) -> Reason:
    away, maker = min(
        (reason.data["distance_km"], rejection.maker_id) for rejection in rejections for reason in rejection.reasons
    )
    return Reason("farther", f"possible for somebody who goes {away:.0f} km", {"maker": maker, "distance_km": away})
