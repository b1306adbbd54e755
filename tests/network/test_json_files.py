"""What is wrong with a file to match, to plan or to nest is said in words."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from glocal.cli.match_needs import need_from_json
from glocal.network.errors import NeedBroken, NestingInputBroken, PlanInputBroken
from glocal.network.nest_files import read_nesting
from glocal.network.plan import plan
from glocal.network.plan_files import read_problem
from glocal.network.replan_reasons import why_not
from glocal.network.standing_files import read_standing
from tests.network.plans import problem


def written(folder: Path, **order: Any) -> Path:
    content = json.loads(json.dumps(asdict(problem(2, 1))))
    content["orders"][1].update(order)
    content["orders"][1] = {key: value for key, value in content["orders"][1].items() if value != "left out"}
    path = folder / "plan.json"
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"due_h": "soon"}, r'orders\[1\] \("o1"\): due_h is "soon", expected a number'),
        ({"due_h": None}, "due_h is null"),
        ({"due_h": "left out"}, r'orders\[1\] \("o1"\) lacks due_h'),
        ({"revenue_minor": True}, "revenue_minor is true"),
        ({"colour": "red"}, 'a field "colour" is not known'),
        ({"place": [52.5]}, r"place is \[52.5\], expected a list of 2 numbers"),
        ({"outline": [[0, 0], [1, 1]]}, "not a list of three or more points"),
        ({"outline": [[0, 0], [500, 0], [0, 500]]}, "its outline is larger than its box"),
    ],
)
def test_an_order_says_what_is_wrong_with_it(tmp_path: Path, wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(PlanInputBroken, match=words):
        read_problem(written(tmp_path, **wrong))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'{"orders": [', "is not JSON: Expecting value in line 1, column 13"),
        (b"\xff\xfe\x00", "is not text in UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[1, 2]", r"is \[1, 2\], expected an object"),
        (b'{"machines": [], "orders": {}}', "orders is {}, expected a list"),
        (b'{"machines": [], "orders": [5]}', r"orders\[0\] is 5, expected an object"),
        (b"{}", "lacks 'machines'"),
    ],
)
def test_a_file_says_what_is_wrong_with_it(tmp_path: Path, raw: bytes, words: str) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(raw)
    with pytest.raises(PlanInputBroken, match=words):
        read_problem(path)
    with pytest.raises(NestingInputBroken):
        read_nesting(path)
    with pytest.raises(PlanInputBroken, match="cannot be read: No such file"):
        read_problem(tmp_path / "none.json")


def test_a_mark_of_byte_order_is_no_fault(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(read_problem(path).orders) == 2


def test_where_nobody_ever_is_the_reason_says_so() -> None:
    question = problem(2, 1)
    gone = replace(question, machines=tuple(replace(m, open_h=((-9.0, -5.0),)) for m in question.machines))
    assert len(plan(gone).declined) == 2
    able = replace(gone.orders[0], extent_mm=(9.0, 9.0, 9.0), area_mm2=81.0, volume_mm3=9.0, material="pla")
    assert "nobody is at a machine" in why_not(gone, able)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"event": {"kind": "maker_dark", "at_h": 1}}, "event lacks maker"),
        ({"event": {"kind": "time_passed", "at_h": "now"}}, 'event: at_h is "now", expected a number'),
        ({"event": {"kind": "time_passed", "at_h": 1, "colour": 2}}, 'a field "colour" is not known'),
        ({"event": {"kind": "plate_failed", "at_h": 1, "machine": ["m0"]}}, r"machine is \[\"m0\"\], expected a text"),
        ({"event": 5}, "event is 5"),
        ({"running": [{"machine": "m0"}]}, r"running\[0\] lacks begin_h, end_h, maker, orders, ready_h"),
        ({"running": "plan"}, "Two jobs name the order"),
    ],
)
def test_an_event_says_what_is_wrong_with_it(tmp_path: Path, changed: dict[str, Any], words: str) -> None:
    question = problem(6, 3)
    jobs = plan(question).as_dict()["jobs"]
    changed = {**changed, "running": jobs} if changed.get("running") == "plan" else changed
    content = {**asdict(question), "plan": {"jobs": jobs}, "event": {"kind": "time_passed", "at_h": 0.0}, **changed}
    path = tmp_path / "standing.json"
    path.write_text(json.dumps(content))
    with pytest.raises(PlanInputBroken, match=words):
        read_standing(path)


SQUARE = [[0, 0], [9, 0], [9, 9], [0, 9]]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"parts": [5]}, r"parts\[0\] is 5, expected an object"),
        ({"parts": "x"}, 'parts is "x", expected a list'),
        ({"parts": [{"id": "a"}]}, r"parts\[0\] lacks outline"),
        ({"parts": [{"id": "a", "outline": SQUARE, "quantity": 1.5}]}, r"parts\[0\]: 1.5 pieces, expected 1 to 5000"),
        ({"parts": [{"id": "a", "outline": [[0, 0], [1, 1, 1]]}]}, r"\[1, 1, 1\] is no point"),
        ({"bed_x_mm": "wide"}, 'bed_x_mm is "wide", expected a number'),
        ({"sequential": {"radius_mm": 4}}, "lacks 'clear_height_mm'"),
        ({"polys": [SQUARE], "ids": ["a", "b"]}, "1 polys, but ids is"),
    ],
)
def test_a_file_to_nest_says_what_is_wrong_with_it(tmp_path: Path, changed: dict[str, Any], words: str) -> None:
    long = {"bed_x_mm": 99, "bed_y_mm": 99, "parts": [{"id": "a", "outline": SQUARE}], "exclusions": None}
    content = changed if "polys" in changed else {**long, **changed}
    path = tmp_path / "nest.json"
    path.write_text(json.dumps(content))
    with pytest.raises(NestingInputBroken, match=words):
        read_nesting(path)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"quantity": "two"}, 'quantity is "two", expected a whole number'),
        ({"hold_at_c": "hot"}, "expected a number or null"),
        ({"material": "pla"}, 'a field "material" is not known'),
        ({"uses": "medical"}, "expected a list of texts"),
        ({"handover": "drone"}, "expected any, pickup, delivery"),
        ({"print_s": 5}, "print_s is 5, expected an object"),
        ({"print_s": {"value": -9, "low": -9, "high": -9, "source": "slip"}}, "print_s is missing or negative"),
        ({"extent_mm": [1, 2]}, "expected a list of 3 numbers"),
    ],
)
def test_a_need_says_what_is_wrong_with_it(tmp_path: Path, changed: dict[str, Any], words: str) -> None:
    print_s = {"value": 7200, "low": 6000, "high": 9000, "source": "sliced"}
    path = tmp_path / "need.json"
    path.write_text(json.dumps({"extent_mm": [9, 9, 9], "material_id": "pla", "print_s": print_s}))
    assert need_from_json(path).extent_mm == (9, 9, 9)
    path.write_text(json.dumps({"extent_mm": [9, 9, 9], "material_id": "pla", "print_s": print_s, **changed}))
    with pytest.raises(NeedBroken, match=words):
        need_from_json(path)


@pytest.mark.parametrize(
    ("read", "content", "meant"),
    [
        (read_problem, {"orders": [], "machines": [], "spaceing_mm": 3}, "spacing_mm"),
        (read_standing, {"orders": [], "machines": [], "runing": []}, "running"),
        (read_nesting, {"bed_x_mm": 9, "bed_y_mm": 9, "parts": [], "exclusion": []}, "exclusions"),
        (read_nesting, {"bed_x_mm": 9, "bed_y_mm": 9, "parts": [{"id": 1, "quantitiy": 2}]}, "quantity"),
        (read_nesting, {"bed_x_mm": 9, "bed_y_mm": 9, "parts": [], "sequential": {"radius": 4}}, "radius_mm"),
        (read_nesting, {"W": 9, "H": 9, "polys": [], "spaceing": 2}, "spacing"),
        (need_from_json, {"extent_mm": [1, 2, 3], "material_id": "pla", "prints_s": 3}, "print_s"),
    ],
)
def test_a_field_that_is_mistyped_is_refused_with_the_one_that_was_meant(
    tmp_path: Path, read: Any, content: dict[str, Any], meant: str
) -> None:
    (tmp_path / "f.json").write_text(json.dumps(content))
    with pytest.raises((PlanInputBroken, NestingInputBroken, NeedBroken), match="is not known") as told:
        read(tmp_path / "f.json")
    assert f"Did you mean “{meant}”?" in told.value.help
