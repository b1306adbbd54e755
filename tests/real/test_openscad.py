"""The real engine in its real cage: parameters compared with OpenSCAD's own list, parts, and hostile designs."""

import json
import os
import shutil
import struct
import subprocess
import threading
import uuid

import numpy as np
import pytest

from glocal.design.customizer import read_parameters
from glocal.design.errors import (
    DesignEmpty,
    DesignError,
    DesignFailed,
    DesignLoops,
    DesignNotSolid,
    DesignRefused,
    DesignTooBig,
    DesignTooDeep,
)
from glocal.design.openscad import EngineJob, OpenScadPool
from glocal.design.package import template_from_scad
from glocal.design.parameters import bind
from glocal.design.part import build_part, mesh_hash, part_hash
from glocal.design.sandbox_bwrap import default_engine_dir, worker_command
from glocal.design.threemf import PlacedObject, write_3mf
from tests.design.templates import template
from tests.waiting import PATIENCE_S

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not (default_engine_dir() / "openscad.wasm").is_file(), reason="make setup makes the engine"),
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
]

LITERALS = [
    "5",
    "-5",
    "--5",
    "(5)",
    "1e3",
    ".5",
    "0x1F",
    "2*3",
    "undef",
    "true",
    '"a"',
    '"a;//b"',
    '"é\\u00e9\\n"',
    "[1,-2]",
    "[1,2,3,4,5]",
    '["a"]',
    "[]",
    "[[1]]",
]
COMMENTS = [
    "",
    "// [0:10]",
    "// [0:0.5:10]",
    "// [10]",
    "// [1,2,5]",
    "// [a:A b, b]",
    "// [5:five, 7:seven]",
    "// 20",
    "// -3",
    "// 0.5",
    "// color",
    "// font",
    "// prose, with [brackets]: here",
    "// [0:10] mm",
    "// [a,b",
    "// []",
    "// [a:b:c]",
    '// ["a","x y":"L:1"]',
    "// [Arial:style=Bold, b]",
    "// [1:2, 3:4]",
    "// [-5:5]",
    "// [5:-5]",
    "// [1 mm, 3]",
    "//\t[0:10]",
    "// [é:ü, ß]",
    "// [1.23456789, 2]",
    "// [0:10] // more",
    "// [10mm:Ten, 20mm]",
    "/* x */ // [0:3]",
]
FILES = {
    "every literal with every comment": "".join(
        f"v{i}_{j} = {literal}; {comment}\n" for i, literal in enumerate(LITERALS) for j, comment in enumerate(COMMENTS)
    ),
    "groups": """a = 1;
/* [Size] */
// How wide
b = 2; // [0:5]
//  spaces // and slashes
c = 3;
/* [Hidden] */
d = 4;
/* [Text] [more] */ e = "x"; // 8
/* not a group */
f = [1, 2]; // [0:9]
/*
[neither this]
*/
/* [Global] */
g = true;
""",
    "order": "a = 1; b = 2; // [0:3]\nc = b * 2;\na = 5; // [0:9]\nfunction f(x) = x;\nmodule m(q = 3) cube(q);\n",
    "brace": 'a = 1;\nb = "{";\nc = 2;\n',
    "where it ends": "a = 1;\nuse <x.scad>\ncube(a);\n/* [G] */\nb = 2; module m() {\n c = 3; }\nd = 4;\n",
    "odd places": "\ta = 1;\nb\n=\n2; // [0:5]\nc = 3 // [0:5]\n;\n$fn = 5; // [3:100]\n3d = 4;\r\ne = 5; // [0:9]\r\n",
}


@pytest.fixture(scope="module")
def pool():
    with OpenScadPool(timeout_s=PATIENCE_S) as pool:
        yield pool


def openscads_own_list(pool, source):
    output, _ = pool.run(EngineJob("x.scad", {"x.scad": source.encode()}, (), {}), output_format="param")
    parameters = json.loads(output).get("parameters", [])
    return [{"group": "", "caption": ""} | parameter for parameter in parameters]


