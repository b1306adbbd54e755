"""Idle machine time that shops offer each other: what stands of it, as far as it is heeded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from glocal.commons.knowledge import Known

MOST_OF_ONE_SHOP = 40  # a log that lists thousands of machines must not crowd out the others


@dataclass(frozen=True, slots=True)
class Capacity:
    """One standing offer of another shop.

    Parameters
    ----------
    reference : str
        Short name, the same at every node.
    shop : str
        The name of the shop that signed it; a host name for who serves its log on the web.
    machine : str
        The model.
    bed_mm, max_extent_mm : (float, float, float) or None
        What it prints, and the largest part that is taken; None where nobody said it.
    until : str
        ``YYYY-MM``, the last month.
    place : (float, float) or None
        Rough latitude and longitude, degrees.
    days : tuple of str
        Of the week, ``"mo"`` to ``"su"``; empty: any.
    hour_minor : int or None
        Price of a machine hour in ``currency``; None: to be asked.
    """

    reference: str
    shop: str
    machine: str
    materials: tuple[str, ...]
    until: str
    bed_mm: tuple[float, float, float] | None = None
    nozzle_mm: float | None = None
    enclosure: bool = False
    max_extent_mm: tuple[float, float, float] | None = None
    region: str = ""
    place: tuple[float, float] | None = None
    days: tuple[str, ...] = ()
    wait_days: int = 0
    hours: float | None = None
    hour_minor: int | None = None
    currency: str = ""


def offered_capacity(known: Iterable[Known], *, own: str, month: str) -> list[Capacity]:
    """Return what other shops offer in ``month`` or later, the newest first and at most forty of each shop.

    Parameters
    ----------
    known : iterable of Known
        What all logs say together, without what was taken back, replaced or labelled away.
    own : str
        The own log's root key: what this shop offers others is not offered to itself.
    month : str
        ``YYYY-MM``; offers that ended before are left out.
    """
    standing = [
        entry
        for entry in known
        if entry.record["kind"] == "capacity"
        and entry.record["process"] == "fff"
        and entry.record["until"] >= month
        and entry.root_vkey != own
    ]
    standing.sort(key=lambda entry: (entry.record["month"], entry.epoch, entry.index), reverse=True)
    counted: Counter[str] = Counter()
    found = []
    for entry in standing:
        counted[entry.root_vkey] += 1
        if counted[entry.root_vkey] <= MOST_OF_ONE_SHOP:
            found.append(_read(entry))
    return found


def _read(entry: Known) -> Capacity:
    record = entry.record
    price = record.get("price", {})
    return Capacity(
        entry.reference,
        entry.shop,
        record["machine"],
        tuple(material.casefold() for material in record["materials"]),
        record["until"],
        _box(record.get("bed_mm")),
        record.get("nozzle_mm"),
        record.get("enclosure", False),
        _box(record.get("max_extent_mm")),
        record.get("region", ""),
        (record["place"][0], record["place"][1]) if "place" in record else None,
        tuple(record.get("days", ())),
        record.get("wait_days", 0),
        record.get("hours"),
        price.get("hour_minor"),
        price.get("currency", ""),
    )


def _box(sides: list[float] | None) -> tuple[float, float, float] | None:
    return (sides[0], sides[1], sides[2]) if sides else None
