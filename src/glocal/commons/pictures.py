"""A small drawing for each class of failure, ours, in lines that take the colour of the text around them.

Each shows the same thing: a part on a plate as it should not be. What has gone wrong is drawn in the class ``wrong``.
"""

from __future__ import annotations

from collections.abc import Mapping

_PLATE = "M6 56H90"
_BOX = "M30 56V24H66V56"

# class -> (how it stands, what is wrong with it), as SVG paths on 96 × 64
_DRAWN: Mapping[str, tuple[str, str]] = {
    "adhesion": (_PLATE, "M22 44Q30 36 38 44T54 44T70 44M26 30H70V38H26Z"),
    "bed_stuck": (f"{_PLATE} {_BOX}", "M48 20V6M42 12L48 6L54 12M28 60H68"),
    "blob": (f"{_PLATE} {_BOX}", "M66 36a5 5 0 1 1 0 8M30 30a4 4 0 1 0 0 7M52 24a4 4 0 1 1 7 0"),
    "bridging": (f"{_PLATE} M18 56V24H30V56M66 56V24H78V56M18 18H78V24", "M30 26Q48 46 66 26"),
    "brittle": ("M8 32H38M58 32H88", "M38 24L44 32L38 40M58 24L52 32L58 40"),
    "choice": ("M48 6V18M48 58V40M14 18H82", "M14 18L6 38H22ZM82 18L74 38H90Z"),
    "clog": ("M34 8H62V28L52 44H44L34 28Z", "M40 30L56 30M42 36H54M48 50V52M48 58V60"),
    "colour": (f"{_PLATE} {_BOX}", "M30 40H66M34 46H62M38 34H50"),
    "crack": (f"{_PLATE} {_BOX}", "M44 24L50 32L43 40L51 48L46 56"),
    "dimension": (f"{_PLATE} {_BOX}", "M30 14H66M30 10V18M66 10V18M72 24V56M68 24H76M68 56H76"),
    "elephant_foot": (f"{_PLATE} M30 46V20H66V46", "M30 46Q26 50 20 56M66 46Q70 50 76 56"),
    "fit": (f"{_PLATE} M18 56V34H36V56M60 56V34H78V56", "M34 8H62V30M34 8V30H62M44 34L48 40L52 34"),
    "heating": ("M40 10H56V40M40 10V40M48 44a10 10 0 1 0 .1 0", "M64 20L72 30H66L74 42"),
    "interrupted": (f"{_PLATE} M30 56V40H66V56", "M52 6L42 22H52L44 34M30 36H36M42 36H48M54 36H60"),
    "layer_separation": (f"{_PLATE} M30 56V42H66V56M30 34V20H66V34", "M28 42Q48 34 68 38M28 34H60"),
    "layer_shift": (f"{_PLATE} M26 56V40H62V56", "M40 40V22H76V40Z"),
    "leak": (f"{_PLATE} M26 56L22 20H74L70 56", "M78 36q4 6 0 8q-4 -2 0 -8M84 46q4 6 0 8q-4 -2 0 -8M24 30H72"),
    "model_fault": ("M48 8L80 24V48L48 60L16 48V24ZM16 24L48 38L80 24", "M48 38V60M56 42L70 36L66 50Z"),
    "moisture": ("M30 32a18 18 0 1 0 36 0a18 18 0 1 0 -36 0M42 32a6 6 0 1 0 12 0a6 6 0 1 0 -12 0",
                 "M16 16q6 9 0 12q-6 -3 0 -12M80 14q6 9 0 12q-6 -3 0 -12M80 40q6 9 0 12q-6 -3 0 -12"),
    "other": (f"{_PLATE} {_BOX}", "M42 34q0 -7 6 -7t6 6q0 4 -6 7V44M48 49V50"),
    "over_extrusion": (f"{_PLATE} {_BOX}", "M28 28q-5 3 0 6q-5 3 0 6q-5 3 0 6M68 28q5 3 0 6q5 3 0 6q5 3 0 6"),
    "overhang": (f"{_PLATE} M24 56V20H76V26H40V56", "M46 28q2 10 6 0M54 28q2 13 6 0M62 28q2 16 6 0"),
    "resin": ("M22 20H74L68 56H28Z", "M26 36Q36 30 48 36T70 36M48 6V16"),
    "softening": (f"{_PLATE} M30 56V40", "M30 40Q30 22 54 24Q72 26 74 46M78 8V2M66 10L62 4M90 10L94 4"),
    "spaghetti": (_PLATE, "M22 52Q12 30 34 34T52 22T70 36T76 52Q60 40 48 50T30 46Q40 30 60 42T52 54"),
    "stringing": (f"{_PLATE} M20 56V18H36V56M60 56V18H76V56",
        "M36 24Q48 32 60 24M36 34Q48 44 60 33M36 44Q48 50 60 45",
    ),
    "supports": (f"{_PLATE} M24 22H72V14H24Z", "M30 22V56M38 22L34 56M50 22V56M58 22L62 56M66 22V56"),
    "surface": (f"{_PLATE} M30 24V56M66 24V56", "M30 24l4 -5l4 6l5 -7l4 7l5 -6l5 6l4 -5l5 4"),
    "under_extrusion": (f"{_PLATE} {_BOX}", "M34 30H44M50 30H62M34 37H52M58 37H62M34 44H40M46 44H60M34 50H50"),
    "warping": (_PLATE, "M20 44Q48 62 76 44V24Q48 42 20 24ZM20 52V48M76 52V48"),
    "weak": (f"{_PLATE} M22 56V18H34V44", "M34 44L60 54M56 60L64 50M72 30V44M66 38L72 44L78 38"),
    "wear": ("M30 8H66V26L54 40H42L30 26Z", "M42 40L38 48H58L54 40M34 56H36M44 58H46M52 55H54M60 58H62"),
    "wobble": (f"{_PLATE} M30 56V16H40",
        "M44 20q6 6 0 12q6 6 0 12q6 6 0 12M54 20q6 6 0 12q6 6 0 12q6 6 0 12M64 20q6 6 0 12q6 6 0 12q6 6 0 12"),
}  # fmt: skip


def picture_of(symptom: str) -> str:
    """Return the drawing of a class as SVG; the words beside it say the same, so screen readers pass over it.

    It holds nothing but our own paths and may stand in a page as it is.
    """
    right, wrong = _DRAWN.get(symptom, _DRAWN["other"])
    return (
        '<svg class="failure" viewBox="0 0 96 64" width="96" height="64" aria-hidden="true" focusable="false">'
        f'<path d="{right}"/><path class="wrong" d="{wrong}"/></svg>'
    )
