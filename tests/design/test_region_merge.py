import pytest

from glocal.design.adapt import adapt
from glocal.design.region_edits import edited
from glocal.design.region_errors import EditRefused, MergeRefused
from glocal.design.region_merge import contribution, merge
from tests.design.regions import MATERIALS, SOURCE, pot, region

LAGOS = region("NG-LA", languages=("yo", "en"))


def test_an_improvement_of_the_template_flows_into_the_variant():
    variant = adapt(pot(), LAGOS, MATERIALS, {("title", "yo"): "Ìkòkò"})
    better = pot(SOURCE.replace("wall = 2;", "wall = 2.4;"), version="1.1.0")
    merged = merge(variant, better)
    assert merged.variant.values["wall"] == 2.4
    assert merged.variant.design.title["yo"] == "Ìkòkò"
    assert merged.variant.template_hash == better.hash
    assert merged.conflicts == ()
    assert ("parameter", "wall", "default") in {change.path for change in merged.improvements}


def test_both_changed_the_same_thing():
    variant = adapt(pot(), LAGOS, (), {("parameter", "diameter", "default"): 120.0})
    merged = merge(variant, pot(SOURCE.replace("diameter = 90", "diameter = 100"), version="2"))
    (conflict,) = merged.conflicts
    assert (conflict.kind, conflict.base, conflict.shop, conflict.template) == ("both_changed", 90, 120, 100)
    assert merged.variant.values["diameter"] == 120
    assert "the template went from 90.0 to 100.0" in conflict.words


def test_a_value_that_is_no_longer_allowed_is_named_and_left_out():
    variant = adapt(pot(), LAGOS, (), {("parameter", "diameter", "default"): 180.0, ("title", "yo"): "Ìkòkò"})
    merged = merge(variant, pot(SOURCE.replace("[60:1:200]", "[60:1:150]"), version="2"))
    assert [(c.path[1], c.kind) for c in merged.conflicts] == [("diameter", "not_allowed")]
    assert merged.variant.values["diameter"] == 90
    assert merged.variant.design.title["yo"] == "Ìkòkò"


def test_what_the_template_no_longer_has_is_named():
    variant = adapt(pot(), LAGOS, (), {("parameter", "name", "default"): "Adé"})
    merged = merge(variant, pot(SOURCE.replace('name = "Ada"; // 8\n', ""), version="2"))
    assert [(c.path, c.kind) for c in merged.conflicts] == [(("parameter", "name", "default"), "gone")]
    assert "no longer has it" in merged.conflicts[0].words


def test_texts_flow_back_and_are_then_no_edits_any_more():
    edits = {("title", "yo"): "Ìkòkò", ("title", "en"): "Planter", ("parameter", "wall", "default"): 3.0}
    variant = adapt(pot(), LAGOS, (), edits)
    given = contribution(variant)
    assert given == {("title", "yo"): "Ìkòkò"}  # a correction or a default is the shop's own
    merged = merge(variant, edited(pot(version="1.1.0"), given))
    assert merged.settled == (("title", "yo"),)
    assert set(merged.variant.edits) == set(edits) - set(merged.settled)
    assert merged.variant.design.title["yo"] == "Ìkòkò"


def test_another_design_is_refused():
    other = pot().__class__(**{name: getattr(pot(), name) for name in pot().__slots__} | {"id": "lamp"})
    with pytest.raises(MergeRefused, match="lamp"):
        merge(adapt(pot(), LAGOS), other)


def test_an_edit_is_refused_only_when_it_is_made():
    with pytest.raises(EditRefused):
        adapt(pot(), LAGOS, (), {("parameter", "diameter", "default"): 500.0})
