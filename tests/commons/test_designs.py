"""Designs of others: read tolerantly, converted without loss, published under terms that allow it."""

import io
import json
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import glocal
from glocal.cli.commons import commons
from glocal.commons import licences
from glocal.commons.designs import fetch_package, first_claims, path_of, publish_design
from glocal.commons.errors import NotVerified
from glocal.commons.files import DirectoryReader
from glocal.commons.knowledge import Known, known_records
from glocal.commons.okh import convert, read_manifest, write_manifest
from glocal.commons.okh_errors import LicenceForbids, LicenceUnknown, ManifestUnreadable, PackageRefused
from glocal.commons.packages import of_files, open_package, pack, unpack
from tests.commons.shops import MONTH, new_log

KNOB = Path(glocal.__file__).parent / "design" / "products" / "replacement-knob"
SHARED = Path("/work/shared/data/okh")
NAMES = {"okh1": "okh.yml", "okh2": "okh.toml", "datapackage": "datapackage.json"}

YAML = b"""
title: Clamp
description: Holds a hose.
version: 1.10
date-created: 2021-09-30
license: {hardware: CC-BY-SA-4.0, documentation: CC-BY-4.0}
licensor: {name: Ada, email: ada@example.org}
contributors: [{name: Ben}]
keywords: hose
design-files:
  - clamp.stl
  - {path: clamp.scad, title: source}
our-own-field: {kept: yes}
"""
TOML = b"""
okhv = "OKH-LOSHv1.0"
name = "Clamp"
repo = "https://example.org/clamp"
version = "2.0"
license = "CERN-OHL-S-2.0"
licensor = "Ada"
function = "Holds a hose."
colour-of-the-box = "red"
[[part]]
name = "clamp"
source = "clamp.scad"
export = ["clamp.stl"]
"""
MANYFOLD = json.dumps(
    {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "clamp",
        "title": "Clamp",
        "homepage": "https://models.example/clamp",
        "licenses": [{"name": "CC-BY-NC-4.0"}],
        "keywords": ["hose"],
        "resources": [
            {"name": "clamp", "path": "clamp.stl", "mediatype": "model/stl", "up": "+z", "presupported": False}
        ],
        "contributors": [{"title": "Ada", "roles": ["creator"]}],
        "links": [{"path": "https://example.org"}],
    }
).encode()


@pytest.mark.parametrize(("data", "name"), [(YAML, "okh.yml"), (TOML, "okh.toml"), (MANYFOLD, "datapackage.json")])
@pytest.mark.parametrize("through", list(NAMES))
def test_nothing_is_lost_on_the_way_through_another_form(data, name, through):
    first = read_manifest(data, name)
    other = read_manifest(write_manifest(first, through), NAMES[through])
    back = read_manifest(write_manifest(other, first.dialect), name)
    assert (other.title, other.authors[:1]) == ("Clamp", ("Ada",))
    assert back.raw == first.raw


def test_each_deviation_is_told_and_values_stay_as_written():
    manifest = read_manifest(YAML, "okh.yml")
    told = {entry.field: str(entry) for entry in manifest.deviations}
    assert manifest.version == "1.10"  # not the number 1.1
    assert manifest.raw["date-created"] == "2021-09-30"
    assert "is not a list: read as a list of one" in told["keywords"]
    assert "is a text, not a named path" in told["design-files[0]"]
    assert "is no field of the standard" in told["our-own-field"]
    assert {"contact", "documentation-home", "okh-manifest-version", "manifest-author"} <= set(told)
    assert manifest.files == ("clamp.stl", "clamp.scad")


def test_a_broken_field_does_not_take_the_others_along():
    text = b"title: Chair\ndescription: for sitting: \n  the: Big\n four\nversion: 1\nversion: 2\n"
    text += b"license:\n\thardware: MIT\n"
    manifest = read_manifest(text, "x.yml")
    assert (manifest.title, manifest.version, manifest.licences) == ("Chair", "1", {"hardware": "MIT"})
    assert "Big" in manifest.raw["description"]
    assert {"has tabs, which YAML forbids", "stands twice"} <= {entry.problem for entry in manifest.deviations}


