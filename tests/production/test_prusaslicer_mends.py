"""What vendors' profiles lack is added, and nothing else is changed."""

import re

import pytest

from glocal.production.prusaslicer_mends import mended
from glocal.production.prusaslicer_profiles import find_machines, get_machine, print_settings, printer_settings

WHOLE = {
    "first_layer_height": "0.2",
    "layer_height": "0.2",
    "start_gcode": r"G90\nG28\nG1 Z5",
    "end_gcode": r"M104 S0 ; off\n{if layer_z < 9}G1 Z9{endif}\n M140 S0",
    "layer_gcode": r";[layer_z]\nG92 E0",
    "use_relative_e_distances": "1",
}


def test_settings_that_lack_nothing_come_back_as_they_are():
    assert mended(WHOLE) == WHOLE


@pytest.mark.parametrize(
    ("lacks", "gets"),
    [
        ({"first_layer_height": "150%"}, {"first_layer_height": "0.3"}),
        ({"first_layer_height": "100%", "layer_height": "0.28"}, {"first_layer_height": "0.28"}),
        ({"start_gcode": r"G28\nG1 Z5\nG90"}, {"start_gcode": r"G90\nG28\nG1 Z5\nG90"}),
        ({"start_gcode": r"; G90\nG28\nG3 X5"}, {"start_gcode": r"G90\n; G90\nG28\nG3 X5"}),
        ({"start_gcode": "START_PRINT"}, {}),
        ({"layer_gcode": "", "before_layer_gcode": r"G92 E0.0\n"}, {}),
        ({"layer_gcode": ";[layer_z]"}, {"layer_gcode": r";[layer_z]\nG92 E0"}),
        ({"layer_gcode": "", "use_relative_e_distances": "0"}, {}),
        ({"end_gcode": r"M104 T0 S0\nM84\n"}, {"end_gcode": r"M104 T0 S0\nM84\nM140 S0"}),
        ({"end_gcode": ""}, {"end_gcode": r"\nM104 S0\nM140 S0"}),
        ({"end_gcode": "print_end ; own"}, {}),
    ],
)
def test_what_is_lacking_is_added(lacks, gets):
    assert mended(WHOLE | lacks) == WHOLE | lacks | gets


def test_a_profile_that_says_nothing_gets_the_slicer_s_own_start_and_end():
    bare = {key: value for key, value in WHOLE.items() if key not in ("start_gcode", "end_gcode")}
    assert mended(bare)["start_gcode"].startswith(r"G90\nG28")
    assert mended(bare)["end_gcode"].endswith("M140 S0")


def test_only_profiles_that_lack_something_are_touched():
    """The reference machine and those of the calibrations are sliced as their vendors say."""
    for name in ("reference", "prusa-mini", "voron-v0-0-4-nozzle", "ender-3"):
        found = [machine.id for machine in find_machines() if machine.id.startswith(name)]
        for machine in map(get_machine, found):
            settings = printer_settings(machine) | print_settings(machine)
            assert mended(settings) == settings, machine.id


def test_no_machine_of_the_installed_slicer_is_left_with_a_first_layer_in_percent():
    for machine in find_machines():
        height = mended(printer_settings(machine) | print_settings(machine)).get("first_layer_height", "0.2")
        assert re.fullmatch(r"\d*\.?\d+", height), machine.id
        assert float(height) <= machine.nozzle_mm, machine.id
