"""What the rules of this room are told and what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Origin = Literal["measured", "chosen", "derived"]
EU = frozenset({
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT",
    "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
})  # fmt: skip
"""The member states of the Union."""
EEA = EU | {"IS", "LI", "NO"}
"""Where the consumer rights directive applies: it is in the annex of the agreement (Joint Committee 181/2012)."""
Value = bool | float | str | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter as a customer set it.

    Parameters
    ----------
    name : str
        The parameter.
    origin : {"measured", "chosen", "derived"}
        From whom the value comes, as the design says.
    value, initial : bool, float, str or tuple of float
        What was asked for, and what the design has when nobody asks for anything.
    own_words : bool
        Whether the value is free text.
    """

    name: str
    origin: Origin
    value: Value
    initial: Value
    own_words: bool = False


class AgeGroup(StrEnum):
    """Whom a design is meant for, as its author says."""

    ADULTS = "adults"
    FROM_36_MONTHS = "from_36_months"
    UNDER_36_MONTHS = "under_36_months"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Solid:
    """The shape as far as safety asks.

    Parameters
    ----------
    extent_mm : (float, float, float)
        Width, depth and height of the box around it.
    volume_mm3 : float
        Of the solid itself; 0 when it is not known.
    bodies : int
        Parts that do not touch each other.
    """

    extent_mm: tuple[float, float, float]
    volume_mm3: float = 0.0
    bodies: int = 1


@dataclass(frozen=True, slots=True)
class MaterialFacts:
    """What of a material matters for safety.

    Parameters
    ----------
    id, name : str
        As the shop lists it.
    softens_c : float
        From which temperature it loses its shape.
    """

    id: str
    name: str
    softens_c: float


@dataclass(frozen=True, slots=True)
class Note:
    """One rule's answer: a code that each language has a sentence for, what fills it, and where the rule stands.

    Parameters
    ----------
    code : str
        For example ``"small_parts"``.
    source : str
        Article or standard.
    data : tuple of (str, str or float)
        What the sentence names.
    """

    code: str
    source: str
    data: tuple[tuple[str, str | float], ...] = ()
