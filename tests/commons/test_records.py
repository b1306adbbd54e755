import json
import uuid
from dataclasses import dataclass

import pytest

from glocal.commons.errors import PrivateDataRefused, RecordRefused
from glocal.commons.features import part_of, significant
from glocal.commons.outcomes import CameOut, Surroundings, outcome_record
from glocal.commons.record_names import content_id
from glocal.commons.records import answer_record, design_record, recipe_record, retract_record
from glocal.commons.schema import check_record
from glocal.values import new_id
from tests.commons.shops import MONTH, Features, Machine, Material, Recipe, features, problem

ID = content_id({"a": 1})


def complete(record):
    return {**record, "month": MONTH, "epoch": 1}


def outcome(**changes):
    return outcome_record(id=ID, machine_alias="m-0123abcd", **features(**changes))


def publish(log, *, job_key, machine_key, month=MONTH, **changes):
    identity = {"id": log.record_id(job_key), "machine_alias": log.machine_alias(machine_key)}
    return log.append(outcome_record(**identity, **features(**changes)), month=month)


def test_an_outcome_holds_what_others_learn_from():
    came_out = CameOut("part_fault", "warping", estimated_s=3661.7, actual_s=3905.2)
    record = outcome(came_out=came_out, around=Surroundings(room_c=21.4, humidity_percent=63.2))
    assert record["machine"]["model"] == "Original Prusa i3 MK3S"
    assert record["settings"]["layer_height_mm"] == 0.2
    assert record["time_s"] == {"estimated": 3660.0, "actual": 3910.0}
    assert record["room"] == {"temperature_c": 21.0, "humidity_percent": 63.0}
    assert (record["phase"], record["defect"]) == ("part_fault", "warping")
    check_record(complete(record))


def test_every_builder_makes_a_record_that_may_be_published():
    for record in (
        outcome(),
        recipe_record(machine=Machine(), material=Material(), recipe=Recipe(), title="PETG, 0.2 mm"),
        design_record(
            package_hash="a" * 64,
            version="1.0.0",
            title={"en": "Knob", "de": "Knopf"},
            licence="CC-BY-4.0",
            attribution=["A. Maker"],
            parameters=[{"name": "shaft_mm", "type": "number", "min": 2.0, "max": 20.0, "unit": "mm"}],
            derived_from=[{"hash": "b" * 64, "relation": "remix"}],
        ),
        problem(1),
        answer_record(id=ID, problem=ID, text="Use a brim.", confirmed_by=[ID]),
        retract_record(epoch=1, index=0, id=ID, reason="privacy"),
    ):
        check_record(complete(record))


def test_features_are_rounded_and_the_box_is_sorted():
    # 12 345.6 mm³ is 12 cm³; 679 / 6789.1 = 0.10; 6789.1³ / (36 π 12345.6²) = 18.15…
    assert part_of(Features()) == {
        "volume_cm3": 12.0,
        "box_mm": [18.0, 21.0, 31.0],
        "overhang_share": 0.1,
        "thinness": 18.0,
    }


def test_a_part_without_volume_has_no_features():
    with pytest.raises(RecordRefused):
        part_of(Features(volume_mm3=0.0))


@pytest.mark.parametrize(
    ("value", "digits", "expected"), [(0, 2, 0), (1234.5, 2, 1200), (0.0456, 2, 0.046), (-99.9, 2, -100)]
)
def test_significant_digits(value, digits, expected):
    assert significant(value, digits) == expected


@dataclass(frozen=True)
class NosyMachine(Machine):
    id: str = "annas-printer"
    name: str = "Anna Kowalska's printer"
    serial: str = "CZPX1234"


@dataclass(frozen=True)
class NosyPart(Features):
    title: str = "Door sign for Grandmother Müller"
    values: tuple = (("engraving", "Für Oma"), ("shaft_mm", 6.123))
    hash: str = "deadbeef" * 8
    piece_id: str = "0190e5a0-1111-7abc-8def-0123456789ab"
    finished_at: str = "2026-11-23T14:05:06Z"


SECRETS = (
    "Anna", "Kowalska", "annas", "CZPX", "Grandm", "Müller", "Oma", "6.123", "deadbeef", "0190e5a0", "14:05",
    "11-23", "12345", "12.3", "6789", "31.4", "3661", "3905", "job-7", "0.31",
)  # fmt: skip


