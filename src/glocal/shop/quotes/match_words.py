"""Why a maker cannot make something, and what would help, in the reader's language.

The network writes English with the machine's name. Other languages say by the code what is in the way, with the figures
that the reason carries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from glocal.errors import fill


def nobody_in_words(candidates: Mapping[str, Any], say: Callable[[Mapping[str, Any]], str]) -> tuple[str, str]:
    """Return why every maker cannot make it, maker by maker, and what would make it possible; each may be empty.

    Parameters
    ----------
    candidates : mapping
        What :meth:`glocal.network.model.MatchResult.as_dict` gave, with what was asked of other shops.
    say : callable
        Tells one reason.
    """
    against = [
        f"{answer['name'] or answer['maker']}: {'; '.join(dict.fromkeys(map(say, answer['reasons']))).rstrip('.')}"
        for answer in [*candidates["rejected"], *candidates["unknown"]]
    ]
    possible = [say(reason) for reason in candidates["possible_with"]]
    if candidates.get("peers", {}).get("ask"):
        possible.append(say({"code": "ask_peers", "message": ASK_PEERS, "data": {}}))
    return ". ".join(against), " ".join(possible)


ASK_PEERS = "Another shop offers a machine that may do; ask this shop about it."


def comma(language: str) -> str:
    """Return what stands between the entries of a list."""
    return "، " if language.startswith("ar") else ", "


def reason_in_words(reason: Mapping[str, Any]) -> str:
    """Return a reason of the network in the reader's language; one that has no words there stays English."""
    language = get_language() or "en"
    words = None if language.startswith("en") else _words().get(reason["code"])
    if words is None:
        return str(reason["message"])
    told = fill(words, _facts(reason["data"]), lambda fact: _fact(fact, language))
    return str(reason["message"]) if "{" in told else told


def _facts(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of a reason by the names that the words use: percent, hours and sizes."""
    facts = {**data}
    for name in ("bed_mm", "part_mm", "piece_mm", "max_mm"):
        if name in data:
            facts[name] = _Size(data[name])
    for name in ("ready_at", "begins"):
        if name in data:
            facts[name] = datetime.fromisoformat(data[name])
    if "scale" in data:
        facts["percent"] = 100 * data["scale"]
    for name in ("has", "materials"):
        facts[name] = [str(each).upper() for each in data.get(name, ())]
    if "material" in data:
        facts["material"] = str(data["material"]).upper()
    return facts


class _Size(tuple[float, ...]):
    """Lengths in mm that are told with × between them."""

    __slots__ = ()


def _fact(value: Any, language: str) -> str:
    locale = language.replace("-", "_")
    if isinstance(value, datetime):
        return format_date(value, locale=locale)
    if isinstance(value, _Size):
        return " × ".join(_fact(each, language) for each in value)
    if isinstance(value, list):
        return comma(language).join(_fact(each, language) for each in value)
    return format_decimal(round(value, 1), locale=locale) if isinstance(value, int | float) else str(value)


def _words() -> dict[str, str]:
    """Return what is said by the code of a reason."""
    room = _("the part of {part_mm} mm does not fit into the machine, which has room for {bed_mm} mm")
    return {
        "place_unknown": _("where they are is not known"),
        "hours_unknown": _("when they are there is not known"),
        "delivery_unknown": _("{distance_km} km away, whether they send is not known"),
        "too_far": _("{distance_km} km away, too far to fetch or to bring it"),
        "away": _("does not answer at the moment"),
        "refuses": _("does not take this: {refuses}"),
        "machines_unknown": _("which machines they have is not known"),
        "material_unknown": _("which materials are there is not known"),
        "heat_unknown": _("what temperature the material stands is not known"),
        "enclosure": _("there is no closed chamber, this part needs one"),
        "height": room,
        "bed_size": room,
        "material": _("no {material} there, only {has}"),
        "cannot_make": _("this machine cannot print this shape"),
        "too_little_material": _("{left_g} g of {material} left, this takes {needs_g} g"),
        "nozzle_heat": _("the nozzle reaches {reaches_c} °C, the material needs {needs_c} °C"),
        "bed_heat": _("the bed reaches {reaches_c} °C, the material needs {needs_c} °C"),
        "heat": _("the material softens at {stands_c} °C, the part must stand {needs_c} °C"),
        "time_unknown": _("how long it prints there is not known"),
        "price_unknown": _("what an hour on that machine costs is not known"),
        "probation": _("is new here and gets {plates_left} more plates at first, this takes {plates}"),
        "never": _("it would not be done within a year"),
        "too_late": _("it is ready too late"),
        "condition_size": _("offers to print parts up to {max_mm} mm"),
        "offer_ends": _("the offer ends before it could begin"),
        "offered_hours": _("offers {offers_h} machine hours, this takes {needs_h}"),
        "another_day": _("Somebody could have it ready on {ready_at}."),
        "another_material": _("It is possible in another material: {materials}."),
        "smaller": _("It is possible at {percent} % of the size."),
        "split": _("It is possible in {pieces} pieces of {piece_mm} mm, joined afterwards."),
        "farther": _("It is possible for somebody who goes {distance_km} km."),
        "ask_peers": _("Another shop offers a machine that may do; ask this shop about it."),
    }
