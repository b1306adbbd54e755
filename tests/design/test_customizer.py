"""What the Customizer language says; ``tests/real/test_openscad.py`` compares the same with OpenSCAD itself."""

import pytest

from glocal.design.customizer import read_parameters, top_level_assignments
from glocal.design.model import Option


def only(source):
    (parameter,) = read_parameters(source)
    return parameter


@pytest.mark.parametrize(
    ("comment", "low", "high", "step"),
    [
        ("// [0:10]", 0, 10, 1),
        ("// [0:0.5:10]", 0, 10, 0.5),
        ("// [10]", 0, 10, 1),
        ("//[0 : 10]", 0, 10, 1),
        ("// [-5:5]", -5, 5, 1),
        ("// [6:8]", 5, 8, 1),  # the design's own value is always allowed
        ("// [0:10] mm", None, None, None),  # prose, for OpenSCAD too
        ("// [0:1:2:3]", None, None, None),
        ("", None, None, None),
    ],
)
def test_ranges(comment, low, high, step):
    parameter = only(f"v = 5; {comment}")
    assert (parameter.min, parameter.max, parameter.step) == (low, high, step)


@pytest.mark.parametrize(
    ("source", "options"),
    [
        ("v = 2; // [1, 2, 5]", [(1, "1"), (2, "2"), (5, "5")]),
        ("v = 2; // [1:Small, 2:Big one]", [(1, "Small"), (2, "Big one")]),
        ('v = "a"; // [a, b:Label]', [("a", "a"), ("b", "Label")]),
        ('v = "x"; // [a, b]', [("x", "x"), ("a", "a"), ("b", "b")]),  # a value beside its list stands before it
        ('v = "b"; // ["Noto Sans:style=Bold", b]', [("Noto Sans:style=Bold", "Noto Sans:style=Bold"), ("b", "b")]),
        ('v = "b"; // [Noto Sans:style=Bold, b]', [("Noto Sans", "style=Bold"), ("b", "b")]),  # OpenSCAD's own trap
    ],
)
def test_lists(source, options):
    assert only(source).options == tuple(Option(value, label) for value, label in options)


def test_texts_vectors_and_truths():
    source = 'name = "Zoë"; // 12\nhole = [1, -2.5, 3]; // [-5:5]\nlid = true;\ncolour = "red"; // color\n'
    name, hole, lid, colour = read_parameters(source)
    assert (name.type, name.initial, name.max_length) == ("string", "Zoë", 12)
    assert (hole.type, hole.initial, hole.min, hole.max) == ("number", (1, -2.5, 3), -5, 5)
    assert (lid.type, lid.initial) == ("boolean", True)
    assert colour.widget == "color"


def test_groups_captions_and_what_is_hidden():
    source = """// How wide
w = 1;
/* [Look] */
c = 2;
/* [Hidden] */
secret = 3;
/* [Global] */
g = 4;
"""
    assert [(p.name, p.group, p.caption) for p in read_parameters(source)] == [
        ("w", "Parameters", "How wide"),
        ("c", "Look", ""),
        ("g", "Global", ""),
    ]


def test_calculations_modules_and_what_follows_the_first_brace_are_no_parameters():
    source = "a = 1;\nb = a * 2;\nuse <x.scad>\nfunction f(x) = x;\nmodule m() {\n  c = 3;\n}\nd = 4;\n"
    assert [p.name for p in read_parameters(source)] == ["a"]


def test_the_last_assignment_counts_at_the_place_of_the_first():
    assignments = top_level_assignments("a = 1;\nb = 2;\na = 3 + b;\n")
    assert [(a.name, a.expression) for a in assignments] == [("a", "3 + b"), ("b", "2")]


@pytest.mark.parametrize("source", ["", "a", "a = ;", 'a = "', "/*", "//", "a = [;", "\x00", "}}}", '"', "a=(;"])
def test_broken_text_gives_no_parameters_and_no_crash(source):
    assert read_parameters(source) == ()
