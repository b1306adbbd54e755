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
