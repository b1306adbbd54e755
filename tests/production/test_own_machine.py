"""A machine that differs from its model: in its id, in what the slicer is told, in what fits."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glocal.production.errors import UnknownMachine
from glocal.production.model import Machine
from glocal.production.own_machine import Differences, differing, motion_id, own_id, split_id

MODEL = Machine(
    id="model",
    name="Model",
    vendor="Us",
    model="M",
    bed_x_mm=250,
    bed_y_mm=210,
    height_mm=210,
    nozzle_mm=0.4,
    gcode_flavor="marlin",
    max_nozzle_c=None,
    max_bed_c=None,
    printer_preset="Model",
    print_preset="0.2",
    source="the test",
    bed_origin_x_mm=-10,
)


def test_what_differs_stands_in_the_id_and_in_the_slicers_settings() -> None:
    own = differing(MODEL, Differences(nozzle_mm=0.6, bed_x_mm=180.5, height_mm=150, max_nozzle_c=300))
    assert own.id == "model~n0.6-x180.5-h150-t300"
    assert (own.bed_x_mm, own.bed_y_mm, own.height_mm, own.nozzle_mm, own.max_nozzle_c) == (180.5, 210, 150, 0.6, 300)
    assert own.settings["bed_shape"] == "-10x0,170.5x0,170.5x210,-10x210"
    assert own.settings["max_print_height"] == "150"
    assert own.settings["nozzle_diameter"] == "0.6"
    assert own.settings["extrusion_width"] == "0"  # the slicer chooses for the nozzle


def test_a_machine_like_its_model_keeps_its_id_and_settings() -> None:
    same = differing(MODEL, Differences())
    assert (same.id, dict(same.settings)) == ("model", {})


def test_a_smaller_bed_moves_alike_and_another_nozzle_does_not() -> None:
    assert motion_id("model~n0.6-x180-h150") == "model~n0.6"
    assert motion_id("model~x180") == "model"


@pytest.mark.parametrize("bad", ["model~z3", "model~n0.6-n0.8", "model~n", "model~n9", "model~x-5", "model~h1e3"])
def test_what_cannot_differ_so_is_refused(bad: str) -> None:
    with pytest.raises(UnknownMachine):
        split_id(bad)


@settings(max_examples=40, deadline=None)
@given(
    st.builds(
        Differences,
        nozzle_mm=st.none() | st.integers(100, 2000).map(lambda n: n / 1000),
        bed_x_mm=st.none() | st.integers(20, 3000).map(float),
        bed_y_mm=st.none() | st.integers(200, 30000).map(lambda n: n / 10),
        max_bed_c=st.none() | st.integers(0, 250).map(float),
    )
)
def test_an_id_is_read_as_it_was_written(differences: Differences) -> None:
    assert split_id(own_id("a-model", differences)) == ("a-model", differences)
    assert split_id(own_id("a-model", differences))[0] == "a-model"
