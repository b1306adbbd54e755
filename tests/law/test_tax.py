"""How tax is shown beside a price."""

from __future__ import annotations

import pytest

from glocal.law.tax import tax_shown


@pytest.mark.parametrize(
    ("region", "rate", "included", "answer"),
    [
        ("FR", 0.2, True, ("included", "vat", ())),
        ("FR", 0.2, False, ("added", "vat", ("must_be_included",))),
        ("FR", 0.19, True, ("included", "vat", ("not_the_standard_rate",))),
        ("FI", 0.255, True, ("included", "vat", ())),
        ("DE", 0.0, True, ("none", "vat", ("small_enterprise_only",))),
        ("NG", 0.075, True, ("included", "vat", ())),
        ("US-CA", 0.0725, True, ("added", "sales_tax", ())),
        ("AU", 0.1, True, ("included", "gst", ())),
        ("SN", 0.18, True, ("included", "vat", ())),  # no rate is known here: the owner's is taken as it is
    ],
)
def test_tax(region: str, rate: float, included: bool, answer: tuple[str, str, tuple[str, ...]]) -> None:
    shown = tax_shown(region, rate, included=included)
    assert (shown.code, shown.name, shown.doubts) == answer
    assert shown.percent == pytest.approx(rate * 100)


def test_a_rate_in_per_cent_is_noticed() -> None:
    with pytest.raises(ValueError, match="expected 0 to 1"):
        tax_shown("FR", 20, included=True)
