import pytest

from glocal.design.libraries import LIBRARY_PATH_VARIABLE, library_files, library_roots
from glocal.design.package import template_from_scad


@pytest.fixture
def root(tmp_path):
    library = tmp_path / "libraries" / "Gears"
    (library / "inner").mkdir(parents=True)
    (library / "gears.scad").write_text("include <inner/teeth.scad>\nuse <Gears/extra.scad>\n")
    (library / "inner" / "teeth.scad").write_text("include <../../../secret.scad>\n")
    (library / "extra.scad").write_text("")
    (library / "unused.scad").write_text("")
    (tmp_path / "secret.scad").write_text("")
    return tmp_path / "libraries"


def test_a_library_comes_with_the_files_that_it_names_itself(root):
    found = library_files("use <Gears/gears.scad>\n", {}, (root,))
    assert list(found) == ["Gears/extra.scad", "Gears/gears.scad", "Gears/inner/teeth.scad"]


def test_what_the_design_brings_along_goes_first(root):
    assert library_files("use <Gears/gears.scad>\n", {"Gears/gears.scad": b""}, (root,)) == {}


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../secret.scad", "Gears/../../secret.scad", "Gears/notes.txt", "none.scad"]
)
def test_nothing_else_is_read(root, name):
    assert library_files(f"include <{name}>\n", {}, (root,)) == {}


def test_a_shop_chooses_its_libraries(root, monkeypatch, tmp_path):
    monkeypatch.setenv(LIBRARY_PATH_VARIABLE, str(root))
    assert library_roots()[0] == root
    (tmp_path / "x.scad").write_text("use <Gears/extra.scad>\n")
    first = template_from_scad(tmp_path / "x.scad")
    (root / "Gears" / "extra.scad").write_text("// changed\n")
    assert template_from_scad(tmp_path / "x.scad").hash != first.hash


def test_bosl2_is_carried_along():
    assert "BOSL2/std.scad" in library_files("include <BOSL2/std.scad>\n", {})
