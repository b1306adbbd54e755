from __future__ import annotations

import gzip
import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from glocal.cli.demand import demand
from glocal.demand.errors import EventFileBroken, UnknownQuestion
from glocal.demand.event_files import read_events, write_events
from tests.demand.builders import choice, choices

HEADER = "product,parameter,offered,chosen,region,at,kind"


def test_choices_come_back(tmp_path: Path) -> None:
    events = [choice("wide", weight=0.25), choice(3.5, kind="configured"), choice("square", kind="wished")]
    write_events(tmp_path / "e.csv", events)
    assert read_events(tmp_path / "e.csv") == events
    (tmp_path / "e.csv.gz").write_bytes(gzip.compress((tmp_path / "e.csv").read_bytes()))
    assert read_events(tmp_path / "e.csv.gz") == events


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no header"),
        ("product,chosen\nknob,wide", "lacks the columns"),
        (f"{HEADER}\nknob,width", "2 values under 7"),
        (f"{HEADER}\nknob,width,a|b,c,DE,2026-01-01,ordered", "line 2: 'c' was ordered but not offered"),
        (f"{HEADER}\nknob,width,a|b,a,DE,yesterday,ordered", "line 2"),
        (f"{HEADER}\nknob,width,a|b,a,DE,2026-01-01,bought", "expected one of looked"),
        ("a,a\n1,2", "two columns"),
        (f"{HEADER}\nknob,width,a|b,a,DE,0001-01-01T00:00:00+14:00,ordered", "line 2: A choice is dated in the year 1"),
        (f"{HEADER}\nknob,width,a|b|,a,DE,2026-01-01,ordered", "has no name"),
        (f"{HEADER}\nknob,width,a|b,a,DE,02/03/2026,ordered", "at is '02/03/2026', expected a time by ISO 8601"),
        (f'{HEADER},weight\nknob,width,a|b,a,DE,2026-01-01,ordered,"1,5"', "weight is '1,5', expected a number"),
        (f"{HEADER},weight\nknob,width,a|b,a,DE,2026-01-01,ordered,1e308", "expected 0 to 1e\\+12"),
        (f"{HEADER},prices\nknob,width,a|b,a,DE,2026-01-01,ordered,0|1", "price of 'a' is 0"),
    ],
)
def test_the_line_that_cannot_be_used_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "e.csv").write_text(text)
    with pytest.raises(EventFileBroken, match=words):
        read_events(tmp_path / "e.csv")


def test_a_spreadsheets_csv_is_read_and_one_that_is_not_unicode_told_how_to_save(tmp_path: Path) -> None:
    line = "knob; width; a|b; a; Île; 2026-03-02; ordered"
    (tmp_path / "e.csv").write_text(HEADER.replace(",", "; ") + "\n" + line, encoding="utf-8-sig")
    assert [(event.region, event.chosen) for event in read_events(tmp_path / "e.csv")] == [("Île", "a")]
    (tmp_path / "e.csv").write_text(f"{HEADER}\n{line}", encoding="latin-1")
    with pytest.raises(EventFileBroken, match="not text in UTF-8"):
        read_events(tmp_path / "e.csv")


@pytest.mark.parametrize("weights", [("-1", "3"), ("1,5", "1"), ("nan", "1")])
def test_a_wrong_weight_does_not_vanish_in_the_sum_of_a_large_file(tmp_path: Path, weights: tuple[str, str]) -> None:
    lines = [f'knob,width,a|b,a,DE,2026-03-02,ordered,"{weight}"' for weight in weights]
    path = tmp_path / "e.csv"
    path.write_text("\n".join([f"{HEADER},weight", *lines]))
    duckdb.sql(f"COPY (FROM read_csv('{path}', all_varchar = true)) TO '{tmp_path / 'e.parquet'}'")
    with pytest.raises(EventFileBroken, match=r"weight|1,5"):
        read_events(tmp_path / "e.parquet")


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(EventFileBroken, match="no file"):
        read_events(tmp_path / "e.csv")


def test_command_line(tmp_path: Path) -> None:
    run = CliRunner().invoke
    file = str(tmp_path / "e.csv")
    write_events(tmp_path / "e.csv", [*choices("A", 30, 5), *choices("B", 28, 6), *choices("C", 3, 30)])
    fitted = json.loads(run(demand, ["fit", file, "--json"]).stdout)["questions"][0]
    assert (fitted["regions"], fitted["choices"]) == (3, 102)
    answer = json.loads(run(demand, ["predict", file, "--region", "C", "--json"]).stdout)["answers"][0]
    assert answer["default"]["option"] == "wide"
    assert answer["default"]["regional"]
    assert "as everywhere" in run(demand, ["predict", file, "--region", "A"]).stdout
    assert "default here: wide" in run(demand, ["predict", file, "--region", "C"]).stdout
    assert "102 choices in 3 regions" in run(demand, ["fit", file]).stdout
    missing = run(demand, ["predict", file, "--region", "A", "--product", "lamp"])
    assert isinstance(missing.exception, UnknownQuestion)
