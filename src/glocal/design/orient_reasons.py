"""Why a part is laid down one way and not another: codes with figures, and the words for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glocal.design.orient import Orientation

WORDS = {
    "no_fit": "It does not fit the machine this way.",
    "fits": "It fits the machine this way.",
    "no_support": "It needs no support.",
    "support": "Support holds {surface_cm2} cm² of its surface ({plastic_cm3} cm³).",
    "support_now": "As it lies it would be {surface_cm2} cm².",
    "height": "It is {height_mm} mm tall.",
    "lower": "It is {height_mm} mm tall rather than {now_mm} mm: fewer layers, faster.",
    "higher": "It is {height_mm} mm tall rather than {now_mm} mm: more layers, slower.",
    "foot": "It stands on {foot_cm2} cm².",
    "stands_on_a_point": "It touches the bed in a point or along an edge, and does not hold.",
    "tips_over": "Its weight is not above its foot; it may tip over while it grows.",
    "small_footprint": "It is tall for its foot; it may come off.",
    "across": "Its load or its length runs across the layers, where it is about half as strong.",
    "along": "Its layers run along its load or its length, so it is about twice as strong.",
}
"""English words by code; pages translate them as they stand, with the figures put in afterwards."""
_STRONG = 0.75


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for or against a way to lay a part down.

    Parameters
    ----------
    code : str
        A key of :data:`WORDS`.
    figures : mapping of numbers
        What the words name: centimetres and millimetres as the names say.
    """

    code: str
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The reason in English."""
        return WORDS[self.code].format(**{name: f"{figure:g}" for name, figure in self.figures.items()})

    def as_dict(self) -> dict[str, Any]:
        """Return the reason as it stands in JSON."""
        return {"code": self.code, "figures": dict(self.figures), "message": self.message}


def reasons_of(way: Orientation, today: Orientation) -> tuple[Reason, ...]:
    """Return what there is to say of a way, beside how the part lies today."""
    reasons = []
    if not way.fits:
        reasons.append(Reason("no_fit"))
    elif not today.fits:
        reasons.append(Reason("fits"))
    if way.support_mm2 == 0:
        reasons.append(Reason("no_support"))
    else:
        figures = {"surface_cm2": _cm2(way.support_mm2), "plastic_cm3": round(way.support_cm3, 1)}
        reasons.append(Reason("support", figures))
    if not way.as_it_lies and way.support_mm2 < today.support_mm2:
        reasons.append(Reason("support_now", {"surface_cm2": _cm2(today.support_mm2)}))
    reasons.append(_height(way, today))
    reasons.append(Reason("foot", {"foot_cm2": _cm2(way.contact_mm2)}))
    reasons += [Reason(finding.code) for finding in way.findings]
    if way.strength < _STRONG:
        reasons.append(Reason("across"))
    elif today.strength < _STRONG:
        reasons.append(Reason("along"))
    return tuple(reasons)


def _cm2(area_mm2: float) -> float:
    return round(area_mm2 / 100, 1)


def _height(way: Orientation, today: Orientation) -> Reason:
    figures = {"height_mm": float(round(way.height_mm))}
    if way.as_it_lies or abs(way.height_mm - today.height_mm) < 1:
        return Reason("height", figures)
    code = "lower" if way.height_mm < today.height_mm else "higher"
    return Reason(code, {**figures, "now_mm": float(round(today.height_mm))})