ALIASES = b"".join(b"%c: &%c [%s]\n" % (name, name, b", ".join([b"*%c" % (name - 1)] * 8)) for name in b"bcdefgh")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"a: &a [x, x, x, x, x, x, x, x]\n" + ALIASES, "x.yml"),
        (b"a: &a [*a]", "x.yml"),
        (b'name = "Clamp', "okh.toml"),
        (b"[" * 5000, "datapackage.json"),
        (b'{"a":' * 60 + b"1" + b"}" * 60, "datapackage.json"),
        (b"- just\n- a list", "x.yml"),
        (b"", "x.yml"),
        (b"\0\0", "x.yml"),
        (b"a" * 1_000_001, "x.yml"),
        (b'title: "\\ud800"', "x.yml"),
        (b'{"\\udfff": 1}', "datapackage.json"),
    ],
)
def test_hostile_manifests_are_refused(data, name):
    with pytest.raises(ManifestUnreadable):
        read_manifest(data, name)


def test_a_tag_makes_no_object():
    manifest = read_manifest(b"title: !!python/object/apply:os.system [echo]\nversion: 1", "x.yml")
    assert "os.system" in manifest.raw["title"]
    assert isinstance(manifest.raw["title"], str)


@pytest.mark.parametrize("value", ["!!timestamp soon", "!!int 0x", "!!binary '%'", "{[1, 2]: 3}", "!!set {a, b}"])
def test_a_value_that_yaml_cannot_make_is_kept_as_its_text(value):
    manifest = read_manifest(f"title: Chair\nnotes: {value}\nversion: 1".encode(), "x.yml")
    assert (manifest.title, manifest.version) == ("Chair", "1")
    assert manifest.raw["notes"] == value


@pytest.mark.skipif(not SHARED.exists(), reason="the files of others are not here")
def test_real_files_of_others_are_read_and_go_round():
    for file in sorted(SHARED.glob("*.yml")):
        manifest = read_manifest(file.read_bytes(), file.name)
        assert manifest.title
        other = read_manifest(write_manifest(manifest, "okh2"), "okh.toml")
        assert read_manifest(write_manifest(other, "okh1"), "x.yml").raw == manifest.raw


def zipped(entries, link=None):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
        if link:
            info = zipfile.ZipInfo(link)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, "/etc/passwd")
    return target.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        zipped([("../evil", b"x")]),
        zipped([("/etc/passwd", b"x")]),
        zipped([("a/../../b", b"x")]),
        zipped([("C:\\x", b"x")]),
        zipped([("a", b"x"), ("A", b"y")]),
        zipped([("a", b"x")], link="b"),
        zipped([("bomb", b"\0" * 30_000_000)]),
        zipped([(f"{number}", b"") for number in range(2001)]),
        zipped([("a", b"x")])[:-10],
        b"PK\x03\x04 nonsense",
    ],
)
def test_hostile_archives_are_refused(data):
    with pytest.raises(PackageRefused):
        unpack(data)


def test_a_package_has_one_hash_whatever_the_order_and_the_zip(tmp_path):
    files = {"datapackage.json": MANYFOLD, "clamp.stl": b"solid"}
    (tmp_path / "a.zip").write_bytes(zipped([(f"top/{name}", data) for name, data in reversed(files.items())]))
    assert open_package(tmp_path / "a.zip").hash == of_files(files).hash
    assert unpack(pack(files)) == files


