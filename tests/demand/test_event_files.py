from __future__ import annotations

import gzip
import json
from pathlib import Path

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
    ],
)
def test_the_line_that_cannot_be_used_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "e.csv").write_text(text)
    with pytest.raises(EventFileBroken, match=words):
        read_events(tmp_path / "e.csv")


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
