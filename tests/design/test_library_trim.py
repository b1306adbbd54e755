"""What is left out of included files, and what must stay."""

import pytest

from glocal.design.library_trim import trim_files


def trimmed(library, main="include <l.scad>\nf();"):
    return trim_files(main, {"l.scad": library.encode()})["l.scad"].decode()


@pytest.mark.parametrize(
    ("library", "left"),
    [
        ("module f() { g(1); }\nmodule g(a) cube(a);\nmodule h() {}", "module f() { g(1); }\nmodule g(a) cube(a);"),
        (
            "function f() = g() + x;\nfunction g() = 1;\nx = 2;\ny = 3;",
            "function f() = g() + x;\nfunction g() = 1;\nx = 2;",
        ),
        (
            "module f() if (true) cube(1); else { g(); }\nfunction g() = 1;",
            "module f() if (true) cube(1); else { g(); }\nfunction g() = 1;",
        ),
        ('module f() echo("g(1); // }");\nmodule g() {}', 'module f() echo("g(1); // }");'),
        (
            "use <a.scad>\ng = [1, 2];\ninclude <b.scad>\nmodule f() {}",
            "use <a.scad>\n\ninclude <b.scad>\nmodule f() {}",
        ),
        # f is a module here and a function there: both may be meant
        (
            "module f() {}\nfunction f() = 1;\nf = function(x) x;",
            "module f() {}\nfunction f() = 1;\nf = function(x) x;",
        ),
    ],
)
def test_what_is_reached_stays_and_the_rest_goes(library, left):
    assert trimmed(library) == left


@pytest.mark.parametrize(
    "acts",
    [
        "$fn = 99;",
        'y = assert(version_num() > 2020, "too old");',
        "cube(1);",
        "if (x) { sphere(1); }",
        "%translate([1, 0]) g();\nmodule g() {}",
    ],
)
def test_what_acts_without_being_named_stays(acts):
    assert trimmed(f"{acts}\nmodule unused() {{}}") == acts


def test_each_line_keeps_its_number():
    library = "/* a\nlicence */\nmodule gone() {\n  cube(1); // with words\n}\n\nmodule f() {\n  sphere(1);\n}\n"
    assert trimmed(library).split("\n")[6] == "module f() {"
    assert trimmed(library).count("\n") == 8


@pytest.mark.parametrize("piece", ["1, 2, 3,", "} module g() {", 'x = "open', "module f() { ((", "x = [1, 2"])
def test_a_piece_that_is_no_list_of_statements_is_left_alone(piece):
    assert trimmed(piece) == piece


@pytest.mark.parametrize("piece", ["piece.scad", "a/piece.txt"])
def test_what_a_piece_names_stays_elsewhere(piece):
    files = {piece: b"g(1),", "l.scad": b"function g(x) = x;\nfunction h(x) = x;\n", "picture.png": b"h(1)"}
    left = trim_files(f"v = [include <{piece}> 2]; include <l.scad>", files)
    assert left == {**files, "l.scad": b"function g(x) = x;"}


def test_a_comment_in_the_design_calls_nothing():
    assert trimmed("module g() {}\nmodule f() {}", "include <l.scad>\n// g();\nf();") == "\nmodule f() {}"