@pytest.mark.parametrize(
    ("parent", "child", "allowed"),
    [
        ("CC-BY-4.0", "CC-BY-SA-4.0", True),
        ("CC-BY-4.0", "CC0-1.0", False),  # would drop the names
        ("CC0-1.0", "CC0-1.0", True),
        ("CC-BY-SA-3.0", "CC-BY-SA-4.0", True),
        ("CC-BY-SA-4.0", "CC-BY-SA-3.0", False),
        ("CC-BY-SA-4.0", "CC-BY-4.0", False),
        ("CC-BY-NC-4.0", "CC-BY-4.0", False),
        ("CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", True),
        ("CC-BY-ND-4.0", "CC-BY-ND-4.0", False),
        ("CERN-OHL-S-2.0", "CERN-OHL-P-2.0", False),
        ("MIT OR GPL-3.0-only", "Apache-2.0", True),  # the more permissive of the two
        ("GPL-3.0-only", "GPL-3.0-or-later", True),
    ],
)
def test_a_change_stays_under_what_the_original_asks(parent, child, allowed):
    if allowed:
        licences.check_remix(parent, child)
    else:
        with pytest.raises(LicenceForbids):
            licences.check_remix(parent, child)


def test_selling_and_words():
    licences.check_sell("CC-BY-4.0")
    with pytest.raises(LicenceForbids):
        licences.check_sell("MIT AND CC-BY-NC-4.0")
    for unknown in ("", "NOASSERTION", "my licence", "Beerware"):
        with pytest.raises(LicenceUnknown):
            licences.check_publish(unknown)
    assert licences.use_in_words("CC-BY-SA-4.0") == (
        "You may print and sell it, and pass on changed versions under CC-BY-SA-4.0 as well, if you name the authors "
        "(CC-BY-SA-4.0)."
    )
    assert "not sell it" in licences.use_in_words("CC-BY-NC-ND-4.0")
    assert licences.use_in_words("").startswith("Nobody here can tell")


def test_publish_fetch_and_launder(log, tmp_path):
    knob = open_package(KNOB)
    _, package_hash = publish_design(log, knob, month=MONTH)
    again = fetch_package(package_hash, [DirectoryReader(tmp_path), DirectoryReader(log.public)])
    assert again.files.keys() == {*knob.files, "okh.toml"}
    assert again.manifest.title == "Replacement knob"
    (record,) = [entry.record for entry in known_records(log, [])]
    assert record["attribution"] == ["glocal contributors"]
    assert {"name": "shaft_shape", "type": "string"} in record["parameters"]

    thief = new_log(tmp_path / "thief", "thief.example")
    taken = {**knob.files, "datapackage.json": knob.files["datapackage.json"].replace(b"CC-BY-4.0", b"CC0-1.0")}
    known = list(known_records(log, []))
    with pytest.raises(LicenceForbids, match="published this very design"):
        publish_design(thief, of_files(taken), month=MONTH, known=known)
    lineage = [{"hash": package_hash, "relation": "remix"}]
    with pytest.raises(LicenceForbids, match="asks to name"):
        publish_design(thief, of_files(taken), month=MONTH, known=known, derived_from=lineage)
    freed = replace(
        known[0], root_vkey="thief+key", record={**known[0].record, "month": "2026-12", "licence": "CC0-1.0"}
    )
    with pytest.raises(LicenceForbids, match="asks to name"):
        publish_design(thief, of_files(taken), month=MONTH, known=[*known, freed], derived_from=lineage)
    publish_design(thief, of_files(taken), month="2026-12")  # who looks at nobody's log can; readers see who was first
    everything = [*known, *known_records(thief, [])]
    assert {entry.root_vkey for entry in first_claims(everything).values()} == {log.root_vkey}


def test_a_changed_package_is_passed_over(log, tmp_path):
    _, package_hash = publish_design(log, open_package(KNOB), month=MONTH)
    wrong = tmp_path / "mirror" / path_of(package_hash)
    wrong.parent.mkdir(parents=True)
    wrong.write_bytes(b"PK other")
    bad = DirectoryReader(tmp_path / "mirror")
    assert fetch_package(package_hash, [bad, DirectoryReader(log.public)]).manifest
    with pytest.raises(NotVerified, match="not what was announced"):
        fetch_package(package_hash, [bad])


