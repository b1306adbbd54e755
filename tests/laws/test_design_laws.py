"""Laws of the design room that hold for whatever is thrown at it."""

import contextlib
import uuid

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from glocal.design import constraint
from glocal.design.constraint import ConstraintError
from glocal.design.customizer import read_parameters
from glocal.design.errors import MeshFileError, ParameterError
from glocal.design.meshfile import read_mesh_bytes, write_off, write_stl
from glocal.design.model import Mesh
from glocal.design.parameter_sets import read_parameter_sets, write_parameter_sets
from glocal.design.parameters import bind
from glocal.design.part import mesh_hash, part_hash
from glocal.design.threemf import PlacedObject, read_3mf, write_3mf
from tests.design.templates import box, template

KNOB = template('width = 30; // [10:0.5:60]\nname = "Ada"; // 8\nstyle = "a"; // [a, b]\nlid = true;\nhole = [1, 2];\n')

sizes = st.floats(0.01, 500)
boxes = st.builds(box, sizes, sizes, sizes, st.tuples(*[st.floats(-1000, 1000)] * 3))
scad = st.text(st.sampled_from('ab$=;/*[]{}()<>"\\\n\t :,.-+0123 true//[Hidden]'), max_size=200) | st.text(max_size=200)
raw_values = st.dictionaries(
    st.sampled_from(["width", "name", "style", "lid", "hole", "other"]),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.lists(st.floats(), max_size=3),
)


@given(scad)
def test_any_text_can_be_read_for_parameters(source):
    for parameter in read_parameters(source):
        assert parameter.min is None or parameter.max is None or parameter.min <= parameter.max


@given(scad)
def test_the_designs_own_values_are_always_allowed(source):
    design = template(source)
    assert bind(design, {}) == {p.name: p.initial for p in design.parameters}


@given(raw_values)
def test_bound_values_stay_bound(raw):
    try:
        values = bind(KNOB, raw)
    except ParameterError:
        return
    assert bind(KNOB, values) == values
    assert 10 <= values["width"] <= 60
    assert len(values["name"]) <= 8
    assert part_hash(KNOB, values) == part_hash(KNOB, dict(reversed(values.items())))


@given(st.text(max_size=80), raw_values)
def test_no_rule_does_more_than_fail(expression, values):
    with contextlib.suppress(ConstraintError):
        assert isinstance(constraint.holds(expression, values), bool)


@given(boxes, boxes)
def test_3mf_round_trip_is_exact(first, second):
    objects = [PlacedObject(first, uuid.UUID(int=1), "a"), PlacedObject(second, uuid.UUID(int=2), "b")]
    again = read_3mf(write_3mf(objects, metadata={"Title": "t"}))
    assert [mesh_hash(mesh) for mesh in again] == [mesh_hash(first), mesh_hash(second)]


@given(boxes)
def test_off_round_trip_is_exact(mesh):
    assert mesh_hash(read_mesh_bytes(write_off(mesh), ".off")) == mesh_hash(mesh)


@given(boxes)
def test_stl_keeps_shape_to_32_bits(mesh):
    again = read_mesh_bytes(write_stl(mesh), ".stl")
    assert np.allclose(again.extent_mm, mesh.extent_mm, atol=1e-3)


@given(st.binary(max_size=300), st.sampled_from([".stl", ".obj", ".3mf", ".off"]))
def test_garbage_is_refused_by_name(data, suffix):
    with contextlib.suppress(MeshFileError):  # and nothing else
        assert isinstance(read_mesh_bytes(data, suffix), Mesh)


@given(st.data())
def test_a_damaged_3mf_is_refused_by_name(data):
    whole = bytearray(write_3mf([PlacedObject(box(), uuid.UUID(int=1), "a")], metadata={}))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(MeshFileError):  # and nothing else
        read_mesh_bytes(bytes(whole), ".3mf")


@given(st.dictionaries(st.text(max_size=10), st.dictionaries(st.text(max_size=10), st.text(max_size=10))))
def test_parameter_sets_round_trip(sets):
    assert read_parameter_sets(write_parameter_sets(sets)) == sets
