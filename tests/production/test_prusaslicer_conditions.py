import pytest

from glocal.production.prusaslicer_conditions import ConditionError, holds

PRINTER = {
    "nozzle_diameter": "0.4",
    "printer_model": "MK3S",
    "printer_notes": r"Keep this.\nPRINTER_VENDOR_PRUSA3D\nPRINTER_MODEL_MK3\n",
    "single_extruder_multi_material": "0",
    "quoted": '"a b"',
}


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("", True),
        ("nozzle_diameter[0]==0.4", True),
        ("nozzle_diameter[0]!=0.8 and nozzle_diameter[0] > 0.25", True),
        ("nozzle_diameter[0]>=0.6", False),
        ('printer_model=="MK3S"', True),
        ('printer_model!="MK3S" or num_extruders==1', True),
        ("printer_notes=~/.*PRINTER_MODEL_MK(2.5|3).*/", True),
        ("printer_notes=~/PRINTER_MODEL_MK3/", False),  # the whole text has to match
        ("printer_notes!~/.*MINI.*/", True),
        ("! (printer_notes=~/.*PRUSA3D.*/ and single_extruder_multi_material)", True),
        ("not single_extruder_multi_material && num_extruders<2", True),
        ("unheard_of", False),
        ('quoted=="a b"', True),
    ],
)
def test_conditions_mean_what_the_slicer_means(condition, answer):
    assert holds(condition, PRINTER) is answer


@pytest.mark.parametrize("condition", ["nozzle_diameter[0]==", "(a==1", "a $ b", "a==1 b"])
def test_what_is_outside_the_language_is_refused(condition):
    with pytest.raises(ConditionError):
        holds(condition, PRINTER)
