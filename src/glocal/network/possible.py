"""What would make it possible: another day, another material, a smaller or split part, a longer way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import product

from glocal.network.fit import box_fits
from glocal.network.model import Maker, Need, Reason, Rejection

SCALE_STEPS = 40
MOST_CUTS = 4  # pieces along one side


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
        suggestions += _fitting(need, makers, by_kind["size"])
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


def _fitting(need: Need, makers: Sequence[Maker], rejections: list[Rejection]) -> Iterable[Reason]:
    """Yield the largest scale, in steps of 1/40, and the fewest equal cuts with which it fits one of the machines."""
    ids = {rejection.maker_id for rejection in rejections}
    beds = sorted(
        {
            (m.machine.bed_x_mm, m.machine.bed_y_mm, m.machine.height_mm)
            for maker in makers
            if maker.id in ids
            for m in maker.machines
        }
    )

    def fits(box: tuple[float, float, float]) -> bool:
        return any(box_fits(box, (a, b), height, reorient=need.reorient) for a, b, height in beds)

    x, y, z = need.extent_mm
    scale = next((step / SCALE_STEPS for step in range(SCALE_STEPS - 1, 0, -1) if fits(_scaled(need, step))), None)
    if scale is not None:
        yield Reason("smaller", f"possible at {100 * scale:.1f} % of the size".replace(".0 ", " "), {"scale": scale})
    cuts = sorted(product(range(1, MOST_CUTS + 1), repeat=3), key=lambda n: (n[0] * n[1] * n[2], n))
    for nx, ny, nz in cuts:
        piece = (x / nx, y / ny, z / nz)
        if fits(piece):
            size = " × ".join(f"{side:.0f}" for side in piece)
            data = {"pieces": nx * ny * nz, "cuts": [nx, ny, nz], "piece_mm": list(piece)}
            yield Reason("split", f"possible in {nx * ny * nz} pieces of {size} mm, joined afterwards", data)
            return


def _scaled(need: Need, step: int) -> tuple[float, float, float]:
    x, y, z = need.extent_mm
    return (x * step / SCALE_STEPS, y * step / SCALE_STEPS, z * step / SCALE_STEPS)


def _farther(rejections: list[Rejection]) -> Reason:
    away, maker = min(
        (reason.data["distance_km"], rejection.maker_id) for rejection in rejections for reason in rejection.reasons
    )
    return Reason("farther", f"possible for somebody who goes {away:.0f} km", {"maker": maker, "distance_km": away})
