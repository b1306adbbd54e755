"""The map of those who have spoken: every dot inside, bigger where more was said, named in the reader's language."""

from __future__ import annotations

import pytest

from glocal.web.region_map import HEIGHT, WIDTH, region_map, region_name


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("FR", "en", "France"),
        ("MA", "ar", "المغرب"),
        ("FR-13", "en", "Bouches-du-Rhône, France"),
        ("ZZ-9", "en", "ZZ-9"),
    ],
)
def test_regions_have_names(code: str, language: str, name: str) -> None:
    assert region_name(code, language) == name


@pytest.mark.parametrize("codes", [("FR",), ("FR", "MA"), ("NZ", "CA", "NG"), ("FJ-XX",)])
def test_every_dot_lies_on_the_map(codes: tuple[str, ...]) -> None:
    drawn = region_map(dict.fromkeys(codes, 10.0), codes[0], "en")
    assert all(0 <= dot["x"] <= WIDTH and 0 <= dot["y"] <= HEIGHT for dot in drawn["dots"])
    assert [dot["here"] for dot in drawn["dots"]] == [True, False, False][: len(drawn["dots"])]


def test_who_said_four_times_as_much_has_a_dot_of_twice_the_radius() -> None:
    here, there = region_map({"FR": 400.0, "MA": 100.0}, "FR", "en")["dots"]
    assert here["r"] == 2 * there["r"]
    assert here["y"] < there["y"], "north is up"
