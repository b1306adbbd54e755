"""What is done to a design's text before the engine, and to the engine's words behind it."""

import pytest

from glocal.design.errors import (
    DesignEmpty,
    DesignFailed,
    DesignLoops,
    DesignRefused,
    DesignTooBig,
    DesignTooDeep,
    EngineFailed,
    EngineMissing,
    SandboxMissing,
)
from glocal.design.openscad import OpenScadPool, engine_job
from glocal.design.openscad_log import error_of, mistake_in, warnings_of
from glocal.design.openscad_source import draft_source, engine_source, lift_text_limits, parameter_set_values
from tests.design.templates import template


@pytest.mark.parametrize(
    ("source", "added"),
    [
        ("$fn = 96;\nsphere(5);", "$fn = (96) > 0 ? min((96), 24) : 0;\n"),
        ("q = 3;\n$fn = q * 20;\n", "$fn = (q * 20) > 0 ? min((q * 20), 24) : 0;\n"),
        ("$fa = 1; $fs = 0.4;\n", "$fa = max((1), 12);\n$fs = max((0.4), 1.5);\n"),
        ("sphere(5, $fn = 6);\nmodule m() { $fn = 99; }\n", ""),  # a hexagon may be meant
    ],
)
def test_a_draft_is_coarser_and_never_finer(source, added):
    assert draft_source(source) == (f"{source}\n{added}" if added else source)


def test_values_travel_as_text():
    assert parameter_set_values({"a": 3.0, "b": 0.1, "c": True, "d": (1.0, 2.5), "e": '"; cube(9); //'}) == {
        "a": "3",
        "b": "0.1",
        "c": "true",
        "d": "[1, 2.5]",
        "e": '"; cube(9); //',
    }


def test_a_text_beyond_openscads_count_of_bytes_loses_its_note():
    design = template('name = "Ada"; // 5\nother = "x"; // 5\n')
    assert lift_text_limits(design.source, design.parameters, {"name": "Ada"}) == design.source
    lifted = lift_text_limits(design.source, design.parameters, {"name": "زينب", "other": "x"})
    assert lifted == 'name = "Ada"; \nother = "x"; // 5\n'


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("rotate([-90,,0]) cube(1);", "rotate([-90,0]) cube(1);"),
        ("a = [1, , /* two */,\n3];", "a = [1 , /* two */\n3];"),
        ('t = "a,,b"; // c,,d\n', 't = "a,,b"; // c,,d\n'),
    ],
)
def test_commas_that_older_openscads_read_as_one_become_one(source, read):
    assert "".join(engine_source(source, (), {}).split()) == "".join(read.split())


def test_a_design_that_writes_nothing_needs_no_fonts():
    assert engine_job(template("cube(1);"), {}).fonts == ()


@pytest.mark.parametrize(
    ("status", "log", "error", "words"),
    [
        ("timeout", [], DesignLoops, "within 5 seconds"),
        ("memory access out of bounds", [], DesignTooDeep, "calls itself"),
        ("table index is out of bounds", [], DesignTooDeep, "calls itself"),
        ("an exception that OpenSCAD did not catch", [], DesignTooBig, "far too large"),
        ("out of memory", [], DesignTooBig, "512 MB"),
        ("who knows", [], EngineFailed, "who knows"),
        (
            1,
            ["ERROR: Parser error: syntax error in file /design/x.scad, line 2"],
            DesignFailed,
            "in file x.scad, line 2",
        ),
        (
            1,
            ["ERROR: Assertion 'w > 3' failed: \"too thin\" in file /design/x.scad, line 7"],
            DesignRefused,
            "too thin",
        ),
        (1, ["ERROR: Assertion 'w > 3' failed in file /design/x.scad, line 7"], DesignRefused, "w > 3"),
        (1, ["Current top level object is not a 3D object."], DesignEmpty, "flat"),
        (1, ["WARNING: undefined", "Current top level object is empty."], DesignEmpty, "nothing solid"),
        (1, [], DesignEmpty, "nothing solid"),
    ],
)
def test_the_engines_words_reach_the_user(status, log, error, words):
    caught = error_of(status, log, 5)
    assert type(caught) is error
    assert words in caught.message
    assert caught.help


def test_a_library_that_is_missing_matters_when_it_is_called():
    missing = "WARNING: Can't open library 'x.scad'. in file /design/a.scad, line 1"
    called = "WARNING: Ignoring unknown module 'm' in file /design/a.scad, line 2"
    assert mistake_in([missing]) is None
    assert "“x.scad”" in mistake_in([missing, called]).message
    assert warnings_of([missing, "Geometries in cache: 1"]) == (
        "WARNING: Can't open library 'x.scad'. in file a.scad, line 1",
    )


def test_without_the_sandbox_nothing_runs(monkeypatch, tmp_path):
    for name in ("openscad.wasm", "openscad.mjs"):
        (tmp_path / name).write_bytes(b"")
    monkeypatch.setenv("PATH", str(tmp_path))
    with OpenScadPool(tmp_path) as pool, pytest.raises(SandboxMissing) as caught:
        pool.render(template("cube(1);"), {})
    assert "bubblewrap" in caught.value.help


def test_a_sandbox_that_cannot_start_says_what_would_help(monkeypatch, tmp_path):
    for name in ("openscad.wasm", "openscad.mjs"):
        (tmp_path / name).write_bytes(b"")
    refusing = "#!/bin/sh\necho 'bwrap: No permissions to create a new namespace' >&2\nexit 1\n"
    for name, script in {
        "bwrap": refusing,
        "node": "#!/bin/sh\n",
        "prlimit": '#!/bin/sh\nexec "${0%/*}/bwrap"\n',
    }.items():
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with OpenScadPool(tmp_path) as pool, pytest.raises(SandboxMissing) as caught:
        pool.render(template("cube(1);"), {})
    assert "No permissions" in caught.value.message
    assert "user namespaces" in caught.value.help


def test_without_the_engine_the_set_up_is_named(tmp_path):
    with OpenScadPool(tmp_path) as pool, pytest.raises(EngineMissing) as caught:
        pool.render(template("cube(1);"), {})
    assert "make setup" in caught.value.help


@pytest.mark.parametrize("arguments", [{"size": 0}, {"size": 100}, {"timeout_s": 0}, {"timeout_s": 1e9}])
def test_a_pool_of_impossible_size_is_a_mistake(arguments):
    with pytest.raises(ValueError, match="expected"):
        OpenScadPool(**arguments)
