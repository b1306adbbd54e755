import json

import pytest

from glocal.design.adapt import adapt
from glocal.design.errors import PackageInvalid
from glocal.design.package import load_package
from tests.design.regions import region

SCREWS = {
    "title": {"en": "Wall screw"},
    "choices": [
        {"name": "M4", "values": {"d": 4}, "source": "ISO 262"},
        {"name": "UNC 8-32", "values": {"d": 4.166}, "regions": ["US"], "source": "ASME B1.1"},
        {"name": "M5", "values": {"d": 5}, "regions": ["US-AK"], "source": "ISO 262"},
    ],
}


@pytest.fixture
def load(tmp_path):
    def write(standards=None, parameter=None):
        glocal = {"source": "hook.scad", "title": {"en": "Hook"}, "standards": standards or {}}
        glocal["parameters"] = {"d": parameter or {"unit": "mm"}}
        manifest = {"name": "hook", "version": "1", "licenses": [{"name": "CC0-1.0"}], "description": "Hook"}
        manifest |= {"contributors": [], "resources": [{"path": "hook.scad"}], "glocal": glocal}
        (tmp_path / "datapackage.json").write_text(json.dumps(manifest))
        (tmp_path / "hook.scad").write_text("d = 4; // [2:0.1:20]\ncube(d);\n")
        return load_package(tmp_path)

    return write


@pytest.mark.parametrize(("code", "screw"), [("FR", "M4"), ("US", "UNC 8-32"), ("US-AK", "M5"), ("US-TX", "UNC 8-32")])
def test_a_manifest_declares_what_differs_by_region(load, code, screw):
    assert adapt(load({"screw": SCREWS}), region(code)).standards == {"screw": screw}


def test_without_a_choice_for_a_region_the_default_stays_and_that_is_said(load):
    variant = adapt(load({"screw": SCREWS | {"choices": SCREWS["choices"][1:]}}), region("FR", languages=("en",)))
    assert variant.values["d"] == 4
    assert variant.notes == ("This design does not say which screw fits in France; its default stays.",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"choices": []},
        {"choices": [SCREWS["choices"][0]] * 2},
        {"choices": [SCREWS["choices"][0], SCREWS["choices"][0] | {"name": "M6"}]},  # two for everywhere
        {"choices": [SCREWS["choices"][1], SCREWS["choices"][1] | {"name": "M6"}]},  # two for the US
        {"choices": [SCREWS["choices"][0] | {"regions": ["usa"]}]},
        {"choices": [SCREWS["choices"][0] | {"values": {"e": 4}}]},  # no such parameter
        {"choices": [{"name": "M4", "values": {"d": 4}}]},  # no source
        {"choices": [4]},
        "M4",
    ],
)
def test_a_wrong_declaration_is_refused(load, wrong):
    with pytest.raises(PackageInvalid):
        load({"screw": wrong if isinstance(wrong, str) else SCREWS | wrong})


def test_a_parameter_says_what_of_a_body_it_measures(load):
    assert load(parameter={"unit": "mm", "measures": "foot_length"}).notes["d"].measures == "foot_length"
    for wrong in ({"unit": "mm", "measures": "mood"}, {"measures": "foot_length"}, {"unit": "mm", "measures": [1]}):
        with pytest.raises(PackageInvalid):
            load(parameter=wrong)
