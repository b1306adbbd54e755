from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from glocal.network.errors import MakerFileBroken
from glocal.network.hours import OpeningHours
from glocal.network.maker_files import read_makers, write_makers
from glocal.network.okw import maker_from_okw, okw_record
from glocal.network.records import maker_from_record, maker_record
from glocal.values import Estimate
from tests.network.builders import MONDAY_8, maker, printer

FULL = maker(
    "anna",
    printer(materials_in_stock={"petg": 2.0}, busy_until=MONDAY_8, power_w=90.0, setup_minor=150),
    hours=OpeningHours.from_text("Mo-Fr 09:00-18:00", "Europe/Berlin", (date(2026, 5, 1),)),
    refuses=("weapon",),
    odds_ok=Estimate(0.9, 0.8, 0.95, "record"),
    delivers_km=20.0,
    material_minor_per_kg={"pla": 2500},
)


def test_a_full_record_comes_back() -> None:
    assert maker_from_record(json.loads(json.dumps(maker_record(FULL)))) == FULL


def test_a_file_of_makers_comes_back(tmp_path: Path) -> None:
    write_makers(tmp_path / "makers.json", [FULL, maker("ben")])
    assert read_makers(tmp_path / "makers.json") == ((FULL, maker("ben")), ())


def test_the_tables_of_2024_come_back(tmp_path: Path) -> None:
    makers = (replace(FULL, url="https://anna.example"), maker("ben", latitude=None, longitude=None))
    write_makers(tmp_path / "tables.json", makers, tables_of=date(2026, 3, 2))
    assert read_makers(tmp_path / "tables.json") == (makers, ())
    tables = json.loads((tmp_path / "tables.json").read_text())
    assert tables["manufacturing_facility"][0]["resource_id"] == tables["distributed_resource"][0]["resource_id"]
    # what others write has no additional properties: size and nozzle stand in words, references may lead nowhere
    for facility in tables["manufacturing_facility"]:
        del facility["additional_properties"]
    tables["distributed_resource"][0]["address_id"] = 99
    (tmp_path / "bare.json").write_text(json.dumps({name.title().replace("_", ""): t for name, t in tables.items()}))
    (anna, ben), deviations = read_makers(tmp_path / "bare.json")
    assert (anna.latitude, anna.url, anna.machines[0].machine.bed_x_mm) == (None, "https://anna.example", 250)
    assert anna.machines[0].machine.nozzle_mm == 0.4
    assert [d.field for d in deviations if d.maker == "Anna"] == ["location"]
    assert ben.machines[0].machine.height_mm == 210


def test_joined_tables_of_the_alliance() -> None:
    record = {
        "geocoding": {"latitude": 47.2, "longitude": -1.55},
        "address": None,
        "facility": {"name": "PiNG", "description": "fablab", "facility_id": "686c"},
    }
    found, deviations = maker_from_okw(record)
    assert (found.id, found.latitude, found.unclear_equipment, deviations) == ("686c", 47.2, ("fablab",), ())


PRINTER: dict[str, Any] = {
    "equipment_type": "https://en.wikipedia.org/wiki/3D_printer",
    "make": "Acme",
    "model": "One",
    "x_travel": 200,
    "y_travel": 210,
    "z_travel": 220,
    "nozzle_size": 0.4,
    "materials_worked": ["https://en.wikipedia.org/wiki/PLA", {"material_type": "PETG"}],
}


def flat(**changes: Any) -> dict[str, Any]:
    return {"name": "Hub", "id": "hub", "location": {"gps_coordinates": "1.5, 2.5"}, "equipment": [PRINTER], **changes}


