"""The Open Know-Where schema of 2024: facilities, equipment, addresses and contacts as tables that refer to each other.

The tables and fields are those of the Internet of Production Alliance's "Distributed Resources Data Schema" (2024). It
has no place for bed sizes, materials, hours or prices; what it cannot say travels in ``additional_properties.glocal``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from glocal.network.model import Maker, MakerMachine
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
    address = {"address_id": number, "latitude": maker.latitude, "longitude": maker.longitude}
    tables["address"].append({key: value for key, value in address.items() if value is not None})
    contact = {"contact_id": number, **({"website": maker.url} if maker.url else {})}
    tables["contact"].append(contact)
    tables["distributed_resource"].append(
        {"resource_id": number, "address_id": number, "contact_id": number, "verification": False, "source_id": 1}
    )
    words = "; ".join(maker.unclear_equipment)
    tables[FACILITIES].append(
        {
            "facility_id": number,
            "resource_id": number,
            "name": maker.name,
            "description": words or "3D printing",
            "type": "workshop",
            "capacity": len(maker.machines),
            "capabilities": "fused filament fabrication" if maker.machines else "",
            "source_id": 1,
            "additional_properties": {"glocal": maker_record(maker)},
        }
    )
    for machine in maker.machines:
        equipment = tables["manufacturing_equipment"]
        equipment.append(_equipment(len(equipment) + 1, number, machine))


def _equipment(equipment_id: int, resource_id: int, machine: MakerMachine) -> dict[str, Any]:
    kind = machine.machine
    size = f"build volume {kind.bed_x_mm:g} x {kind.bed_y_mm:g} x {kind.height_mm:g} mm"
    materials = ", ".join(sorted({*machine.materials_loaded, *machine.materials_in_stock}))
    return {
        "equipment_id": equipment_id,
        "resource_id": resource_id,
        "brand": kind.vendor,
        "model": kind.model,
        "type": "3D printer",
        "description": f"{size}, nozzle {kind.nozzle_mm:g} mm" + (f", {materials}" if materials else ""),
        "source_id": 1,
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
    known = {name: _by_id(content, name) for name in ("address", "contact", "distributed_resource")}
    equipment: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    rows = _rows(content, "manufacturing_equipment")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, Mapping):
            equipment[_key(row.get("resource_id"))].append({**row, "make": row.get("brand")})
    for facility in _rows(content, FACILITIES):
        if not isinstance(facility, Mapping):
            yield facility
            continue
        reference = _key(facility.get("resource_id"))
        resource = known["distributed_resource"].get(reference, {})
        machines = equipment.get(reference)
        yield {
            "facility": facility,
            "geocoding": known["address"].get(_key(resource.get("address_id"))),
            "contact": known["contact"].get(_key(resource.get("contact_id"))),
            "additional_properties": facility.get("additional_properties"),
            **({"equipment": machines} if machines else {}),
        }


def _by_id(content: Mapping[str, Any], table: str) -> dict[Any, Mapping[str, Any]]:
    rows = _rows(content, table)
    listed = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return {_key(row.get(TABLES[table][1])): row for row in listed}


def _key(identity: Any) -> str:
    """Return an identity as it is compared: 7 and "7" are the same."""
    return str(identity)
