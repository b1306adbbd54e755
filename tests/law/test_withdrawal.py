"""The right of withdrawal, case by case as the directive, the guidance and the court have them."""

from __future__ import annotations

import pytest

from glocal.law.model import Setting
from glocal.law.withdrawal import withdrawal

COLOUR = Setting("shape", "chosen", "round", "square")
SHAFT = Setting("shaft_mm", "measured", 6.2, 6.0)
NAME = Setting("name", "chosen", "Adé", "", own_words=True)
FONT = Setting("font", "derived", "Noto", "Sans")


@pytest.mark.parametrize(
    ("settings", "code", "own"),
    [
        ([], "right", ()),
        ([COLOUR], "right", ()),  # a choice among the trader's options is no specification (guidance 5.11.1)
        ([Setting("width_mm", "chosen", 120.0, 100.0)], "right", ()),
        ([SHAFT], "none_own", ("shaft_mm",)),  # a measurement is
        ([Setting("shaft_mm", "measured", 6.0, 6.0)], "right", ()),  # nobody measured: that is how it comes
        ([NAME], "none_own", ("name",)),  # clearly personalised
        ([Setting("name", "chosen", "  ", "", own_words=True)], "right", ()),
        ([FONT], "right", ()),  # set by the system
        ([COLOUR, SHAFT, NAME, FONT], "none_own", ("shaft_mm", "name")),
    ],
)
def test_the_customers_own_measure_or_words_end_the_right(
    settings: list[Setting], code: str, own: tuple[str, ...]
) -> None:
    found = withdrawal(settings, region="FR")
    assert (found.code, found.own, found.days) == (code, own, 14 if code == "right" else 0)


def test_what_lies_on_the_shelf_can_go_back() -> None:
    assert withdrawal([SHAFT], region="FR", for_stock=True).code == "right"


def test_a_combination_that_the_shop_itself_offers_can_go_back() -> None:
    assert withdrawal([SHAFT, COLOUR], region="FR", presets=[{"shaft_mm": 6.2, "shape": "round"}]).code == "right"
    assert withdrawal([SHAFT, COLOUR], region="FR", presets=[{"shaft_mm": 6.2}]).code == "none_own"


@pytest.mark.parametrize(
    ("region", "code"), [("NO", "right"), ("DE-BY", "right"), ("NG", "unknown_region"), ("GB", "unknown_region")]
)
def test_where_other_law_applies_nothing_is_said(region: str, code: str) -> None:
    assert withdrawal([], region=region).code == code
