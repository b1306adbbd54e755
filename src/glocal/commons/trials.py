"""Read outcomes as trials: the numbers that decide whether a print comes out well, and whose print it was.

A print that never started, that somebody cancelled, or that the machine spoilt tells nothing about the settings: only
good parts and faults of the part are trials. How good a part is orders good parts among themselves, and
faulty ones; it never decides which of the two a part is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from glocal.commons.knowledge import Known
from glocal.commons.odds_data import Setting, Trial

# what each place in ``Setting.settings`` is; an unknown value is "not a number" and counts as the average
NAMES = (
    "layer_height_mm", "infill_percent", "supports", "brim_mm", "nozzle_c", "bed_c", "volume_cm3", "slenderness",
    "overhang_share", "thinness", "room_c", "humidity_percent", "dried", "nozzle_mm", "enclosure",
)  # fmt: skip
CAN_BE_SET = ("layer_height_mm", "infill_percent", "supports", "brim_mm", "nozzle_c", "bed_c", "dried")
_LOGARITHMIC = frozenset({"layer_height_mm", "volume_cm3", "slenderness", "thinness", "nozzle_mm"})


def trials_of(known: Iterable[Known]) -> list[Trial]:
    """Return every outcome that is a trial; the node is the shop's root key, not a name that it gives itself."""
    return [
        Trial(setting_of(entry.record, node=entry.root_vkey), entry.record["phase"] == "ok", grade_of(entry.record))
        for entry in known
        if entry.record["kind"] == "outcome" and entry.record["phase"] in {"ok", "part_fault"}
    ]


def grade_of(record: Mapping[str, Any]) -> float | None:
    """Return how good the part is, 0 to 1, or None where the record does not say it as it should.

    Where its maker gave no ``quality`` but measured it, that is what its deviation leaves of a millimetre.
    """
    quality, deviation_mm = (_measure(record.get(name)) for name in ("quality", "deviation_mm"))
    if quality is not None:
        return quality if quality <= 1 else None
    return None if deviation_mm is None else max(0.0, 1 - deviation_mm)


def _measure(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        return None
    return float(value)


def setting_of(record: Mapping[str, Any], *, node: str) -> Setting:
    """Return an outcome, or a question of the same form, as numbers.

    Parameters
    ----------
    record : mapping
        ``machine.model``, ``material.type``, and as far as known settings, part, room (see ``schema.KINDS``).
    """
    settings, part, room = record.get("settings", {}), record.get("part", {}), record.get("room", {})
    box = [length for length in part.get("box_mm", ()) if length > 0]
    raw: dict[str, Any] = {
        **{name: settings.get(name) for name in CAN_BE_SET},
        "volume_cm3": part.get("volume_cm3"),
        "slenderness": max(box) / min(box) if box else None,
        "overhang_share": part.get("overhang_share"),
        "thinness": part.get("thinness"),
        "room_c": room.get("temperature_c"),
        "humidity_percent": room.get("humidity_percent"),
        "dried": record.get("material", {}).get("dried"),
        "nozzle_mm": record.get("nozzle_mm"),
        "enclosure": record.get("machine", {}).get("enclosure"),
    }
    numbers = tuple(_number(name, raw[name]) for name in NAMES)
    return Setting(numbers, _plain(record["material"].get("type")), _plain(record["machine"].get("model")), node)


def _number(name: str, value: Any) -> float:
    if isinstance(value, str) or value is None or (name in _LOGARITHMIC and value <= 0):
        return math.nan
    return math.log(value) if name in _LOGARITHMIC else float(value)


def _plain(name: Any) -> str:
    return str(name or "").strip().casefold()