def test_the_commands(log, tmp_path):
    def run(*words):
        result = CliRunner().invoke(commons, [*words, "--json"], catch_exceptions=False)
        return json.loads(result.stdout)

    (tmp_path / "okh.toml").write_bytes(TOML)
    told = run("import", str(tmp_path / "okh.toml"))
    assert told["licences"] == {"hardware": "CERN-OHL-S-2.0"}
    assert [entry["field"] for entry in told["deviations"]] == ["colour-of-the-box"]
    assert run("convert", str(tmp_path / "okh.toml"), "--to", "okh1", "-o", str(tmp_path / "okh.yml"))["bytes"] > 0
    assert read_manifest((tmp_path / "okh.yml").read_bytes(), "okh.yml").title == "Clamp"
    shop = ("--log", str(log.directory))
    published = run("publish-design", str(KNOB), *shop)
    out = tmp_path / "out"
    fetched = run("fetch-design", published["package"], "-o", str(out), *shop)
    assert "You may print and sell it" in fetched["use"]
    assert (out / "okh.toml").exists()


def test_a_link_in_a_directory_is_refused(tmp_path):
    (tmp_path / "okh.toml").write_bytes(TOML)
    (tmp_path / "secret").symlink_to("/etc/passwd")
    with pytest.raises(PackageRefused):
        open_package(tmp_path)


def test_knowing_who_was_first_does_not_depend_on_the_order():
    def claim(shop, month):
        record = {"kind": "design", "refs": ["c"], "month": month, "package": shop}
        return Known(shop, shop, 1, 0, record)

    claims = [claim("b", "2026-11"), claim("a", "2026-12"), claim("c", "2026-11")]
    assert first_claims(claims)["c"].shop == first_claims(reversed(claims))["c"].shop == "b"


def told(data, name="okh.yml"):
    manifest = read_manifest(data if isinstance(data, bytes) else data.encode(), name)
    return manifest, [str(deviation) for deviation in manifest.deviations]


LOSH = (
    'okhv = "OKH-LOSHv1.0"\nname = "Loom"\nrepo = "r"\nversion = "1"\nlicense = "MIT"\nlicensor = "A"\nfunction = "f"\n'
)


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        ("title: [Box, Kiste]", "okh.yml", "title is a list, not one text: the first is read"),
        ("title: {de: Kiste, en: Box}", "okh.yml", "title is a table, not a text: its en is read"),
        ("title: Box\nimage: {path: a.png}", "okh.yml", "image is a table, not a text: its path is read"),
        ("title: Box\ndescription: true", "okh.yml", "description is true or false, not a text: left unread"),
        ("title: Box\nkeywords: {a: b}", "okh.yml", "keywords is not a list: left unread"),
        ("title: Box\ndate-created: 2020-13-45", "okh.yml", "date-created is '2020-13-45', not a date such as"),
        ("name: Box\n", "okh.yml", "name is not how the standard writes it: read as title"),
        ("title: Box\nlicense: [MIT, CC0-1.0]", "okh.yml", "license is a list, not one licence: read as all of them"),
        ("title: Box\nlicense: {hardware: CC-BY-SA 4.0}", "okh.yml", "did it mean CC-BY-SA-4.0? nothing is assumed"),
        ("title: Box\nlicense: {hardware: 3}", "okh.yml", "is '3', not an SPDX identifier: kept; nothing is assumed"),
        ("x: &a [1]\ntitle: Box\ny: *a", "okh.yml", "the file uses YAML aliases (*name): each written out"),
        ("- item\ntitle: Box\nbroken: [", "okh.yml", "the file begins with '- item', which is no field: left out"),
        (LOSH, "okh-loom.yml", "the file is TOML, though its name says YAML: read as TOML"),
        ("name: Box\nversion: 1\n", "okh.toml", "the file is YAML, though its name says TOML: read as YAML"),
        (LOSH + "tsdc = 3DP\n", "okh.toml", "tsdc is broken TOML (line 8): kept as a text"),
        (LOSH + 'name = "Other"\n', "okh.toml", "name stands twice (line 8): the first is taken"),
        (LOSH + "mass = '2 kg'\n", "okh.toml", "mass is not a number of grams: left unread"),
        (LOSH + "[[outer-dimensions]]\nopenSCAD = 'cube(size = [4,3,2]'\n", "okh.toml", "read as 4 x 3 x 2 mm"),
        (LOSH + "[outer-dimensions]\nwidht = 1\ndepth = 2\nheight = 3\n", "okh.toml", "left unread"),
        (LOSH.replace('"1"', "2021-05-04"), "okh.toml", "version is not a text: read as 2021-05-04"),
        (LOSH.replace("name", "title"), "okh.toml", "title is not how the standard writes it: read as name"),
        (LOSH.replace('"MIT"', '{hardware = "MIT"}'), "okh.toml", "license is a table, not one expression"),
        ('{"okhv": "1", "name": "A", "name": "B"}', "a.json", "name stands twice: the first is taken"),
        ('{"okhv": "1", "name": "A", "x": NaN}', "a.json", "holds NaN, which is no number of JSON: kept as a text"),
        ('{"title": "A", "licenses": "MIT"}', "datapackage.json", "licenses is not a list: read as a list of one"),
        ("title: Müßig".encode("utf-16"), "okh.yml", "the file is not UTF-8: read as UTF-16"),
    ],
)  # fmt: skip
def test_what_people_write_instead_of_the_standard_is_read_and_told(data, name, said):
    manifest, words = told(data, name)
    assert manifest.title
    assert any(said in word for word in words), words


