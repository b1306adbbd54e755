from __future__ import annotations

import json
from dataclasses import replace
from math import cos, pi, sin
from pathlib import Path

import pytest
from click.testing import CliRunner

from glocal.cli.planning import nest as command
from glocal.network.errors import DoesNotNest, NestingInputBroken
from glocal.network.nest import Bed, Outline, Sequential, check_nest, nest
from glocal.network.nest_files import read_nesting


def box(x: float, y: float, id: str = "box") -> Outline:
    return Outline(id, ((0, 0), (x, 0), (x, y), (0, y)))


def test_four_boxes_fill_a_bed_exactly() -> None:
    # two of 49 beside each other with 2 between them are 100
    found = nest(Bed(100, 100, 2), [box(49, 49)] * 4)
    assert len(found.plates) == 1
    assert found.filled[0] == pytest.approx(4 * 49 * 49 / 10_000)
    corners = sorted((round(p.x_mm % 51, 3), round(p.y_mm % 51, 3)) for p in found.plates[0])
    assert len(corners) == 4
    assert len(nest(Bed(100, 100, 2), [box(49, 49)] * 5).plates) == 2


def test_a_part_as_large_as_the_bed() -> None:
    assert len(nest(Bed(250, 210, 2), [box(250, 210)]).plates) == 1
    assert nest(Bed(250, 210, 2), [box(210, 250)]).plates[0][0].angle_deg in {90, 270}


def test_silhouettes_share_what_their_boxes_cannot() -> None:
    # two right triangles make a square; their boxes are one each
    triangle = Outline("half", ((0, 0), (95, 0), (0, 95)))
    assert len(nest(Bed(100, 100, 2), [triangle, triangle]).plates) == 1


def test_exclusions_are_kept_free() -> None:
    bed = Bed(100, 100, 2, (((0, 0), (30, 0), (30, 30), (0, 30)),))
    found = nest(bed, [box(60, 60)])
    item = found.plates[0][0]
    assert item.x_mm >= 32 - 1e-4 or item.y_mm >= 32 - 1e-4 or item.angle_deg
    assert not check_nest(bed, [box(60, 60)], found)
    with pytest.raises(DoesNotNest):
        nest(bed, [box(90, 90)])


def test_search_is_never_worse_and_the_same_seed_gives_the_same() -> None:
    parts = [Outline(f"l{k}", ((0, 0), (60 + k, 0), (60 + k, 15), (15, 15), (15, 50), (0, 50))) for k in range(16)]
    first, better = nest(Bed(150, 150), parts), nest(Bed(150, 150), parts, rounds=40, seed=3)
    assert len(better.plates) <= len(first.plates)
    assert better == nest(Bed(150, 150), parts, rounds=40, seed=3)


def test_the_check_finds_what_is_wrong() -> None:
    bed, parts = Bed(100, 100, 2), [box(40, 40, "a"), box(40, 40, "b")]
    good = nest(bed, parts)
    first, second = good.plates[0]
    near = replace(good, plates=((first, replace(second, x_mm=first.x_mm + 41, y_mm=first.y_mm)),))
    assert check_nest(bed, parts, near) == ["plate 0: a is too near to b"]
    beyond = replace(good, plates=((first, replace(second, x_mm=70.0)),))
    assert "beyond the bed" in check_nest(bed, parts, beyond)[0]
    assert "exactly one plate" in check_nest(bed, parts, replace(good, plates=((first,),)))[0]


def test_an_outline_that_crosses_itself_is_taken_as_all_that_it_encloses() -> None:
    bow = Outline("bow", ((0, 0), (40, 40), (40, 0), (0, 40)))
    assert len(nest(Bed(50, 50), [bow]).plates) == 1


@pytest.mark.parametrize(
    "points",
    [(), ((0, 0), (1, 1)), ((0, 0), (1, 1), (2, 2)), ((0, 0), (1, 0), (float("nan"), 1))],
)
def test_outlines_that_are_none(points: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(NestingInputBroken):
        nest(Bed(50, 50), [Outline("x", points)])


def test_nothing_to_lay_and_beds_that_are_none() -> None:
    with pytest.raises(NestingInputBroken):
        nest(Bed(50, 50), [])
    with pytest.raises(NestingInputBroken):
        Bed(0, 50)
    with pytest.raises(NestingInputBroken):
        nest(Bed(50, 50), [box(1, 1)], cell_mm=0.001)


def test_files_and_command(tmp_path: Path) -> None:
    square = [[0, 0], [49, 0], [49, 49], [0, 49]]
    long = {"bed_x_mm": 100, "bed_y_mm": 100, "parts": [{"id": "a", "outline": square, "quantity": 5}]}
    short = {"W": 100, "H": 100, "spacing": 2, "ids": [7] * 5, "polys": [square] * 5}
    (tmp_path / "long.json").write_text(json.dumps(long))
    (tmp_path / "short.json").write_text(json.dumps(short))
    assert [o.points for o in read_nesting(tmp_path / "long.json")[1]] == [
        o.points for o in read_nesting(tmp_path / "short.json")[1]
    ]
    answer = json.loads(CliRunner().invoke(command, [str(tmp_path / "long.json"), "--json"]).stdout)
    assert [len(plate["items"]) for plate in answer["plates"]] == [4, 1]
    assert {"id", "x_mm", "y_mm", "angle_deg"} <= set(answer["plates"][0]["items"][0])
    assert "2 plates" in CliRunner().invoke(command, [str(tmp_path / "short.json")]).stdout


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"polys": 3}', '{"bed_x_mm": 1, "bed_y_mm": 1, "parts": [{}]}'])
def test_files_that_are_not_what_they_claim(tmp_path: Path, text: str) -> None:
    (tmp_path / "n.json").write_text(text)
    with pytest.raises(NestingInputBroken):
        read_nesting(tmp_path / "n.json")