def our_list(source):
    listed = []
    for p in read_parameters(source):
        entry = {"name": p.name, "type": p.type, "group": p.group, "caption": p.caption}
        entry["initial"] = list(p.initial) if isinstance(p.initial, tuple) else p.initial
        if p.max is not None:
            entry |= {"min": p.min, "max": p.max, "step": p.step}
        if p.max_length is not None:
            entry["maxLength"] = p.max_length
        if p.options:
            entry["options"] = p.as_dict()["options"]
        listed.append(entry)
    return listed


@pytest.mark.parametrize("name", FILES)
def test_parameters_are_those_that_openscad_lists(pool, name):
    source = FILES[name]
    assert our_list(source) == openscads_own_list(pool, source)


def build(pool, source, raw=None, **options):
    design = template(source, files=options.pop("files", None))
    return build_part(design, bind(design, raw or {}), pool, **options)


def test_a_part_has_the_customers_size(pool):
    source = (
        "w = 10; // [1:50]\nh = [2, 2];\ndifference() { cube([w, 10, 5]); translate([1, 1, -1]) cube([h.x, h.y, 9]); }"
    )
    assert build(pool, source).features.volume_mm3 == pytest.approx(500 - 4 * 5)
    part = build(pool, source, {"w": 20, "h": "[3, 3]"})
    assert part.features.volume_mm3 == pytest.approx(1000 - 9 * 5)
    assert part.features.extent_mm == (20, 10, 5)


def test_the_same_inputs_give_the_same_mesh(pool):
    source = "sphere(10, $fn = 40); translate([rands(0, 5, 1)[0], 0, 0]) cube(10);"
    first, second = build(pool, source), build(pool, source)
    assert first.hash == second.hash
    assert mesh_hash(first.mesh) == mesh_hash(second.mesh)


def test_a_draft_is_coarser_and_not_the_part(pool):
    source = "$fn = 96;\nsphere(10);"
    full, draft = build(pool, source), build(pool, source, draft=True)
    assert draft.features.triangles < full.features.triangles / 4
    assert draft.hash != full.hash


def test_text_stays_text(pool):
    design = template('t = "a"; // 60\nassert(is_string(t));\ncube(len(t));')
    injected = '"; cube(99); //'
    part = build_part(design, bind(design, {"t": injected}), pool)
    assert part.features.extent_mm[0] == len(injected)


def test_letters_of_any_script_become_solid(pool):
    source = 'name = "Ada"; // 12\nlinear_extrude(2) text(name);'
    latin, arabic = build(pool, source), build(pool, source, {"name": "مرحبا"})
    assert latin.features.volume_mm3 > 50
    assert arabic.features.volume_mm3 > 50
    assert arabic.features.extent_mm != latin.features.extent_mm


def test_files_of_the_package_are_found_and_no_others(pool):
    files = {
        "libraries/std.scad": b"module block(n) cube(n);",
        "part/logo.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="5" height="5"/></svg>',
    }
    part = build(
        pool,
        'include <std.scad>\nblock(3); translate([10, 0, 0]) linear_extrude(2) import("part/logo.svg");',
        files=files,
    )
    assert part.features.bodies == 2
    with pytest.raises(DesignFailed, match=r"missing\.scad"):
        build(pool, "use <missing.scad>\nblock(3); cube(1);")


