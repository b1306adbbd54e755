import pytest

from glocal.production.gcode import read_gcode_bytes
from glocal.production.gcode_safety import check_gcode
from tests.production import parts

GOOD = """M104 S215
M140 S60
G90
M83
;TYPE:Perimeter
G1 X10 Y10 Z0.2 F3000
G1 X90 Y70 E1
M104 S0
M140 S0
; gcode_flavor = marlin
"""


def codes(text, machine=None, material=None):
    summary = read_gcode_bytes(text.encode())
    return [finding.code for finding in check_gcode(summary, machine or parts.machine(), material or parts.material())]


def test_a_good_file_has_no_findings():
    assert codes(GOOD) == []


@pytest.mark.parametrize(
    ("good", "bad", "code"),
    [
        ("X90", "X190", "outside_bed"),
        ("Y10", "Y-10", "outside_bed"),
        ("Z0.2", "Z61", "too_tall"),
        ("Z0.2", "Z-0.5", "below_bed"),
        ("S215", "S290", "nozzle_too_hot_for_material"),
        ("S60", "S110", "bed_too_hot_for_material"),
        ("M104 S215\n", "", "cold_extrusion"),
        ("M104 S0\n", "", "heater_left_on"),
        ("M140 S0\n", "", "heater_left_on"),
        ("G90\n", "", "no_g90"),
        ("G90\n", "G91\n", "no_g90"),
        ("G90\n", "G90\nG20\n", "inches"),
        ("= marlin", "= mach3", "unknown_flavor"),
        ("= marlin", "= klipper", "other_flavor"),
        (" E1", "", "nothing_printed"),
        ("M83\n", "M83\nM0\n", "pauses"),
    ],
)
def test_each_danger_is_found(good, bad, code):
    assert code in codes(GOOD.replace(good, bad, 1))


def test_a_machine_s_own_limits_count():
    machine = parts.machine(max_nozzle_c=210.0, max_bed_c=50.0)
    assert codes(GOOD, machine) == ["nozzle_too_hot_for_machine", "bed_too_hot_for_machine"]


def test_blocking_findings_come_first():
    text = GOOD.replace("M83\n", "M83\nM0\n").replace("X90", "X190")
    assert codes(text) == ["outside_bed", "pauses"]


OWN = GOOD.replace("M104 S215\nM140 S60\n", "M104 S0\nPRINT_START EXTRUDER=215\n").replace(
    "M104 S0\nM140 S0\n;", "print_end ; the printer's own\n;"
)


def test_what_a_printer_s_own_commands_do_to_its_heaters_is_not_known():
    assert codes(OWN) == []
    hot = OWN.replace("PRINT_START", "M104 S215\nPRINT_START")
    summary = read_gcode_bytes(hot.encode())
    assert summary.own_last == "print_end"
    (finding,) = check_gcode(summary, parts.machine(), parts.material())
    assert (finding.code, finding.severity) == ("own_end", "warning")
    assert "“print_end”" in finding.message


def test_an_own_command_vouches_only_for_what_comes_after_it():
    assert codes(OWN.replace("PRINT_START", "PRINT_START\nM104 S0\nG4")) == ["cold_extrusion"]
    assert codes(GOOD.replace("M83\n", "M83\nTIMELAPSE_START\n").replace("M104 S0\n", "")) == ["heater_left_on"]


def test_a_little_filament_that_a_warm_nozzle_gives_after_the_print_is_not_cold():
    assert codes(GOOD.replace("M104 S0\n", "M104 S0\n;TYPE:Custom\nG1 Z10 E0.5\n")) == []
    assert codes(GOOD.replace("M104 S0\n", "M104 S0\nG1 X50 E0.5\n")) == ["cold_extrusion"]
