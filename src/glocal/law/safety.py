"""The product-safety record of one piece: what can go wrong with it, and what its label has to say.

Sources: Regulation (EU) 2023/988 (general product safety), Article 9(2) and (3) (risk analysis and technical
documentation, kept ten years), 9(5) (type, batch or serial number), 9(6) (name, postal and electronic address), 9(7)
(instructions and safety information), Article 19 (what an offer at a distance shows), Article 6 (what is looked at).
Small parts: EN 71-1:2014, 8.2, a cylinder of 31.7 mm whose slanted floor is 25.4 to 57.1 mm below its rim (the same as
16 CFR 1501.4); Directive 2009/48/EC, Annex II, I.4(d), for children under 36 months. Contact with food: Regulation (EC)
1935/2004, Article 3, and (EU) 10/2011: nothing printed is called fit for food here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from glocal.law.model import AgeGroup, MaterialFacts, Note, Solid

SMALL_PARTS_MM = 31.7
SHALLOW_MM, DEEP_MM = 25.4, 57.1
KEPT_YEARS = 10
GPSR = "Regulation (EU) 2023/988"
WARM_PLACE_C = 70.0  # the inside of a car in the sun, a radiator: what softens below loses its shape there


@dataclass(frozen=True, slots=True)
class SafetyAnalysis:
    """What was found about one piece.

    Parameters
    ----------
    age_group : AgeGroup
        As the design's author says.
    small_parts : {"yes", "maybe", "no"}
        Whether the piece, or one of its parts, fits into the small-parts cylinder.
    notes : tuple of Note
        Risks and what to tell, the weightiest first.
    missing : tuple of str
        Codes of what somebody still has to say before the record is whole.
    """

    age_group: AgeGroup
    small_parts: str
    notes: tuple[Note, ...]
    missing: tuple[str, ...]


def analyse(solid: Solid, material: MaterialFacts, author_says: Mapping[str, object]) -> SafetyAnalysis:
    """Return the risks of a piece.

    Parameters
    ----------
    author_says : mapping
        ``safety`` of the design's manifest: ``age_group``, ``electric``, ``bears_load``, ``food``, ``flame`` (bool).
    """
    age = _age_group(author_says.get("age_group"))
    small = fits_small_parts(solid)
    notes = [*_for_children(age, small), *_for_material(material), *_for_use(author_says)]
    missing = ("age_group",) if age is AgeGroup.UNKNOWN else ()
    return SafetyAnalysis(age, small, tuple(notes), missing)


def fits_small_parts(solid: Solid) -> str:
    """Return whether a shape fits into the small-parts cylinder, as far as the box around it and its volume tell.

    A box that fits upright above the shallow end fits surely. What is longer than any line in the cylinder, or has more
    volume than it, surely does not. Between them the answer is "maybe", and so it is where several bodies come apart.
    """
    short, middle, long_ = sorted(solid.extent_mm)
    if math.hypot(short, middle) <= SMALL_PARTS_MM and long_ <= SHALLOW_MM:
        return "yes"
    if solid.bodies > 1:
        return "maybe"
    room_mm3 = math.pi / 4 * SMALL_PARTS_MM**2 * (SHALLOW_MM + DEEP_MM) / 2
    return "no" if long_ > math.hypot(SMALL_PARTS_MM, DEEP_MM) or solid.volume_mm3 > room_mm3 else "maybe"


def _age_group(said: object) -> AgeGroup:
    try:
        return AgeGroup(str(said))
    except ValueError:
        return AgeGroup.UNKNOWN


def _for_children(age: AgeGroup, small: str) -> list[Note]:
    if age is AgeGroup.UNDER_36_MONTHS and small != "no":
        return [Note("not_under_36_months_refuse", "Directive 2009/48/EC, Annex II, I.4(d); EN 71-1, 8.2")]
    if age is not AgeGroup.UNDER_36_MONTHS and small != "no":
        code = "small_parts" if small == "yes" else "small_parts_maybe"
        return [Note(code, "EN 71-1, 8.2"), Note("not_a_toy", "Directive 2009/48/EC, Article 2")]
    return [Note("not_a_toy", "Directive 2009/48/EC, Article 2")] if age is AgeGroup.ADULTS else []


def _for_material(material: MaterialFacts) -> list[Note]:
    found = [Note("heat", f"{GPSR}, Article 6(1)(a)", (("material", material.name), ("celsius", material.softens_c)))]
    if material.softens_c < WARM_PLACE_C:
        found.append(Note("no_warm_place", f"{GPSR}, Article 6(1)(a)", (("celsius", material.softens_c),)))
    if material.id == "tpu":
        found.append(Note("soft_not_for_mouth", f"{GPSR}, Article 6(1)(a)"))
    return found


def _for_use(says: Mapping[str, object]) -> list[Note]:
    found = []
    if not says.get("food"):
        found.append(Note("not_for_food", "Regulation (EC) 1935/2004, Article 3"))
    if says.get("bears_load"):
        found.append(Note("layers_break", f"{GPSR}, Article 6(1)(a)"))
    if says.get("electric"):
        found.append(Note("no_mains", "Directive 2014/35/EU, Article 1"))
    found.append(Note("keep_from_flame", f"{GPSR}, Article 6(1)(a)"))
    return found


def keep_until(made_on: date) -> date:
    """Return until when the record is kept: ten years after the piece was placed on the market."""
    try:
        return made_on.replace(year=made_on.year + KEPT_YEARS)
    except ValueError:  # 29 February
        return made_on.replace(year=made_on.year + KEPT_YEARS, day=28)