def test_nothing_of_a_person_gets_into_an_outcome(log):
    """Give the publisher everything that must stay at home, and look for any trace of it in what others can read."""
    publish(
        log,
        job_key="job-7 Anna 0190e5a0-1111-7abc-8def-0123456789ab",
        machine_key="Anna Kowalska's printer",
        machine=NosyMachine(),
        part=NosyPart(),
        came_out=CameOut("ok", "Für Oma warped at 14:05", estimated_s=3661.7, actual_s=3905.2),
    )
    (_, record), *_ = log.records()
    content = json.dumps(record, ensure_ascii=False)
    assert not [secret for secret in SECRETS if secret in content]
    assert record["defect"] == "other"


def test_publishing_a_job_twice_is_publishing_it_once(log):
    first = publish(log, job_key="7", machine_key="a")
    again = publish(log, job_key="7", machine_key="a", month="2026-12", came_out=CameOut("ok", actual_s=1.0))
    assert (again.index, again.created, log.checkpoint().size) == (first.index, False, 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("customer", "Anna Kowalska"),
        ("engraving", "Für Oma"),
        ("finished_at", "2026-11-23T14:05:06Z"),
        ("note", "called twice"),
        ("photo", "data:image/png;base64,AAAA"),
        ("mesh", [[0, 0, 0]]),
    ],
)
def test_a_field_that_is_not_published_is_refused(field, value):
    with pytest.raises(PrivateDataRefused):
        check_record(complete({**outcome(), field: value}))
    with pytest.raises(PrivateDataRefused):
        check_record(complete({**outcome(), "part": {**outcome()["part"], field: value}}))


@pytest.mark.parametrize(
    "text",
    [
        "It failed on 2026-11-23.",
        "It failed at 14:05 sharp.",
        "Seit 23.11.2026 geht nichts.",
        "Write to anna.kowalska@example.com please.",
        "Call +49 170 1234567.",
        "Call 0049-170-123-4567.",
    ],
)
def test_a_text_with_a_time_or_an_address_is_refused(text):
    with pytest.raises(PrivateDataRefused):
        check_record(complete({**problem(1), "text": text}))


def test_an_id_that_tells_the_time_is_refused():
    with pytest.raises(PrivateDataRefused, match="tells the time"):
        check_record(complete({**problem(1), "id": str(new_id())}))
    with pytest.raises(PrivateDataRefused):
        check_record(complete({**problem(1), "id": str(uuid.uuid1())}))
    check_record(complete({**problem(1), "id": str(uuid.uuid4())}))


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"kind": "diary"},
        {"kind": None},
        {"kind": ["problem"]},
        {"month": "2026-13"},
        {"month": "2026-11-23"},
        {"month": None},
        {"epoch": 0},
        {"epoch": True},
        {"id": "7"},
        {"id": ID.upper()},
        {"lang": "Deutsch"},
        {"licence": ""},
        {"symptom": "it is ugly"},
        {"text": ""},
        {"text": " x"},
        {"text": "a\x00b"},
        {"text": "a\u202eb"},
        {"text": "x" * 6001},
        {"context": {"settings": {"nozzle_c": float("nan")}}},
        {"context": {"settings": {"nozzle_c": 1e9}}},
        {"context": {"room": {"temperature_c": "warm"}}},
        {"refs": ["x"]},
        {"refs": "a" * 64},
        {"refs": ["a" * 64] * 17},
    ],
    ids=str,
)  # fmt: skip
def test_a_record_of_another_form_is_refused(changes):
    with pytest.raises(RecordRefused):
        check_record(complete(problem(1)) | changes)


def test_a_record_that_lacks_a_field_names_it():
    record = complete(problem(1))
    del record["text"]
    with pytest.raises(RecordRefused, match="text"):
        check_record(record)


def test_statistics_over_fewer_than_twenty_jobs_are_refused():
    record = complete({**problem(1), "kind": "statistics", "subject": "petg", "jobs": 19, "values": {"ok": 17}})
    for field in ("symptom", "text", "context"):
        del record[field]
    with pytest.raises(RecordRefused, match="20"):
        check_record(record)
    check_record({**record, "jobs": 20})
