"""Whatever an Open Know-How, Open Know-Where or data package file says comes back, in every form, field by field."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import UTC, date
from pathlib import Path
from typing import Any

import pytest
import tomli_w
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from glocal.commons.okh import read_manifest, write_manifest
from glocal.commons.okh_check import OKH1, OKH2
from glocal.commons.okh_errors import PackageRefused
from glocal.commons.okh_parse import Dialect
from glocal.commons.packages import check_name, of_files, pack, unpack, with_manifests
from glocal.network.maker_files import read_makers, write_makers
from glocal.network.okw_tables import TABLES

LETTERS = st.characters(codec="utf-8")
TEXT = st.text(LETTERS, max_size=12) | st.sampled_from(
    [
        "12",
        "1e3",
        "2021-05-04",
        "true",
        "null",
        "~",
        "@date",
        " x ",
        "a: b",
        "# no",
        "'",
        '"',
        "\t",
        "\n",
        "é\u2028",
        "=",
        "|",
    ]
)
NAME = st.text(LETTERS, min_size=1, max_size=8) | st.sampled_from(["glocal", "@whole", "@nothing", "notes"])
NUMBER = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.none() | st.booleans() | NUMBER | TEXT
DATED = PLAIN | st.dates() | st.datetimes(timezones=st.none() | st.just(UTC)) | st.times() | st.just(math.inf)


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAME, inner, max_size=3), max_leaves=6
    )


def said(value: Any) -> Any:
    """Return a value to be compared with another, kinds of numbers told apart; the order of fields tells nothing."""
    if isinstance(value, dict):
        return {name: said(entry) for name, entry in value.items()}
    return [said(entry) for entry in value] if isinstance(value, list) else (type(value).__name__, value)


def document(fields: Any, leaves: st.SearchStrategy[Any], whole: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return documents with some of the standard's fields, whatever stands in them, and unknown ones."""
    known = st.dictionaries(st.sampled_from(sorted(fields)), nested(leaves), max_size=6)
    unknown = st.dictionaries(NAME, nested(leaves), max_size=3)
    return st.builds(lambda *parts: {**parts[0], **parts[1], **parts[2]}, unknown, known, st.just(whole) | st.just({}))


def without_nothing(value: Any) -> Any:
    """Return what TOML can say of a value that holds none: mappings without nothing."""
    if isinstance(value, dict):
        return {name: without_nothing(entry) for name, entry in value.items() if entry is not None}
    return ["" if entry is None else without_nothing(entry) for entry in value] if isinstance(value, list) else value


PACKAGE = {"name": "clamp", "title": "Clamp", "resources": [{"name": "c", "path": "c.stl", "hash": "x"}]}
FIELDS: dict[Dialect, Iterable[str]] = {
    "okh1": OKH1,
    "okh2": OKH2,
    "datapackage": {"name", "title", "resources", "licenses", "contributors", "keywords", "version", "id", "created"},
}
FILES: dict[Dialect, str] = {"okh1": "okh.yml", "okh2": "okh.toml", "datapackage": "datapackage.json"}


def written(values: dict[str, Any], dialect: Dialect) -> bytes:
    if dialect == "okh1":
        return yaml.safe_dump(values, allow_unicode=True).encode()
    return (tomli_w.dumps(without_nothing(values)) if dialect == "okh2" else json.dumps(values)).encode()


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_a_manifest_comes_back_through_every_form(data: st.DataObject) -> None:
    dialect: Dialect = data.draw(st.sampled_from(sorted(FIELDS)))
    leaves = DATED if dialect == "okh2" else PLAIN
    values = data.draw(document(FIELDS[dialect], leaves, PACKAGE if dialect == "datapackage" else {}).filter(bool))
    first = read_manifest(written({"title": "Clamp", **values}, dialect), FILES[dialect])
    for through, name in FILES.items():
        other = read_manifest(write_manifest(first, through), name)
        again = read_manifest(write_manifest(other, dialect), FILES[dialect])
        assert said(again.raw) == said(first.raw)


NAMES = st.dictionaries(NAME, st.binary(max_size=20), max_size=4)