def test_lists_and_tables_are_read_as_told():
    assert told("title: Box\nlicense: [MIT, CC0-1.0]")[0].licences == {"hardware": "MIT AND CC0-1.0"}
    parts = told("title: Box\nlicense: [{hardware: MIT}, {documentation: CC0-1.0}]")[0].licences
    assert parts == {"hardware": "MIT", "documentation": "CC0-1.0"}
    package = told('{"title": "A", "licenses": "MIT", "resources": {"path": ["a.stl", "b.stl"]}}', "datapackage.json")[
        0
    ]
    assert (package.licences, package.files) == ({"hardware": "MIT"}, ("a.stl", "b.stl"))
    author = told("manifest-author: &me {name: Ada}\nlicensor: *me\ncontributors: [{<<: *me, role: draws}]\ntitle: A")[
        0
    ]
    assert author.authors == ("Ada",)
    assert author.raw["contributors"] == [{"name": "Ada", "role": "draws"}]
    assert b"*id" not in write_manifest(author, "okh1")


def test_no_field_is_lost_where_another_is_broken():
    manifest, _ = told("título: Caja\ntitle: Box\n1: one\ntrue: day\nimage: [broken\n")
    expected = {"título": "Caja", "title": "Box", "1": "one", "true": "day", "image": "[broken"}
    assert list(manifest.raw.items()) == list(expected.items())


@pytest.mark.parametrize("through", ["okh1", "datapackage"])
def test_dates_numbers_and_nothing_come_back_through_forms_without_them(through):
    rich = LOSH + "mass = 12\nlong = 1e99\nday = 2021-05-04\nat = 2021-05-04T10:00:00Z\nhour = 10:30:00\ntop = inf\n"
    first = read_manifest(rich.encode(), "okh.toml")
    other = read_manifest(write_manifest(first, through), NAMES[through])
    assert read_manifest(write_manifest(other, "okh2"), "okh.toml").raw == first.raw
    empty = read_manifest(b"title: Box\nbom:\nmade: true", "okh.yml")
    other = read_manifest(write_manifest(empty, "okh2"), "okh.toml")
    assert read_manifest(write_manifest(other, "okh1"), "okh.yml").raw == empty.raw


def test_what_looks_carried_and_is_not_stays_as_it_is():
    hostile = b'title: A\nglocal: {okh2: {name: A, x: {"@whole": "12a"}, y: {"@date": [1]}, z: {"@nothing": ""}}}'
    manifest = read_manifest(hostile, "okh.yml")
    assert convert(manifest, "okh2") == {"name": "A", "x": {"@whole": "12a"}, "y": {"@date": ["1"]}, "z": None}
    assert b"z" not in write_manifest(manifest, "okh2")
