"""May a consumer send the piece back within fourteen days, although nothing is wrong with it?

Sources: Directive 2011/83/EU, Article 9 (fourteen days), Article 16(c) ("goods made to the consumer's specifications or
clearly personalised"), Article 2(4) and recital 49 (not prefabricated, made on the basis of an individual choice or
decision of the consumer), Article 6(1)(k) (to be told before the contract). The Commission's guidance 2021/C 525/01,
section 5.11.1: measurements and individual features are specifications; a choice among the trader's pre-set options,
such as a colour, is not. Court of Justice, C-529/19 *Möbel Kraft*: it does not matter whether making has begun.

The exception is read narrowly: what is not surely the customer's own leaves the right as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from glocal.law.model import EEA, Setting

SOURCE = "Directive 2011/83/EU, Articles 9 and 16(c)"
DAYS = 14


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Whether the right exists, and why.

    Parameters
    ----------
    code : {"right", "none_own", "unknown_region"}
        The right stands; the piece is the customer's own; or other law applies, which this room does not know.
    own : tuple of str
        Parameters that make the piece the customer's own.
    days : int
        How long the right lasts; 0 without.
    """

    code: str
    own: tuple[str, ...]
    days: int
    source: str = SOURCE


def withdrawal(
    settings: Iterable[Setting], *, region: str, presets: Iterable[Mapping[str, object]] = (), for_stock: bool = False
) -> Withdrawal:
    """Return whether a consumer may withdraw from buying a piece with these settings.

    Parameters
    ----------
    region : str
        ISO 3166 code of where the shop sells, with or without a subdivision.
    presets : iterable of mapping
        Combinations that the shop itself offers: a piece that is one of them is prefabricated in this sense.
    for_stock : bool
        It lies on the shelf already.
    """
    if region.split("-", maxsplit=1)[0] not in EEA:
        return Withdrawal("unknown_region", (), 0, "")
    settings = tuple(settings)
    own = tuple(setting.name for setting in settings if _is_own(setting))
    if for_stock or not own or any(_is_preset(settings, preset) for preset in presets):
        return Withdrawal("right", (), DAYS)
    return Withdrawal("none_own", own, 0)


def _is_own(setting: Setting) -> bool:
    """Return whether a value is the customer's own measure or words, and not what everybody gets."""
    if setting.value == setting.initial or setting.origin == "derived":
        return False
    if setting.own_words:
        return bool(str(setting.value).strip())
    return setting.origin == "measured"


def _is_preset(settings: tuple[Setting, ...], preset: Mapping[str, object]) -> bool:
    return all(
        setting.value == preset.get(setting.name, setting.initial)
        for setting in settings
        if setting.origin != "derived"
    )