@pytest.mark.parametrize(
    ("source", "error", "words"),
    [
        ("cube(", DesignFailed, "syntax error in line 2"),
        ("w = 3;\ncube(w;\nsphere(2);", DesignFailed, "line 2"),
        ('w = 3;\nassert(w > 5, "Make it wider.");\ncube(w);', DesignRefused, "Make it wider."),
        ("square(5);", DesignEmpty, "flat"),
        ("", DesignEmpty, "nothing solid"),
        ("polyhedron([[0,0,0],[9,0,0],[0,9,0],[0,0,9]], [[0,1,2],[0,3,1],[1,3,2]]);", DesignNotSolid, "not closed"),
        ("module m() { m(); }\nm();", DesignTooDeep, "calls itself"),
        ("function f(n) = 1 + f(n + 1);\ncube(f(1));", DesignTooDeep, "calls itself"),
        ('function s(v, n) = n == 0 ? v : s(str(v, v), n - 1);\ncube(len(s("abcdefgh", 40)));', DesignTooBig, "512 MB"),
        ("sphere(100, $fn = 3000);", DesignTooBig, "512 MB"),
        ("linear_extrude(1e308) circle(1e308);", DesignTooBig, "kilometre"),
        (
            "for (i = [0:999]) for (j = [0:999]) for (k = [0:999]) translate([i, j, k]) cube(2);",
            DesignLoops,
            "1 seconds",
        ),
        ('import("/etc/passwd"); cube(1);', DesignFailed, "/etc/passwd"),
        ('import("/proc/self/environ"); cube(1);', DesignFailed, "environ"),
        ("include </etc/passwd>\nroot(); cube(1);", DesignFailed, "/etc/passwd"),
        ("use <../../../../etc/passwd>\nroot(); cube(1);", DesignFailed, "passwd"),
        ('surface("/etc/hostname");', DesignFailed, "/etc/hostname"),
        ('surface("/dev/stdin");', DesignFailed, "/dev/stdin"),
    ],
)
def test_hostile_and_broken_designs_end_in_words_and_the_next_one_works(pool, monkeypatch, source, error, words):
    if error is DesignLoops:  # the others end by themselves, on a slow machine later
        monkeypatch.setattr(pool, "timeout_s", 1)
    with pytest.raises(DesignError) as caught:
        build(pool, source)
    monkeypatch.undo()
    assert type(caught.value) is error, caught.value
    assert words in caught.value.message
    assert build(pool, "cube(2);").features.volume_mm3 == pytest.approx(8)


def test_a_worker_that_is_killed_is_replaced(pool):
    build(pool, "cube(1);")
    process = pool._idle.get()
    process._popen.kill()
    process._popen.wait()
    pool._idle.put(process)
    assert build(pool, "cube(3);").features.volume_mm3 == pytest.approx(27)


