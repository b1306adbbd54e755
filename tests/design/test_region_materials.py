import pytest

from glocal.design.errors import PackageInvalid
from glocal.design.region_materials import judge_materials
from glocal.production.materials import get_material
from tests.design.regions import ASA, MATERIALS, PETG, PLA, pot, region

SUNNY = {"materials": ["PLA", "PETG", "ASA"], "climate": {"above_air_c": 20}}


def verdicts(template, where, materials=MATERIALS):
    return {verdict.material_id: verdict for verdict in judge_materials(template, where, materials)}


def test_in_a_hot_summer_pla_is_not_offered_and_both_temperatures_are_named():
    found = verdicts(pot(print_notes=SUNNY), region("MA", summer_c=40))  # 40 + 20 = 60
    assert [v.offered for v in found.values()] == [False, True, True]
    assert (found["pla"].softens_c, found["pla"].needs_c, found["pla"].code) == (55, 60, "softens")
    assert "PLA softens at 55 °C" in found["pla"].reason
    assert "at 60 °C: a summer day here has 40 °C" in found["pla"].reason


def test_where_summers_are_cool_pla_is_offered():
    assert verdicts(pot(print_notes=SUNNY), region("IS", summer_c=20))["pla"].offered is True
    assert verdicts(pot(print_notes=SUNNY), region("IS", summer_c=35))["pla"].offered is True  # just at 55


def test_a_climate_that_nobody_named_leaves_the_answer_open():
    found = verdicts(pot(print_notes=SUNNY), region("MA"))
    assert {v.offered for v in found.values()} == {None}
    assert "nobody has said how hot summers are in Morocco" in found["pla"].reason


def test_the_heat_of_the_use_counts_without_a_climate():
    stove = {"materials": ["PLA", "ASA"], "hold_at_c": 80}
    found = verdicts(pot(print_notes=stove), region("FR"))
    assert (found["pla"].offered, found["asa"].offered) == (False, True)
    both = verdicts(pot(print_notes=stove | {"climate": {"above_air_c": 10}}), region("FR"))
    assert (both["pla"].offered, both["pla"].code) == (False, "softens")  # 80 is too much already
    assert both["asa"].offered is None


def test_fahrenheit_where_people_read_it():
    assert "131 °F (55 °C)" in verdicts(pot(print_notes=SUNNY), region("US", summer_c=40))["pla"].reason


def test_every_other_reason_is_named():
    found = verdicts(pot(), region("FR", materials=("PLA",)), (PLA, PETG, ASA))
    assert list(found) == ["petg", "pla", "asa"]  # the design's favourite first
    assert [found[m].code for m in found] == ["not_at_hand", "offered", "not_for_this_design"]
    assert verdicts(pot(), region("FR"), (PLA,))["petg"].code == "not_at_hand"
    assert verdicts(pot(print_notes={}), region("FR"))["asa"].offered is True


def test_the_materials_of_production_are_material_facts():
    assert verdicts(pot(print_notes=SUNNY), region("MA", summer_c=45), (get_material("pla"),))["pla"].offered is False


@pytest.mark.parametrize("notes", [{"hold_at_c": "hot"}, {"climate": "warm"}, {"climate": {"above_air_c": True}}])
def test_heat_that_is_no_number_is_refused(notes):
    with pytest.raises(PackageInvalid):
        judge_materials(pot(print_notes=notes), region("FR", summer_c=30), MATERIALS)
