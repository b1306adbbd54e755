import json
from decimal import Decimal

import pytest

from glocal.design.adapt import adapt
from glocal.design.parameters import bind
from glocal.design.region_edits import edits_as_json, edits_from_json
from glocal.design.region_errors import EditRefused
from tests.design.regions import MATERIALS, pot, region

US = region("US", languages=("en",))


def test_a_french_variant_keeps_the_shape_and_names_its_template():
    template = pot()
    variant = adapt(template, region("FR"), MATERIALS)
    assert variant.template_hash == template.hash != variant.hash
    assert (variant.language, variant.direction, variant.offered_materials) == ("fr", "ltr", ("petg", "pla"))
    assert variant.values["diameter"] == 90
    assert variant.lengths["diameter"].default == 90
    assert variant.standards == {"wall_screw": "M4"}
    # 17.3 mm is ISO size 54, whose inner diameter is 54 / π; nothing else differs
    assert variant.values["finger"] == pytest.approx(17.18873)
    assert variant.sizes["finger"].label == "54"
    assert variant.words() == (
        "parameter › finger › default: 17.3 → 17.1887 (ISO ring size 54 (ISO 8653:2016))",
    )  # fmt: skip


def test_an_american_variant_is_in_inches():
    variant = adapt(pot(), US, MATERIALS)
    assert variant.values["diameter"] == 88.9  # 3 1/2 in, the nearest eighth to 90 mm
    assert variant.values["wall"] == 2  # a wall keeps its millimetres
    assert variant.values["screw"] == 4.166
    assert variant.standards == {"wall_screw": "UNC 8-32"}
    shown = variant.lengths["diameter"]
    assert (shown.default, shown.low, shown.high) == (Decimal("3.5"), Decimal("2.363"), Decimal("7.874"))
    assert variant.lengths["wall"].low == Decimal("0.063")  # 1.6 mm, inwards
    assert variant.sizes["finger"].label == "7"
    assert "UNC 8-32 is the wall_screw in United States (ASME B1.1)" in "\n".join(variant.words())


def test_a_round_length_that_the_design_forbids_is_left_out():
    source = "diameter = 60; // [59.5:1:60]\n"  # 2 3/8 in is 60.325 mm: more than 60
    assert adapt(pot(source, notes=pot().notes, constraints=(), presets={}, standards={}), US).values["diameter"] == 60


def test_the_variant_is_a_template_for_everybody_else():
    variant = adapt(pot(), US)
    values = bind(variant.design, {"diameter": 100})
    assert values["screw"] == 4.166
    assert variant.design.hash == variant.hash


def test_a_shop_edits_texts_defaults_and_options():
    edits = {
        ("title", "yo"): "Ìkòkò",
        ("parameter", "diameter", "default"): 120,
        ("parameter", "diameter", "label", "yo"): "Ìwọ̀n",
        ("parameter", "pattern", "options"): ("waves", "smooth"),
        ("preset", "herbs", "label", "yo"): "Ewé",
        ("rule", "wall * 4 < diameter", "yo"): "Ó nípọn jù.",
    }
    lagos = region("NG-LA", languages=("yo", "en"))
    variant = adapt(pot(), lagos, MATERIALS, edits)
    assert variant.language == "yo"
    assert variant.values["diameter"] == 120
    assert [option.value for option in variant.design.parameter("pattern").options] == ["waves", "smooth"]
    assert variant.text(variant.design.notes["diameter"].labels).text == "Ìwọ̀n"
    assert "The preset herbs is left out: its pattern is not offered here." in variant.notes
    assert "parameter › diameter › default: 90 → 120 (the shop's choice)" in variant.words()
    assert "title › yo: “Ìkòkò” is new (the shop's choice)" in variant.words()
    assert adapt(pot(), lagos, MATERIALS, edits_from_json(json.loads(json.dumps(edits_as_json(edits))))) == variant


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("source",), "cube(1);"),
        (("parameter", "nothing", "default"), 1),
        (("parameter", "diameter", "default"), 500),  # out of range
        (("parameter", "diameter", "default"), float("nan")),
        (("parameter", "diameter", "default"), None),
        (("parameter", "diameter", "hard_max"), 900),
        (("parameter", "pattern", "options"), ("stripes",)),
        (("parameter", "pattern", "options"), ()),
        (("parameter", "pattern", "options"), ("smooth",)),  # the default would not be among them
        (("title", "EN!"), "Pot"),
        (("title", "en"), ""),
        (("preset", "none", "label", "en"), "x"),
        ((), "x"),
    ],
)
def test_an_edit_that_the_design_does_not_allow_is_refused_by_path(path, value):
    with pytest.raises(EditRefused) as refusal:
        adapt(pot(), US, (), {path: value})
    assert refusal.value.data["path"] == list(path)


def test_an_edit_that_breaks_a_rule_is_refused():
    thick = {("parameter", "wall", "default"): 5.0, ("parameter", "diameter", "default"): 60.0}
    template = pot(constraints=(pot().constraints[0].__class__("wall * 20 < diameter", {"en": "Too thick."}),))
    with pytest.raises(EditRefused, match="Too thick"):
        adapt(template, US, (), thick)


def test_what_could_not_be_decided_is_said():
    sunny = pot(print_notes={"materials": ["PLA"], "climate": {"above_air_c": 20}}, title={"ja": "鉢"})
    notes = "\n".join(adapt(sunny, region("MA", standards={"wall_screw": "Whitworth"}), MATERIALS).notes)
    assert "no texts in ar, fr" in notes
    assert "nobody has said how hot summers are in Morocco" in notes
    assert "wall_screw is Whitworth, for which this design is not made; it knows M4, UNC 8-32" in notes


def test_the_shop_decides_on_its_standard():
    variant = adapt(pot(), region("FR", standards={"wall_screw": "UNC 8-32"}))
    assert variant.values["screw"] == 4.166


def test_the_variant_is_json():
    shown = json.loads(json.dumps(adapt(pot(), US, MATERIALS, {("title", "es"): "Maceta"}).as_dict()))
    assert shown["lengths"]["diameter"] == {"unit": "in", "default": "3.5", "low": "2.363", "high": "7.874"}
    assert shown["edits"] == [{"path": ["title", "es"], "value": "Maceta"}]