def test_flat_facility_with_a_printer() -> None:
    found, deviations = maker_from_okw(flat())
    machine = found.machines[0]
    assert (machine.machine.bed_x_mm, machine.machine.bed_y_mm, machine.machine.height_mm) == (200, 210, 220)
    assert machine.materials_loaded == ("pla", "petg")
    assert machine.hourly_minor is None
    assert deviations == ()
    one = {**flat()["equipment"][0], "materials_worked": 7}
    assert maker_from_okw(flat(equipment=[one]))[0].machines[0].materials_loaded == ("7",)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"location": "12 High Street"}, "location"),
        ({"location": {"gps_coordinates": "north, south"}}, "location"),
        ({"location": {"gps_coordinates": [99, 400]}}, "location"),
        ({"location": {"gps_coordinates": [10**400, 0]}}, "location"),
        ({"equipment": [{"type": "fdm", "x_travel": 1, "y_travel": 1, "z_travel": float("inf")}]}, "equipment[0]"),
        ({"id": None}, "id"),
        ({"equipment": "a printer"}, "equipment"),
        ({"equipment": {"equipment_type": "laser"}}, "equipment"),
        ({"equipment": [{**PRINTER, "x_travel": "20 cm"}]}, "equipment[0].x_travel"),
        ({"equipment": [{**PRINTER, "nozzle_size": [0.4, 0.6]}]}, "equipment[0].nozzle_size"),
        ({"equipment": [{**PRINTER, "quantity": "many"}]}, "equipment[0].quantity"),
        ({"location": [52.5, 13.4]}, "location"),
        ({"facility_status": "geschlossen"}, "facility_status"),
        ({"id": ["hub"]}, "id"),
        ({"name": {"en": "Hub"}}, "name"),
        ({"equipment": ["a printer"]}, "equipment[0]"),
        ({"equipment": [{"equipment_type": "3d_printer", "nozzle_size": 0.4}]}, "equipment[0]"),
        ({"equipment": [{"equipment_type": "3d_printer", "build_volume": "200x200x200mm"}]}, "equipment[0]"),
        ({"opening_hours": "Mo-Fr 09:00-18:00"}, "opening_hours"),
        ({"opening_hours": "often", "timezone": "UTC"}, "opening_hours"),
    ],
)
def test_each_deviation_is_listed(changes: dict[str, Any], field: str) -> None:
    _, deviations = maker_from_okw(flat(**changes))
    assert field in {deviation.field for deviation in deviations}


def test_other_machines_are_kept_as_words() -> None:
    found, deviations = maker_from_okw(flat(equipment=[{"equipment_type": "https://x/wiki/CNC_mill", "make": "Haas"}]))
    assert (found.machines, found.unclear_equipment, deviations) == ((), ("CNC_mill Haas",), ())


def test_files_of_many_kinds(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("name: Yard\nlocation: {gps_coordinates: '1, 2'}\n")
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(json.dumps([{"facility": {}}, 7, flat(), flat()]).encode()))
    assert read_makers(tmp_path / "a.yml")[0][0].name == "Yard"
    makers, deviations = read_makers(tmp_path / "b.json.gz")
    assert [m.name for m in makers] == ["Hub"]
    assert [d.field for d in deviations] == ["[0]", "[1]", "id"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"{"),
        ("a.json", b"7"),
        ("a.json", b"\xff\xfe\x00"),
        ("a.yml", b"a: [b"),
        ("a.json.gz", b"no gzip"),
        ("a.json.gz", gzip.compress(b"[]", mtime=0)[:-6]),
        ("a.json", b"[" * 100_000),
    ],
)
def test_files_that_are_not_what_they_claim(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MakerFileBroken):
        read_makers(tmp_path / name)


def test_a_folder_is_called_one(tmp_path: Path) -> None:
    with pytest.raises(MakerFileBroken, match="is a folder"):
        read_makers(tmp_path)


@pytest.mark.parametrize(
    "changes", [{"colour": "red"}, {"latitude": 100.0}, {"machines": 7}, {"currency": None, "machines": [{"id": "x"}]}]
)
def test_broken_full_records(changes: dict[str, Any]) -> None:
    with pytest.raises(MakerFileBroken, match="Anna"):
        maker_from_record({**maker_record(FULL), **changes})


def test_other_words_for_place_size_and_maker_are_understood_and_listed() -> None:
    printer = {
        "equipment_type": "3D printer",
        "manufacturer": "Prusa",
        "model": "MK3S",
        "build_volume": {"x": 250, "y": 210, "z": 210},
        "nozzle_size": 0.4,
    }
    maker, deviations = maker_from_okw(
        {"name": "Ada" * 99, "latitude": 52.5, "longitude": 13.4, "equipment": [printer]}
    )
    assert (maker.latitude, maker.longitude, len(maker.name)) == (52.5, 13.4, 200)
    kind = maker.machines[0].machine
    assert (kind.name, kind.bed_x_mm, kind.bed_y_mm, kind.height_mm) == ("Prusa MK3S", 250.0, 210.0, 210.0)
    assert {"name", "location"} <= {deviation.field for deviation in deviations}
    there, _ = maker_from_okw({"name": "B", "location": {"lat": 1, "lon": 2}, "description": "x" * 5000})
    assert (there.latitude, there.longitude) == (1.0, 2.0)
    assert [len(words) for words in there.unclear_equipment] == [1000]


