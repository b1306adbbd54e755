"""Where an Open Know-Where record says that somebody is: the standard's form, and those that people really use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Note = Callable[[str, str], None]
COORDINATES = (("latitude", "longitude"), ("lat", "lon"), ("lat", "lng"))
_NUMBER = r"(\d+(?:[.,]\d+)?)"
_DEGREES = re.compile(
    rf"([NSEWO])?\s*([+-]?){_NUMBER}\s*[°º]?\s*(?:{_NUMBER}\s*['′’]\s*(?:{_NUMBER}\s*[\"″”])?)?\s*([NSEWO])?",
    re.IGNORECASE,
)
_SHOWN = 80


def place_of(record: Mapping[str, Any], facility: Mapping[str, Any], note: Note) -> tuple[float, float] | None:
    """Return latitude and longitude in degrees, or None where they are not said; what is odd is noted.

    Parameters
    ----------
    record, facility : mapping
        The whole record, and the part of it that describes the facility (the record itself where it is flat).
    note : callable
        Takes a field and what is wrong with it.
    """
    pair = _said(record, facility, note)
    if not pair:
        note("location", "no coordinates; the place is unknown")
        return None
    degrees = [_degrees(value) for value in pair]
    if len(degrees) != 2 or None in degrees:
        note("location", f"coordinates {str(list(pair))[:_SHOWN]} cannot be read; the place is unknown")
        return None
    latitude, longitude = (value for value in degrees if value is not None)
    if str(pair[0]).strip().upper()[-1:] in {"E", "W", "O"}:
        note("location", "the longitude stands first; read by its letter")
        latitude, longitude = longitude, latitude
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        note("location", f"coordinates {latitude}, {longitude} are not on Earth; the place is unknown")
        return None
    return latitude, longitude


def _said(record: Mapping[str, Any], facility: Mapping[str, Any], note: Note) -> Sequence[Any]:
    """Return the two numbers as written, latitude first; nothing where there are none."""
    location, geocoding = record.get("location", facility.get("location")), record.get("geocoding")
    if isinstance(geocoding, Mapping):
        return _named(geocoding) or (None, None)
    if isinstance(location, Mapping) and location.get("gps_coordinates"):
        return _written(location["gps_coordinates"])
    beside = [location, facility, record]
    if isinstance(location, Mapping):
        beside.insert(0, location.get("coordinates"))
    for where in beside:
        if isinstance(where, Mapping) and (found := _named(where)):
            names = next(names for names in COORDINATES if all(where.get(name) is not None for name in names))
            note("location", f"`{names[0]}` and `{names[1]}` taken for `gps_coordinates`")
            return found
    for where in (record.get("geometry"), record.get("geo"), location):
        if isinstance(where, Mapping) and where.get("type") == "Point" and isinstance(where.get("coordinates"), list):
            note("location", "a GeoJSON point taken for `gps_coordinates`; its longitude stands first")
            return list(where["coordinates"][1::-1])
    if isinstance(location, str) and location.strip():
        parts = _written(location)
        if len(parts) == 2 and None not in map(_degrees, parts):
            note("location", "is text; its two numbers are taken for latitude and longitude")
            return parts
        note("location", "is text, not an object; no coordinates taken from it")
    elif isinstance(location, list) and location:
        note("location", "is a list; which of its numbers is the latitude is not said")
    return ()


def _named(where: Mapping[str, Any]) -> Sequence[Any]:
    for names in COORDINATES:
        if all(where.get(name) is not None for name in names):
            return [where[name] for name in names]
    return ()


def _written(value: Any) -> Sequence[Any]:
    if isinstance(value, Mapping):
        return _named(value) or (None, None)
    if isinstance(value, list):
        return value
    text = str(value)
    splits = (text.split(";"), text.split(","), re.split(r",\s+", text), text.split())
    return next((parts for parts in splits if len(parts) == 2), [text])


def _degrees(value: Any) -> float | None:
    """Return degrees from a number or from words such as ``52° 30' N``; None where they cannot be read."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and (found := _DEGREES.fullmatch(value.strip())):
        before, sign, *parts, after = found.groups()
        whole, minutes, seconds = (float((part or "0").replace(",", ".")) for part in parts)
        negative = sign == "-" or (before or after or "").upper() in {"S", "W"}
        return (-1 if negative else 1) * (whole + minutes / 60 + seconds / 3600)
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None
