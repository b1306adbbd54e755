"""Sizes of rings, shoes and clothes: from a measure in millimetres to a label and back, by published definitions.

Only systems that are defined by a rule are here. Refused by name, because each maker has its own: United States shoe
sizes, letter sizes (S, M, L) and dress numbers. There a region shows the measure itself.

=================  =====================  =========================================================================
system             measure                definition
=================  =====================  =========================================================================
``iso_8653``       inner diameter, ring   ISO 8653 (also EN ISO, JIS S 4700): inner circumference in mm, nearest whole,
                                          41 to 76
``bs_6820``        inner diameter, ring   BS 6820:1987: C is 40 mm around, each letter 1.25 mm more, half sizes; A to Z
``us_ring``        inner diameter, ring   North American jewellers' scale: 0.458 in + 0.032 in per size, inner diameter;
                                          quarters
``mondopoint``     length of the foot     ISO 9407 (also GB/T 3293.1): length in mm, intervals of 5 mm
``jis_s_5037``     length of the foot     JIS S 5037: length in cm, intervals of 5 mm
``paris_point``    length of the last     the last's length in Paris points of 2/3 cm
``uk_adult``       length of the last     barleycorns of 1/3 in above 25 of them; half sizes
``uk_child``       length of the last     barleycorns of 1/3 in above 12 of them (4 in); half sizes
``en_13402``       girth of the body      EN 13402-1: the body's girth in whole centimetres
=================  =====================  =========================================================================

A shoe's last is longer than the foot by an allowance that is the shoemaker's own, so foot and last are two measures and
no system turns one into the other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from glocal.design.region_errors import SizeOutOfRange, SizeSystemUnknown, SizeUnknown

MEASURES = {
    "ring_inner_diameter": "the inner diameter of a ring",
    "foot_length": "the length of a foot",
    "last_length": "the length of a shoe last",
    "chest_girth": "the girth of a chest",
    "bust_girth": "the girth of a bust",
}
"""What a parameter may measure, in words; the names are used in manifests (``"measures"``)."""

_QUARTERS = ("", " 1/4", " 1/2", " 3/4")
_INCH = 25.4
_SPELLINGS = {"½": " 1/2", "¼": " 1/4", "¾": " 3/4"}


@dataclass(frozen=True, slots=True)
class SizeSpan:
    """The measures that bear one label: ``low_mm <= x < high_mm``; ``mm`` is the size itself."""

    low_mm: float
    mm: float
    high_mm: float


@dataclass(frozen=True, slots=True)
class SizeSystem:
    """Sizes at equal steps; a measure takes the nearest one, and the larger where two are as near.

    Parameters
    ----------
    id, name : str
    measures : tuple of str
        Which of :data:`MEASURES` it names.
    standard : str
        Where it is defined.
    first, step : float
        The first size and the distance to the next, in mm of what the standard measures.
    labels : tuple of str
        All sizes, smallest first. Where the standard sets no ends, these are ours.
    per_mm : float
        What the standard measures, per mm of the parameter: π where it is the circumference of a diameter.
    """

    id: str
    name: str
    measures: tuple[str, ...]
    standard: str
    first: float
    step: float
    labels: tuple[str, ...]
    per_mm: float = 1.0

    def label_of(self, mm: float) -> str:
        """Return the size of a measure in mm.

        Raises
        ------
        SizeOutOfRange
        """
        number = math.floor((mm * self.per_mm - self.first) / self.step + 0.5) if math.isfinite(mm) else -1
        if not 0 <= number < len(self.labels):
            low, high = self.span(self.labels[0]).low_mm, self.span(self.labels[-1]).high_mm
            raise SizeOutOfRange(
                f"{self.name} has no size for {mm:g} mm.",
                help=f"It goes from {self.labels[0]} to {self.labels[-1]}: {low:.4g} to {high:.4g} mm.",
                system=self.id, mm=mm, min_mm=low, max_mm=high,
            )  # fmt: skip
        return self.labels[number]

    def span(self, label: str) -> SizeSpan:
        """Return the measures in mm that a label stands for.

        Raises
        ------
        SizeUnknown
        """
        wanted = _plain(label)
        if wanted not in self.labels:
            raise SizeUnknown(
                f"{self.name} has no size “{label[:20]}”.",
                help=f"It goes from {self.labels[0]} to {self.labels[-1]}.",
                system=self.id, label=label[:20],
            )  # fmt: skip
        centre = self.first + self.labels.index(wanted) * self.step
        low, high = centre - self.step / 2, centre + self.step / 2
        return SizeSpan(low / self.per_mm, centre / self.per_mm, high / self.per_mm)


def size_system(system_id: str, measure: str | None = None) -> SizeSystem:
    """Return a size system by its id; with ``measure``, only if it names that.

    Raises
    ------
    SizeSystemUnknown
    """
    system = _SYSTEMS.get(system_id)
    if system is None or (measure is not None and measure not in system.measures):
        fitting = [s.id for s in _SYSTEMS.values() if measure is None or measure in s.measures]
        of_what = f" for {MEASURES.get(measure, measure)}" if measure else ""
        raise SizeSystemUnknown(
            f"There is no size system “{system_id}”{of_what}.",
            help=f"There is: {', '.join(fitting) or 'none'}. Other scales are each maker's own.",
            system=system_id, measure=measure,
        )  # fmt: skip
    return system


def size_systems() -> tuple[SizeSystem, ...]:
    """Return all size systems."""
    return tuple(_SYSTEMS.values())


def _plain(label: str) -> str:
    text = "".join(_SPELLINGS.get(char, char) for char in label)
    return " ".join(text.upper().split())


def _half_letters() -> tuple[str, ...]:
    letters = [chr(ord("A") + i) for i in range(26)]
    return tuple(f"{letter}{half}" for letter in letters for half in ("", " 1/2"))[:-1]


def _numbers(first: int, last: int, parts: tuple[str, ...] = ("",)) -> tuple[str, ...]:
    return (*(f"{n}{part}" for n in range(first, last) for part in parts), str(last))


_HALVES = ("", " 1/2")
_RING, _FOOT, _LAST = ("ring_inner_diameter",), ("foot_length",), ("last_length",)
_SYSTEMS = {
    system.id: system
    for system in (
        SizeSystem("iso_8653", "ISO ring size", _RING, "ISO 8653:2016", 41, 1, _numbers(41, 76), math.pi),
        SizeSystem("bs_6820", "British ring size", _RING, "BS 6820:1987", 37.5, 0.625, _half_letters(), math.pi),
        SizeSystem(
            "us_ring", "North American ring size", _RING, "jewellers' scale, 0.458 in + 0.032 in per size (customary)",
            0.458 * _INCH, 0.008 * _INCH, _numbers(0, 16, _QUARTERS),
        ),
        SizeSystem(
            "mondopoint", "Mondopoint", _FOOT, "ISO 9407:2019", 100, 5, tuple(str(mm) for mm in range(100, 335, 5)),
        ),
        SizeSystem(
            "jis_s_5037", "Japanese shoe size", _FOOT, "JIS S 5037", 100, 5,
            tuple(f"{mm / 10:.1f}" for mm in range(100, 335, 5)),
        ),
        SizeSystem(
            "paris_point", "Paris points", _LAST, "2/3 cm of the last (customary)", 100, 20 / 3, _numbers(15, 52),
        ),
        SizeSystem(
            "uk_adult", "British shoe size", _LAST, "1/3 in of the last above 25/3 in (customary)",
            26 / 3 * _INCH, _INCH / 6, _numbers(1, 15, _HALVES),
        ),
        SizeSystem(
            "uk_child", "British child's shoe size", _LAST, "1/3 in of the last above 4 in (customary)",
            4 * _INCH, _INCH / 6, _numbers(0, 13, _HALVES),
        ),
        SizeSystem(
            "en_13402", "body girth in centimetres", ("chest_girth", "bust_girth"), "EN 13402-1", 400, 10,
            _numbers(40, 160),
        ),
    )
}  # fmt: skip