@settings(max_examples=25, deadline=None)
@given(NAMES, st.sampled_from(["", *FILES.values()]), document(FIELDS["datapackage"], PLAIN, PACKAGE))
def test_a_zip_comes_back_file_by_file(others: dict[str, bytes], form: str, values: dict[str, Any]) -> None:
    files = {}
    for name, content in others.items():
        try:
            files[check_name(name)] = content
        except PackageRefused:
            continue
    package = of_files(files)
    if form:
        dialect = next(dialect for dialect, name in FILES.items() if name == form)
        first = read_manifest(json.dumps({"title": "Clamp", **values}).encode(), "datapackage.json")
        files[form] = write_manifest(first, dialect)
        package = with_manifests(of_files(files))
    again = of_files(unpack(pack(package.files)))
    assert files.items() <= again.files.items()
    assert again.hash == package.hash


FLAT = (
    "id facility_id location address facility_status opening_hours timezone description contact url owner equipment "
    "manufacturing_processes certifications typical_batch_size date_founded sub_facilities additional_properties"
)
MACHINE = {
    "equipment_type": "3D printer", "make": "Acme", "x_travel": 200, "y_travel": "21 cm", "z_travel": 220,
    "nozzle_size": 0.4, "quantity": 2, "owner": "Ann", "notes": ["hums"], "maintenance_schedule": {"next": "2026-12"},
}  # fmt: skip
EQUIPMENT = st.lists(
    st.builds(
        lambda real, odd: {**odd, **real},
        st.just(MACHINE) | st.just({}) | st.just({"equipment_type": "CNC mill", "axes": 5}),
        st.dictionaries(NAME | st.sampled_from(sorted(MACHINE)), nested(PLAIN), max_size=3),
    )
    | PLAIN,
    max_size=3,
)
RECORD = st.builds(
    lambda odd, more: {**odd, **more},
    document(
        FLAT.split(), PLAIN, {"location": {"gps_coordinates": "52.5, 13.4", "floor": 2}, "facility_status": "Planned"}
    ),
    st.fixed_dictionaries({"name": TEXT.map(lambda text: f"Hub {text}")}, optional={"equipment": EQUIPMENT}),
)


def go_round(records: Any, where: Path) -> tuple[Any, Any, Any]:
    """Return what is read of a file, what is written of it, and what is read of that."""
    (where / "in.json").write_text(json.dumps(records))
    first, _ = read_makers(where / "in.json")
    write_makers(where / "out.json", first)
    second, _ = read_makers(where / "out.json")
    write_makers(where / "again.json", second)
    assert (where / "again.json").read_bytes() == (where / "out.json").read_bytes()
    return first, json.loads((where / "out.json").read_text()), second


@settings(max_examples=25, deadline=None)
@given(record=RECORD)
def test_a_facility_comes_back_with_all_of_its_fields(
    record: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    where = tmp_path_factory.mktemp("flat")
    first, (written,), second = go_round([record], where)
    assert first == second
    extra = record.pop("additional_properties", {})
    assert record.keys() <= written.keys()
    assert all(written[name] == value for name, value in record.items() if value not in (None, ""))
    kept = extra if isinstance(extra, dict) and "glocal" not in extra else {"as_read": extra}
    assert all(written["additional_properties"][name] == value for name, value in kept.items())
    write_makers(where / "tables.json", first, tables_of=date(2026, 3, 2))
    assert read_makers(where / "tables.json") == (first, ())


@settings(max_examples=25, deadline=None)
@given(odd=st.dictionaries(st.sampled_from(sorted(TABLES)), st.dictionaries(NAME, nested(PLAIN), max_size=3)))
def test_tables_come_back_with_all_of_their_columns(
    odd: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    ids = dict.fromkeys(("address_id", "contact_id", "resource_id", "facility_id", "equipment_id", "source_id"), 1)
    row = {"name": "Hub", "latitude": 1.5, "longitude": 2.5, "website": "https://hub.example", "brand": "Acme"}
    tables = {name: [{**odd.get(name, {}), **row, **ids}] for name in TABLES}
    where = tmp_path_factory.mktemp("tables")
    first, (flat,), second = go_round(tables, where)
    assert first == second
    inside = {"facility": "manufacturing_facility", "geocoding": "address", "contact": "contact",
              "resource": "distributed_resource", "source": "database_source_metadata"}  # fmt: skip
    assert {place: flat[place] for place in inside} == {place: tables[name][0] for place, name in inside.items()}
    assert flat["equipment"] == tables["manufacturing_equipment"]
    write_makers(where / "tables.json", first, tables_of=date(2026, 3, 2))
    again = json.loads((where / "tables.json").read_text())
    for name in TABLES:
        if name != "database_source_metadata":
            assert again[name][0].items() >= {**odd.get(name, {}), "name": "Hub"}.items()
    assert read_makers(where / "tables.json") == (first, ())
