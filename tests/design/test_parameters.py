import pytest

from glocal.design.errors import (
    ConstraintViolated,
    NotAnOption,
    OutOfRange,
    PackageInvalid,
    TextNotAllowed,
    UnknownParameter,
    WrongType,
)
from glocal.design.model import Constraint, ParameterNotes
from glocal.design.parameters import bind, engraved_texts
from tests.design.templates import template

SOURCE = """
width = 30;     // [10:0.5:60]
wall = 2;
name = "Ada";   // 5
style = "round"; // [round:Round, square:Square]
size = 2;       // [1:Small, 2:Big]
lid = true;
hole = [1, 2];  // [0:9]
"""
KNOB = template(
    SOURCE,
    notes={"wall": ParameterNotes(unit="mm", hard_min=0.8)},
    constraints=[Constraint("2 * wall < width", {"en": "The walls must leave room inside."})],
)


def test_what_is_not_asked_for_keeps_the_designs_own_value():
    assert bind(KNOB, {}) == {
        "width": 30.0, "wall": 2.0, "name": "Ada", "style": "round", "size": 2.0, "lid": True, "hole": (1.0, 2.0),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "raw", "expected"),
    [
        ("width", "12.5", 12.5),
        ("width", 60, 60.0),
        ("name", "Zoe\u0308", "Zoë"),  # one letter, however it was typed
        ("style", "square", "square"),
        ("size", "1", 1.0),
        ("size", 1, 1.0),
        ("lid", "false", False),
        ("hole", [3, 4], (3.0, 4.0)),
        ("hole", "[3, 4]", (3.0, 4.0)),
    ],
)
def test_values_in_the_forms_that_browsers_and_shells_send(name, raw, expected):
    assert bind(KNOB, {name: raw})[name] == expected


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        ({"colour": "red"}, UnknownParameter),
        ({"width": 9.99}, OutOfRange),
        ({"width": "61"}, OutOfRange),
        ({"wall": 0.5}, OutOfRange),  # the manifest's hard limit
        ({"hole": [3, 10]}, OutOfRange),
        ({"width": "wide"}, WrongType),
        ({"width": float("nan")}, WrongType),
        ({"width": "inf"}, WrongType),
        ({"width": True}, WrongType),
        ({"width": None}, WrongType),
        ({"width": {"a": 1}}, WrongType),
        ({"lid": "perhaps"}, WrongType),
        ({"lid": 1}, WrongType),
        ({"hole": [1]}, WrongType),
        ({"hole": "1, 2"}, WrongType),
        ({"hole": "[" * 5000}, WrongType),
        ({"name": 5}, WrongType),
        ({"style": "oval"}, NotAnOption),
        ({"size": 3}, NotAnOption),
        ({"size": True}, NotAnOption),
        ({"name": "Isabella"}, TextNotAllowed),
        ({"name": "a\nb"}, TextNotAllowed),
        ({"name": "a\x00"}, TextNotAllowed),
        ({"name": "\u202eabc"}, TextNotAllowed),
        ({"wall": 15}, ConstraintViolated),
    ],
)
def test_what_is_refused(raw, error):
    with pytest.raises(error) as caught:
        bind(KNOB, raw)
    assert caught.value.help
    assert caught.value.data


def test_the_refusal_says_what_is_allowed():
    with pytest.raises(OutOfRange) as caught:
        bind(KNOB, {"wall": 0.5})
    assert caught.value.message == "wall is 0.5 mm, which is out of range."
    assert caught.value.help == "Allowed is at least 0.8 mm."
    assert caught.value.data == {"parameter": "wall", "value": 0.5, "unit": "mm", "min": 0.8, "max": None}


def test_a_rule_is_explained_in_the_designers_words():
    with pytest.raises(ConstraintViolated, match="leave room inside"):
        bind(KNOB, {"wall": 20})


def test_a_rule_that_cannot_be_worked_out_is_the_packages_fault():
    broken = template("a = 1;", constraints=[Constraint("a / 0 > 1", {"en": "?"})])
    with pytest.raises(PackageInvalid):
        bind(broken, {})


def test_text_limits_count_letters_not_bytes():
    assert bind(KNOB, {"name": "زينب"})["name"] == "زينب"  # 8 bytes in UTF-8, 4 letters


def test_texts_that_become_letters_are_told_from_choices():
    assert engraved_texts(KNOB, bind(KNOB, {"name": "Bo"})) == ["Bo"]
