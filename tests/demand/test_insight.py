"""What may be said of how a region differs from the others."""

from __future__ import annotations

from glocal.demand.fit import fit
from tests.demand.builders import choice, choices


def test_nothing_differs_while_only_one_region_has_chosen() -> None:
    assert fit(choices("DE-BE", narrow=1, wide=30)).explain("DE-BE") == ()


def test_a_region_that_has_hardly_spoken_does_not_surely_want_less_of_what_is_rare() -> None:
    """Where regions stray far, most want less of an option than all together: one more choice adds little."""
    options, favourites = ("oak", "ash", "elm", "fir"), ("oak", "oak", "oak", "ash", "ash", "elm", "elm", "fir", "fir")
    told = [
        choice(option, f"R{r}", 7 * week, offered=options)
        for r, favourite in enumerate(favourites)
        for week, option in enumerate([favourite] * 8 + ["oak", "ash"])
    ]
    quiet = fit([*told, choice("oak", "quiet", offered=options)]).explain("quiet")
    assert all(insight.odds_differs < 0.8 for insight in quiet if insight.option in {"elm", "fir"})
    loud = fit([*told, *(choice("fir", "loud", 7 * week, offered=options) for week in range(12))]).explain("loud")
    assert next(insight for insight in loud if insight.option == "fir").odds_differs > 0.95


def test_the_mean_of_a_very_skewed_share_may_lie_outside_its_quantiles() -> None:
    options = ("narrow", "wide")
    events = [event for r in range(20) for event in choices(f"R{r}", narrow=0 if r else 40, wide=40 if r else 0)]
    found = fit(events).explain("R5")
    assert {insight.option for insight in found} == set(options)
    assert all(insight.share.low <= insight.share.value <= insight.share.high for insight in found)
