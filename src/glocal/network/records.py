"""A maker as plain data and back: the full record, as it is stored, exported and exchanged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from glocal.names import what_is_known
from glocal.network.errors import MakerFileBroken
from glocal.network.hours import OpeningHours
from glocal.network.model import Maker, MakerMachine
from glocal.production.model import Machine
from glocal.values import Estimate

FORMAT = "glocal-maker/1"


def maker_record(maker: Maker) -> dict[str, Any]:
    """Return a maker as JSON; ``maker_from_record`` gives the same maker back."""
    record: dict[str, Any] = {
        field.name: getattr(maker, field.name)
        for field in fields(maker)
        if field.name not in {"machines", "hours", "odds_ok", "material_minor_per_kg", "carried"}
    }
    record["refuses"] = list(maker.refuses)
    record["unclear_equipment"] = list(maker.unclear_equipment)
    record["material_minor_per_kg"] = dict(maker.material_minor_per_kg)
    record["odds_ok"] = None if maker.odds_ok is None else asdict(maker.odds_ok)
    record["hours"] = None if maker.hours is None else hours_record(maker.hours)
    record["machines"] = [_machine_record(machine) for machine in maker.machines]
    carried = {"carried": dict(maker.carried)} if maker.carried else {}
    return {"format": FORMAT, **record, **carried}


def hours_record(hours: OpeningHours) -> dict[str, Any]:
    """Return opening hours as JSON."""
    return {
        "timezone": hours.timezone,
        "opening_hours": hours.as_text(),
        "holidays": [day.isoformat() for day in hours.holidays],
    }


def _machine_record(machine: MakerMachine) -> dict[str, Any]:
    record = {field.name: getattr(machine, field.name) for field in fields(machine)}
    record["machine"] = asdict(machine.machine)
    record["materials_loaded"] = list(machine.materials_loaded)
    record["materials_in_stock"] = dict(machine.materials_in_stock)
    record["busy_until"] = None if machine.busy_until is None else machine.busy_until.isoformat()
    return record


def maker_from_record(record: Mapping[str, Any]) -> Maker:
    """Return the maker of a full record.

    Raises
    ------
    MakerFileBroken
        When a field is missing, unknown or out of range; the message says which.
    """
    name = str(record.get("name") or record.get("id") or "without a name")
    try:
        known = {field.name for field in fields(Maker)} | {"format"}
        if unknown := sorted(set(record) - known):
            raise MakerFileBroken(
                f"The record of {name} has a field “{unknown[0]}” that is not known.",
                help=what_is_known(unknown[0], known),
                maker=name,
            )
        values: dict[str, Any] = {key: value for key, value in record.items() if key != "format"}
        values["machines"] = tuple(_machine_from(machine) for machine in record["machines"])
        values["hours"] = hours_from(record["hours"]) if record.get("hours") else None
        values["odds_ok"] = Estimate(**record["odds_ok"]) if record.get("odds_ok") else None
        for key in ("refuses", "unclear_equipment"):
            values[key] = tuple(record.get(key, ()))
        return Maker(**values)
    except KeyError as missing:
        raise MakerFileBroken(f"The record of {name} lacks {missing}.", maker=name) from missing
    except (TypeError, ValueError, AttributeError) as wrong:
        raise MakerFileBroken(f"The record of {name} cannot be used: {wrong}.", maker=name) from wrong


def hours_from(record: Mapping[str, Any]) -> OpeningHours:
    """Return the opening hours of a record; ``ValueError`` when they cannot be read."""
    days = tuple(date.fromisoformat(day) for day in record.get("holidays", ()))
    return OpeningHours.from_text(record["opening_hours"], record["timezone"], days)


def _machine_from(record: Mapping[str, Any]) -> MakerMachine:
    values: dict[str, Any] = dict(record)
    values["machine"] = Machine(**record["machine"])
    values["materials_loaded"] = tuple(record.get("materials_loaded", ()))
    values["busy_until"] = datetime.fromisoformat(record["busy_until"]) if record.get("busy_until") else None
    return MakerMachine(**values)