def test_threads_share_a_pool_and_may_end(pool):
    found = []
    threads = [
        threading.Thread(target=lambda n=n: found.append(build(pool, f"cube({n});").features.volume_mm3))
        for n in (1, 2, 3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == pytest.approx([1, 8, 27])
    assert build(pool, "cube(4);").features.volume_mm3 == pytest.approx(64)


def test_the_cage_shows_node_and_the_engine_and_nothing_else(tmp_path):
    script = """
import fs from "node:fs"; import net from "node:net"; import os from "node:os";
const can = (f) => { try { f(); return true; } catch { return false; } };
console.log(JSON.stringify({
  top: fs.readdirSync("/").sort(),
  passwd: can(() => fs.readFileSync("/etc/passwd")), home: can(() => fs.readdirSync("/root")),
  write: can(() => fs.writeFileSync("/tmp/x", "x")), engine: can(() => fs.appendFileSync("/engine/openscad.mjs", "x")),
  interfaces: Object.keys(os.networkInterfaces()).filter((name) => name !== "lo"),
  environment: Object.keys(process.env),
}));
"""
    probe = tmp_path / "probe.mjs"
    probe.write_text(script)
    command = worker_command(default_engine_dir())
    at = command.index("--remount-ro")
    command = [*command[:at], "--ro-bind", str(probe), "/probe.mjs", *command[at:-2], "/probe.mjs"]
    seen = json.loads(subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True).stdout)
    assert set(seen["top"]) <= {"dev", "engine", "lib", "lib64", "probe.mjs", "proc", "tmp", "usr", "worker"} | {
        part.split("/")[1] for part in (shutil.which("node"), os.path.realpath(shutil.which("node")))
    }
    assert [seen[name] for name in ("passwd", "home", "write", "engine")] == [False] * 4
    assert seen["interfaces"] == []
    assert set(seen["environment"]) <= {"PWD"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_the_cage_works_for_a_normal_user():
    source = b"cube(2);"
    header = {
        "id": 1,
        "main": "m.scad",
        "files": [["m.scad", len(source)]],
        "fonts": [],
        "values": {},
        "format": "off",
        "timeout_ms": 20_000,
    }
    text = json.dumps(header).encode()
    command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *worker_command(default_engine_dir())]
    done = subprocess.run(
        command,
        input=struct.pack("<I", len(text)) + text + source,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert b'"status":0' in done.stdout, done.stderr[-500:]


@pytest.mark.skipif(shutil.which("prusa-slicer") is None, reason="prusa-slicer is not installed")
def test_the_slicer_opens_our_3mf(pool, tmp_path):
    part = build(pool, "w = 20;\ndifference() { cube(w); translate([5, 5, -1]) cylinder(h = 30, r = 3, $fn = 32); }")
    file = tmp_path / "part.3mf"
    file.write_bytes(
        write_3mf([PlacedObject(part.mesh, uuid.UUID(int=1), "Käfer & <co>")], metadata={"Title": part.title})
    )
    told = subprocess.run(
        ["prusa-slicer", "--info", file], capture_output=True, text=True, timeout=PATIENCE_S, check=True
    ).stdout
    facts = dict(line.split(" = ") for line in told.splitlines() if " = " in line)
    assert facts["manifold"].strip() == "yes"
    assert float(facts["volume"]) == pytest.approx(part.features.volume_mm3, rel=1e-5)
    gcode = tmp_path / "part.gcode"
    subprocess.run(
        ["prusa-slicer", "--export-gcode", "-o", gcode, file], capture_output=True, timeout=PATIENCE_S, check=True
    )
    assert gcode.stat().st_size > 10_000


@pytest.mark.skipif(shutil.which("openscad") is None, reason="Debian's openscad is not installed")
def test_the_part_is_that_of_debians_openscad(pool, tmp_path):
    source = (
        "w = 20;\n$fn = 24;\ndifference() { cube(w); sphere(w / 2); translate([w, w, w]) rotate([0, 45, 0]) cube(8); }"
    )
    (tmp_path / "x.scad").write_text(source)
    subprocess.run(
        ["openscad", "-o", tmp_path / "x.off", tmp_path / "x.scad"], capture_output=True, timeout=PATIENCE_S, check=True
    )
    from glocal.design.meshfile import read_mesh

    theirs = read_mesh(tmp_path / "x.off")
    assert build(pool, source).features.volume_mm3 == pytest.approx(theirs.volume_mm3, rel=1e-4)


def test_a_design_may_lean_on_bosl2_which_is_read_once_for_all_values(pool, tmp_path):
    (tmp_path / "foot.scad").write_text(
        "include <BOSL2/std.scad>\nmodule foot() { cyl(d = 6, h = 10, chamfer = 1); }\n"
    )
    file = tmp_path / "x.scad"
    source = "include <BOSL2/std.scad>\ninclude <gone.scad>\nuse <foot.scad>\nw = 30; // [10:60]\n"
    file.write_text(f"{source}cuboid([w, 20, 10], chamfer = 2);\nfoot();\n")
    design = template_from_scad(file)
    parts = [pool.render_with_warnings(design, bind(design, {"w": w})) for w in (40, 50, 40)]
    assert [np.ptp(part.mesh.vertices, axis=0).tolist() for part in parts] == [[40, 20, 10], [50, 20, 10], [40, 20, 10]]
    assert mesh_hash(parts[0].mesh) == mesh_hash(parts[2].mesh)
    assert all("gone.scad" in part.warnings[0] for part in parts)
    assert len({part.warnings for part in parts}) == 1


def test_the_hash_is_known_before_the_part_is_built(pool):
    design = template("w = 5;\ncube(w);")
    values = bind(design, {"w": 6})
    assert build_part(design, values, pool).hash == part_hash(design, values)
