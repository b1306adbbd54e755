"""The Open Know-Where schema of 2024: facilities, equipment, addresses and contacts as tables that refer to each other.

The tables and fields are those of the Internet of Production Alliance's "Distributed Resources Data Schema" (2024). It
has no place for bed sizes, materials, hours or prices; what it cannot say travels in ``additional_properties.glocal``,
with what the maker's record said that no table has a column for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from glocal.design.counted import counted
from glocal.network.model import Maker, MakerMachine
from glocal.network.okw_carry import EXTRA, extra_of
from glocal.network.records import maker_record

TABLES = {
    "address": ("Address", "address_id"),
    "contact": ("Contact", "contact_id"),
    "database_source_metadata": ("DatabaseSourceMetadata", "source_id"),
    "distributed_resource": ("DistributedResource", "resource_id"),
    "manufacturing_facility": ("ManufacturingFacility", "facility_id"),
    "manufacturing_equipment": ("ManufacturingEquipment", "equipment_id"),
}
FACILITIES = "manufacturing_facility"
_REFERRED_TO = ("address", "contact", "database_source_metadata", "distributed_resource")


def okw_tables(makers: Sequence[Maker], today: date) -> dict[str, list[dict[str, Any]]]:
    """Return makers as the tables of 2024; ``records_in_tables`` and ``maker_from_okw`` give the same makers back."""
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    tables["database_source_metadata"].append(
        {
            "source_id": 1,
            "name": "glocal",
            "description": "makers of a glocal shop",
            "source_type": "application",
            "creation_date": today.isoformat(),
            "update_date": today.isoformat(),
        }
    )
    for number, maker in enumerate(makers, start=1):
        _add(tables, number, maker)
    return tables


def _add(tables: dict[str, list[dict[str, Any]]], number: int, maker: Maker) -> None:
    said = {name: _row_in(maker.carried, name) for name in ("facility", "geocoding", "contact", "resource")}
    address = {"address_id": number, "latitude": maker.latitude, "longitude": maker.longitude}
    tables["address"].append(said["geocoding"] | {key: value for key, value in address.items() if value is not None})
    contact = {"contact_id": number, **({"website": maker.url} if maker.url else {})}
    tables["contact"].append(said["contact"] | contact)
    resource = {"resource_id": number, "address_id": number, "contact_id": number, "source_id": 1}
    tables["distributed_resource"].append({"verification": False} | said["resource"] | resource)
    words = "; ".join(maker.unclear_equipment)
    told = {
        "description": words or "3D printing",
        "type": "workshop",
        "capacity": len(maker.machines),
        "capabilities": "fused filament fabrication" if maker.machines else "",
    }
    names = {"facility_id": number, "resource_id": number, "name": maker.name, "source_id": 1}
    whole = {EXTRA: extra_of(maker, {**maker_record(maker), "carried": dict(maker.carried)})}
    tables[FACILITIES].append(told | said["facility"] | names | whole)
    equipment = tables["manufacturing_equipment"]
    listed = maker.carried.get("equipment")
    rows = [dict(row) for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []
    for row in rows or [_equipment(machine) for machine in maker.machines]:
        ids = {"equipment_id": len(equipment) + 1, "resource_id": number, "source_id": 1}
        equipment.append(({"brand": row["make"]} if row.get("make") else {}) | row | ids)


def _row_in(carried: Mapping[str, Any], table: str) -> dict[str, Any]:
    """Return what a maker's record said in a table; nothing where it came from none."""
    row = carried.get(table)
    return dict(row) if isinstance(row, Mapping) else {}


def _equipment(machine: MakerMachine) -> dict[str, Any]:
    kind = machine.machine
    size = f"build volume {kind.bed_x_mm:g} x {kind.bed_y_mm:g} x {kind.height_mm:g} mm"
    materials = ", ".join(sorted({*machine.materials_loaded, *machine.materials_in_stock}))
    return {
        "brand": kind.vendor,
        "model": kind.model,
        "type": "3D printer",
        "description": f"{size}, nozzle {kind.nozzle_mm:g} mm" + (f", {materials}" if materials else ""),
    }


def has_tables(content: Mapping[str, Any]) -> bool:
    """Say whether a file's content is the tables of 2024."""
    return isinstance(_rows(content, FACILITIES), list)


def _rows(content: Mapping[str, Any], table: str) -> Any:
    """Return a table by its name, as the schema writes it or in snake case."""
    return content.get(table, content.get(TABLES[table][0]))


def records_in_tables(content: Mapping[str, Any]) -> Iterator[Any]:
    """Yield one record per facility, joined with its address, contact and equipment, as ``maker_from_okw`` reads it.

    A reference that leads nowhere joins nothing: the record then lacks its place, which the reader lists.
    """
    known = {name: _by_id(content, name) for name in _REFERRED_TO}
    equipment: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    rows = _rows(content, "manufacturing_equipment")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, Mapping):
            equipment[_key(row.get("resource_id"))].append(dict(row))
    for facility in _rows(content, FACILITIES):
        if not isinstance(facility, Mapping):
            yield facility
            continue
        reference = _key(facility.get("resource_id"))
        resource = known["distributed_resource"].get(reference, {})
        joined = {
            "facility": {name: value for name, value in facility.items() if name != EXTRA},
            "geocoding": known["address"].get(_key(resource.get("address_id"))),
            "contact": known["contact"].get(_key(resource.get("contact_id"))),
            "resource": resource or None,
            "source": known["database_source_metadata"].get(_key(facility.get("source_id"))),
            "equipment": equipment.get(reference),
            EXTRA: facility.get(EXTRA),
        }
        yield {name: value for name, value in joined.items() if value is not None}


def unreferenced(content: Mapping[str, Any]) -> list[str]:
    """Say which tables, and how many rows of which, belong to no facility."""
    known = {word for name, (also, _) in TABLES.items() for word in (name, also)}
    odd = [f"holds {table!s:.60}, no table of the schema; left out" for table in content if table not in known]
    used: dict[str, set[str]] = {name: set() for name in TABLES}
    resources = _by_id(content, "distributed_resource")
    for facility in (row for row in _rows(content, FACILITIES) if isinstance(row, Mapping)):
        reference = _key(facility.get("resource_id"))
        resource = resources.get(reference, {})
        used["distributed_resource"].add(reference)
        used["database_source_metadata"].add(_key(facility.get("source_id")))
        used["address"].add(_key(resource.get("address_id")))
        used["contact"].add(_key(resource.get("contact_id")))
    lost = {table: len(_by_id(content, table).keys() - used[table]) for table in TABLES if table in _REFERRED_TO}
    rows = _rows(content, "manufacturing_equipment")
    machines = [
        _key(row.get("resource_id")) for row in (rows if isinstance(rows, list) else ()) if isinstance(row, Mapping)
    ]
    lost["manufacturing_equipment"] = sum(reference not in used["distributed_resource"] for reference in machines)
    told = ((TABLES[table][0], counted(count, "row", "rows")) for table, count in lost.items() if count)
    return [*odd, *(f"{table} has {count} of no facility; left out" for table, count in told)]


def _by_id(content: Mapping[str, Any], table: str) -> dict[Any, Mapping[str, Any]]:
    rows = _rows(content, table)
    listed = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return {_key(row.get(TABLES[table][1])): row for row in listed}


def _key(identity: Any) -> str:
    """Return an identity as it is compared: 7 and "7" are the same."""
    return str(identity)
