import pytest

from glocal.design.region_errors import SizeOutOfRange, SizeSystemUnknown, SizeUnknown
from glocal.design.sizes import MEASURES, size_system, size_systems


@pytest.mark.parametrize(
    ("system", "mm", "label"),
    [
        ("iso_8653", 17.3, "54"),  # 17.3 * π = 54.35 mm around
        ("us_ring", 17.32, "7"),  # (0.458 + 7 * 0.032) * 25.4 = 17.3228
        ("us_ring", 17.12, "6 3/4"),
        ("bs_6820", 40 / 3.14159265, "C"),  # C is 40 mm around
        ("bs_6820", 17.3, "N 1/2"),  # 37.5 + 13.5 * 1.25 = 54.375 mm around
        ("mondopoint", 262, "260"),
        ("mondopoint", 262.5, "265"),  # as near to both: the larger
        ("jis_s_5037", 245, "24.5"),
        ("paris_point", 280, "42"),  # 42 * 20 / 3
        ("uk_adult", (25 + 8) / 3 * 25.4, "8"),
        ("uk_child", 101.6, "0"),  # four inches
        ("en_13402", 924, "92"),
    ],
)
def test_sizes_by_hand(system, mm, label):
    assert size_system(system).label_of(mm) == label


def test_a_label_gives_the_measure_and_how_far_it_reaches():
    span = size_system("mondopoint").span("265")
    assert (span.low_mm, span.mm, span.high_mm) == (262.5, 265, 267.5)
    assert size_system("us_ring").span("0").mm == pytest.approx(11.6332)
    assert size_system("bs_6820").span("n½") == size_system("bs_6820").span("N 1/2")


def test_the_same_finger_in_three_systems():
    mm = size_system("us_ring").span("7").mm
    assert size_system("iso_8653").label_of(mm) == "54"
    assert size_system("bs_6820").label_of(mm) == "N 1/2"


@pytest.mark.parametrize("mm", [12.8, 24.6, float("nan"), float("inf"), -17.0])
def test_a_measure_outside_the_standard_has_no_size(mm):
    with pytest.raises(SizeOutOfRange) as refusal:
        size_system("iso_8653").label_of(mm)  # 40.5 / π = 12.89 to 76.5 / π = 24.35
    assert refusal.value.data["system"] == "iso_8653"


def test_unknown_sizes_and_systems_are_refused_by_name():
    with pytest.raises(SizeUnknown, match="no size “40”"):
        size_system("iso_8653").span("40")
    with pytest.raises(SizeSystemUnknown, match="us_shoe"):
        size_system("us_shoe")
    with pytest.raises(SizeSystemUnknown, match="length of a foot"):
        size_system("iso_8653", "foot_length")


def test_every_system_names_its_standard_and_measures_something_known():
    for system in size_systems():
        assert system.standard
        assert set(system.measures) <= set(MEASURES)
        assert len(set(system.labels)) == len(system.labels)
