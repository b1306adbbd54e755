"""How numbers read in the English of a finding."""

from __future__ import annotations

import pytest

from glocal.design.counted import counted, in_mm, percent, share


@pytest.mark.parametrize(
    ("part", "words", "figure"),
    [(0.0, "0%", 0), (0.0004, "under 1%", 0.04), (0.0049, "under 1%", 0.5), (0.14, "14%", 14)],
)
def test_what_is_there_is_never_nothing(part: float, words: str, figure: float) -> None:
    assert (share(part), percent(part)) == (words, figure)


def test_one_reads_as_one() -> None:
    assert counted(1, "region", "regions") == "1 region"
    assert counted(3, "region", "regions") == "3 regions"


def test_a_knife_edge_has_a_thickness() -> None:
    assert (in_mm(0.004), in_mm(0.314)) == ("under 0.01 mm", "about 0.31 mm")