@pytest.mark.parametrize(
    "where",
    [
        {"location": {"gps_coordinates": "52,5; -13,4"}},
        {"location": {"gps_coordinates": "52.5 -13.4"}},
        {"location": {"gps_coordinates": "52° 30' N, 13° 24' W"}},
        {"location": {"gps_coordinates": "13.4W, 52.5N"}},
        {"location": {"gps_coordinates": {"lat": 52.5, "lon": -13.4}}},
        {"location": {"coordinates": {"lat": 52.5, "lon": -13.4}}},
        {"location": "52.5, -13.4"},
        {"location": None, "lat": "52,5", "lng": "-13,4"},
        {"location": None, "geometry": {"type": "Point", "coordinates": [-13.4, 52.5]}},
    ],
)
def test_a_place_is_read_as_people_write_it(where: dict[str, Any]) -> None:
    found, _ = maker_from_okw(flat(**where))
    assert (found.latitude, found.longitude) == pytest.approx((52.5, -13.4))


@pytest.mark.parametrize("status", ["Closed", "planned", "TEMPORARY_CLOSURE"])
def test_who_is_not_open_is_not_asked_and_written_so(status: str) -> None:
    found, deviations = maker_from_okw(flat(facility_status=status))
    assert found.away
    assert deviations == ()
    assert okw_record(found)["facility_status"] == status


def test_as_many_printers_as_the_quantity_says() -> None:
    found, deviations = maker_from_okw(flat(equipment=[{**PRINTER, "quantity": 3, "materials_worked": "PLA, PETG"}]))
    assert [machine.id for machine in found.machines] == ["0", "0.2", "0.3"]
    assert found.machines[2].materials_loaded == ("pla", "petg")
    assert deviations == ()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", "\ufeffid;name;lat;lon\r\n1;Yard;52,5;13,4\r\n", ""),
        ("a.tsv", "name\tlat\tlon\nYard\t52.5\t13.4\n", ""),
        ("a.json", '{"name": "Yard"}\n{"name": "Barn"}', "line by line"),
        ("a.json", '{"data": {"items": [{"name": "Yard"}]}}', ""),
        ("a.json", '{"a": {"name": "Yard"}, "b": {"name": "Barn"}}', "by name"),
        ("a.json", '{"type": "FeatureCollection", "features": [{"properties": {"name": "Yard"}}]}', "GeoJSON"),
        ("a.json", '{"name": "Yard", "name": "Barn"}', "name stands twice"),
        ("a.yml", "name: Yard\nname: Barn\n", "name stands twice"),
        ("a.yml", "---\nname: Yard\n---\nname: Barn\n", "2 YAML documents"),
        ("a.yml", "- &a {name: Yard}\n- {<<: *a, id: b}\n", ""),
        ("a.json", '{"Name": "Yard"}', "is not how the standard writes it"),
    ],
)
def test_files_as_people_save_them(tmp_path: Path, name: str, content: str, told: str) -> None:
    (tmp_path / name).write_text(content, newline="")
    (yard, *_), deviations = read_makers(tmp_path / name)
    assert yard.name == "Yard"
    assert told in " ".join(deviation.message for deviation in deviations)


@pytest.mark.parametrize(("encoding", "told"), [("utf-16", "UTF-16"), ("cp1252", "Windows-1252")])
def test_other_encodings_are_read_and_told(tmp_path: Path, encoding: str, told: str) -> None:
    (tmp_path / "a.json").write_bytes('{"name": "Müßig"}'.encode(encoding))
    (found,), (first, *_) = read_makers(tmp_path / "a.json")
    assert (found.name, first.field, first.message) == ("Müßig", "the file", f"is not UTF-8; read as {told}")


