import pytest

from glocal.production.model import Outcome, PlacedPiece, Plate
from tests.production import parts


@pytest.mark.parametrize(
    ("build", "change"),
    [
        (parts.machine, {"bed_x_mm": 0}),  # no bed
        (parts.machine, {"height_mm": float("inf")}),  # nothing is infinitely tall
        (parts.machine, {"nozzle_mm": -0.4}),
        (parts.material, {"density_g_cm3": 0}),
        (parts.material, {"bed_c": 300}),  # no desktop printer's bed
        (parts.recipe, {"layer_height_mm": 0}),
        (parts.recipe, {"infill_percent": 101}),
        (parts.recipe, {"brim_mm": -1}),
    ],
)
def test_values_out_of_range_are_refused_by_name(build, change):
    with pytest.raises(ValueError, match=next(iter(change))):
        build(**change)


def test_a_plate_needs_a_piece():
    with pytest.raises(ValueError, match="at least one"):
        Plate(())


def test_two_pieces_with_one_id_are_refused():
    piece = PlacedPiece(parts.piece_id(1), parts.box_part(), 0, 0)
    with pytest.raises(ValueError, match="own id"):
        Plate((piece, piece))


def test_only_a_part_fault_has_a_defect():
    assert Outcome("part_fault", defect="warped").defect == "warped"
    with pytest.raises(ValueError, match="part fault"):
        Outcome("cancelled", defect="warped")


def test_the_check_learns_the_machine_s_room_and_the_recipe_s_layer():
    process = parts.machine().process(parts.recipe(layer_height_mm=0.15))
    assert (process.bed_x_mm, process.bed_y_mm, process.height_mm) == (100, 80, 60)
    assert (process.layer_height_mm, process.nozzle_mm) == (0.15, 0.4)
