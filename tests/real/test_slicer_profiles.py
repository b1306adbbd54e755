"""The profiles of the PrusaSlicer that is installed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glocal.design.model import Finding
from glocal.production.errors import (
    BadPrintNotes,
    MaterialNotForMachine,
    ProfilesMissing,
    UnknownMachine,
    UnknownMaterial,
)
from glocal.production.materials import get_material, list_materials
from glocal.production.prusaslicer_profiles import (
    bundles,
    find_machines,
    flat_settings,
    get_machine,
    processes,
    profile_directory,
    with_process,
)
from glocal.production.recipes import default_recipe, recipe_for

pytestmark = pytest.mark.real


def test_every_preset_of_every_vendor_resolves():
    count = 0
    for bundle in bundles():
        for kind in ("printer", "print", "filament"):
            for name in bundle.names(kind):
                assert bundle.resolve(kind, name)
                count += 1
    assert count > 1000


def test_the_reference_is_the_mk3s_with_quality_layers():
    machine = get_machine("reference")
    assert machine.printer_preset == "Original Prusa i3 MK3S & MK3S+"
    assert (machine.bed_x_mm, machine.bed_y_mm, machine.height_mm, machine.nozzle_mm) == (250, 210, 210, 0.4)
    recipe = default_recipe(machine)
    assert (recipe.layer_height_mm, recipe.infill_percent, recipe.supports) == (0.2, 15, False)
    assert "PrusaResearch.ini" in machine.source


@pytest.mark.parametrize("text", ["ender 3", "Ender-3", "ENDER3", "creality ender 3"])
def test_a_machine_is_found_however_its_name_is_written(text):
    best = find_machines(text)[0]
    assert best.model == "Creality Ender-3"
    assert best.nozzle_mm == 0.4


def test_a_model_that_the_slicer_does_not_know_leads_to_its_manufacturer():
    assert {machine.vendor for machine in find_machines("Voron 9.9")} == {"Voron"}


def test_ids_are_unique_and_lead_back():
    machines = find_machines()
    assert len(machines) > 300
    assert len({machine.id for machine in machines}) == len(machines)
    for machine in machines[::40]:
        assert get_machine(machine.id) == machine
    assert find_machines("no such machine at all") == []


def test_every_machine_has_a_process_and_prints_pla_or_says_so():
    without = []
    for machine in find_machines():
        recipe = default_recipe(machine)
        assert 0.02 < recipe.layer_height_mm < 2
        try:
            settings = flat_settings(machine, get_material("pla", machine=machine), recipe)
        except MaterialNotForMachine:
            without.append(machine.name)
            continue
        assert settings["filament_type"] == "PLA"
        assert "inherits" not in settings
    assert len(without) < 10


def test_an_unknown_machine_gets_close_ones_named():
    with pytest.raises(UnknownMachine) as refusal:
        get_machine("ender-3")
    assert "creality-ender-3" in refusal.value.help


def test_a_machine_s_other_processes_can_be_chosen():
    machine = get_machine("reference")
    assert "0.30mm DRAFT @MK3" in processes(machine)
    draft = with_process(machine, "0.30mm DRAFT @MK3")
    assert default_recipe(draft).layer_height_mm == 0.3
    with pytest.raises(UnknownMachine, match="no process"):
        with_process(machine, "0.20mm NORMAL @CREALITY")


def test_materials_take_their_numbers_from_the_slicer_and_say_so():
    petg = get_material("PETG")
    assert (petg.density_g_cm3, petg.nozzle_c) == (1.27, 240)
    assert "Generic PETG" in petg.source
    assert "heat deflection" in petg.source
    assert {material.id for material in list_materials()} == {"pla", "petg", "asa", "abs", "tpu", "pc"}
    with pytest.raises(UnknownMaterial, match="unobtainium"):
        get_material("unobtainium")


def test_a_material_that_the_slicer_cannot_print_on_a_machine_is_refused_with_what_it_can():
    material = replace(get_material("pla"), id="peek", name="PEEK", type="PEEK")
    machine = get_machine("reference")
    with pytest.raises(MaterialNotForMachine) as refusal:
        flat_settings(machine, material, default_recipe(machine))
    assert "PETG" in refusal.value.help


def test_recipe_and_material_win_over_presets():
    machine = get_machine("reference")
    recipe = replace(
        default_recipe(machine), infill_percent=100, supports=True, brim_mm=4, settings={"perimeters": "5"}
    )
    material = replace(get_material("pla"), density_g_cm3=1.3, settings={"temperature": "200"})
    settings = flat_settings(machine, material, recipe)
    assert settings["fill_density"] == "100%"
    assert settings["fill_pattern"] == "rectilinear"
    assert (settings["support_material"], settings["brim_width"], settings["perimeters"]) == ("1", "4", "5")
    assert (settings["temperature"], settings["filament_density"]) == ("200", "1.3")
    assert settings["print_settings_id"] == "0.20mm QUALITY @MK3"


def test_findings_and_notes_become_a_recipe_with_a_name_of_its_own():
    machine = get_machine("reference")
    findings = [Finding("needs_support", "warning", "", ""), Finding("tips_over", "warning", "", "")]
    recipe = recipe_for(machine, findings, {"infill_percent": 40, "perimeters": 3, "materials": ["PETG"]})
    assert (recipe.supports, recipe.brim_mm, recipe.infill_percent) == (True, 5, 40)
    assert recipe.settings == {"perimeters": "3"}
    assert recipe.id == "0-20mm-quality-mk3+supports+brim5+infill40+perimeters3"
    assert recipe_for(machine).id == default_recipe(machine).id
    assert recipe_for(machine, findings, {"supports": False}).supports is False


@pytest.mark.parametrize(
    "notes", [{"infill_percent": 120}, {"infill_percent": "much"}, {"supports": 1}, {"perimeters": 0}]
)
def test_notes_that_make_no_sense_are_refused(notes):
    with pytest.raises(BadPrintNotes, match=next(iter(notes))):
        recipe_for(get_machine("reference"), (), notes)


def test_missing_profiles_are_named(monkeypatch, tmp_path):
    monkeypatch.setenv("GLOCAL_SLICER_PROFILES", str(tmp_path))
    with pytest.raises(ProfilesMissing, match="not found"):
        profile_directory()