@pytest.mark.parametrize("spacing", [0.0, 3.6e-127, 5e-324, 1e-9, 9e-5, 1e-4, 1e-3])
def test_a_spacing_of_next_to_nothing(spacing: float) -> None:
    # five halves of a square: two pairs and one; once such a spacing made the grown outline vanish
    bed, parts = Bed(100, 100, spacing), [Outline("half", ((0, 0), (90, 0), (0, 90)))] * 5
    found = nest(bed, parts, turns=4)
    assert check_nest(bed, parts, found) == []


def test_without_spacing_overlaps_are_found_and_touching_is_allowed() -> None:
    bed, parts = Bed(100, 100, 0), [box(40, 40, "a"), box(40, 40, "b")]
    good = nest(bed, parts)
    first, second = good.plates[0]
    overlap = replace(good, plates=((first, replace(second, x_mm=first.x_mm + 39.9, y_mm=first.y_mm)),))
    assert check_nest(bed, parts, overlap) == ["plate 0: a is too near to b"]
    touching = replace(good, plates=((first, replace(second, x_mm=first.x_mm + 40, y_mm=first.y_mm)),))
    assert check_nest(bed, parts, touching) == []


def test_slivers_are_laid_and_dust_is_refused() -> None:
    sliver = Outline("sliver", ((0, 0), (40, 0), (40, 1e-9)))
    assert len(nest(Bed(50, 50, 1), [sliver] * 3).plates) == 1
    for points in (((0, 0), (1e-5, 0), (0, 1e-5)), ((2e6, 0), (2e6 + 9, 0), (2e6, 9))):
        with pytest.raises(NestingInputBroken, match="mm"):
            nest(Bed(50, 50), [Outline("x", points)])


def test_a_round_bed_takes_less_than_its_square() -> None:
    # the largest square in a circle of 100 has a side of 70.7
    circle = tuple((50 + 50 * cos(k * pi / 180), 50 + 50 * sin(k * pi / 180)) for k in range(360))
    bed = Bed(100, 100, 2, outline=circle)
    assert len(nest(bed, [box(69, 69)]).plates) == 1
    with pytest.raises(DoesNotNest):
        nest(bed, [box(72, 72)])
    with pytest.raises(NestingInputBroken, match="convex"):
        nest(Bed(100, 100, outline=((0, 0), (100, 0), (50, 50), (100, 100), (0, 100))), [box(5, 5)])


def test_brims_and_skirt_take_room() -> None:
    assert len(nest(Bed(100, 50, 2), [box(49, 40)] * 2).plates) == 1
    assert len(nest(Bed(100, 50, 2, brim_mm=1), [box(49, 40)] * 2).plates) == 2
    assert len(nest(Bed(100, 50, 2, brim_mm=1), [replace(box(49, 40), brim_mm=0.0)] * 2).plates) == 1
    item = nest(Bed(100, 50, 2, skirt_mm=6), [box(88, 38)]).plates[0][0]
    assert (item.x_mm % 100, item.y_mm % 50) == pytest.approx((6, 6)) or item.angle_deg
    with pytest.raises(DoesNotNest):
        nest(Bed(100, 50, 2, skirt_mm=6), [box(89, 38)])


def test_one_after_the_other_keeps_the_head_clear_and_prints_the_tall_one_last() -> None:
    bed = Bed(200, 60, 2, sequential=Sequential(40, 20))
    tall, low = replace(box(20, 20, "tall"), height_mm=50.0), replace(box(20, 20, "low"), height_mm=20.0)
    found = nest(bed, [tall, low, low])
    assert [[item.id for item in plate] for plate in found.plates] == [["low", "low", "tall"]]
    assert len(nest(bed, [tall, tall]).plates) == 2
    assert "not the last" in check_nest(bed, [tall, low, low], replace(found, plates=(found.plates[0][::-1],)))[0]


def test_too_high_is_refused_and_tall_pieces_share_a_plate() -> None:
    with pytest.raises(DoesNotNest):
        nest(Bed(100, 100, height_mm=50), [replace(box(9, 9), height_mm=51.0)])
    pieces = [replace(box(95, 45, f"{k}"), height_mm=10.0 + 90 * (k % 2)) for k in range(4)]
    found = nest(Bed(100, 100), pieces, rounds=20)
    assert sorted({pieces[p.index].height_mm for p in plate} for plate in found.plates) == [{10.0}, {100.0}]