ALIASES = "".join(f"{name}: &{name} [{', '.join([f'*{chr(ord(name) - 1)}'] * 8)}]\n" for name in "bcdefgh")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (f"a: &a [1, 2, 3, 4, 5, 6, 7, 8]\n{ALIASES}name: Bomb\nequipment: *h\n", "make it huge"),
        ("name: Knot\nx: &x [*x]\n", "holds itself"),
        ("name:\tYard\n", "line 1, column 6"),
        ("name: Ya\x18rd\n", "not YAML"),
        ("name: !!timestamp soon\n", "marks a value as what it is not"),
        ("name: !!bool maybe\n", "marks a value as what it is not"),
    ],
)
def test_yaml_that_cannot_be_used_is_refused_at_once(tmp_path: Path, content: str, why: str) -> None:
    (tmp_path / "a.yml").write_text(content)
    with pytest.raises(MakerFileBroken, match=why):
        read_makers(tmp_path / "a.yml")


def test_half_a_character_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"name": "\\ud800"}')
    with pytest.raises(MakerFileBroken, match="half a character"):
        read_makers(tmp_path / "a.json")


def test_what_a_maker_has_no_place_for_is_written_out_again(tmp_path: Path) -> None:
    machine = {**PRINTER, "owner": "Ann", "serial_number": 7, "nozzles": [{"size": 0.6}]}
    first = flat(owner={"name": "Ann"}, equipment=[machine, {"equipment_type": "loom", "width": 120}, "a saw"])
    first["additional_properties"] = {"members": 12}
    (tmp_path / "a.json").write_text(json.dumps([first, flat(id="b", certifications=["ISO"]), okw_record(FULL)]))
    makers, (told,) = read_makers(tmp_path / "a.json")
    assert told.field == "equipment[2]"
    write_makers(tmp_path / "b.json", makers)
    a, b, full = json.loads((tmp_path / "b.json").read_text())
    assert (a["owner"], a["equipment"]) == (first["owner"], first["equipment"])
    assert a["additional_properties"]["members"] == 12
    assert b["certifications"] == ["ISO"]
    assert full == okw_record(FULL)
    assert read_makers(tmp_path / "b.json")[0] == makers


def test_what_changed_since_a_record_was_read_is_written_anew() -> None:
    found, _ = maker_from_okw(flat(facility_status="active", owner="Ann"))
    gone = okw_record(replace(found, away="closed for good, as their record says"))
    assert (gone["facility_status"], gone["owner"]) == ("Closed", "Ann")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.json", '{"makers": [{"name": "Yard"}], "made": "2024"}', "holds made beside its makers; left out"),
        ("a.csv", "name,place,place\nYard,a,b\n", "has the column place twice; the last is read"),
        (
            "a.json",
            '{"ManufacturingFacility": [{"name": "Yard"}], "Address": [{"address_id": 3}], "Tool": []}',
            "holds Tool, no table of the schema; left out; Address has 1 row of no facility; left out",
        ),
    ],
)
def test_what_belongs_to_no_maker_is_named(tmp_path: Path, name: str, content: str, told: str) -> None:
    (tmp_path / name).write_text(content)
    _, deviations = read_makers(tmp_path / name)
    assert told in "; ".join(deviation.message for deviation in deviations if deviation.field == "the file")


def test_dates_and_features_of_maps_are_carried_as_json_can_hold_them(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("name: Yard\nfounded: 2001-05-04\nkey: !!binary aGk=\nshare: .nan\n1: one\n")
    (found,), _ = read_makers(tmp_path / "a.yml")
    assert found.carried == {"founded": "2001-05-04", "key": "aGk=", "share": "nan", "1": "one"}
    (tmp_path / "a.yml").write_text("name: Yard\ntools: !!set {e, c, a, g, d, b, f}\n")
    assert read_makers(tmp_path / "a.yml")[0][0].carried == {"tools": ["a", "b", "c", "d", "e", "f", "g"]}
    feature = {"type": "Feature", "id": 9, "properties": {"name": "Yard", "opened": 2001}, "geometry": None}
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    (found,), _ = read_makers(tmp_path / "a.geojson")
    assert found.carried == {"feature": {"id": 9}, "opened": 2001, "geometry": None}
    deep = json.loads('{"a":' * 120 + "1" + "}" * 120)
    (tmp_path / "deep.json").write_text(json.dumps([{"name": "Deep", **deep}, {"name": "Yard", "id": "y"}]))
    makers, (told, *_) = read_makers(tmp_path / "deep.json")
    assert ([maker.name for maker in makers], told.message) == (["Yard"], "is nested more than 100 deep; left out")
