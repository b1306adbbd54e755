"""Printability, on boxes whose every figure can be worked out by hand."""

import numpy as np
import pytest

from glocal.design.check import check, printable, summary
from glocal.design.fit import fits_rectangle
from glocal.design.model import Mesh, PrintProcess
from glocal.design.solid import body_of_faces, features
from glocal.design.stability import centre_of_mass, contact
from glocal.design.walls import wall_thickness
from tests.design.templates import MK3S, box, together, without_faces


def codes(mesh, process=MK3S):
    return [finding.code for finding in check(mesh, process)]


def joined(first, second):
    """Return the union of two solids."""
    import manifold3d

    solids = [
        manifold3d.Manifold(manifold3d.Mesh64(np.array(m.vertices), m.faces.astype(np.uint64))) for m in (first, second)
    ]
    union = (solids[0] + solids[1]).to_mesh64()
    return Mesh(np.array(union.vert_properties)[:, :3], np.array(union.tri_verts).astype(np.int32))


def turned(mesh):
    return Mesh(mesh.vertices, mesh.faces[:, ::-1])


def test_a_box_is_printable():
    assert codes(box(20, 20, 20)) == []
    assert printable(())
    assert summary(()) == "Printable: nothing stands in the way."


def test_an_open_box_says_where_it_is_open():
    (finding,) = check(without_faces(box(20, 20, 20), 2, 3), MK3S)  # the side at z = 0 … two triangles
    assert finding.code == "open_mesh"
    assert finding.severity == "blocking"
    assert "1 place" in finding.message
    assert "4 open edges" in finding.message
    assert len(finding.where) == 1


def test_two_holes_are_two_places():
    (finding,) = check(without_faces(box(20, 20, 20), 0, 4), MK3S)
    assert "open in" in finding.message
    assert not printable([finding])


def test_a_triangle_that_faces_inwards():
    mesh = box(20, 20, 20)
    faces = mesh.faces.copy()
    faces[0] = faces[0][::-1]
    assert codes(Mesh(mesh.vertices, faces)) == ["flipped_triangles"]


def test_inside_out():
    assert codes(turned(box(20, 20, 20))) == ["inside_out"]


def test_what_is_flat_is_not_called_inside_out():
    """A box pressed to a sheet, along an axis or aslant, and to a point."""
    cube = box(20, 20, 20)
    for pressed in ((1, 1, 0), (0, 1, 1), (0, 0, 0)):
        (first, *_) = check(Mesh(cube.vertices * pressed, cube.faces), MK3S)
        assert (first.code, "flat" in first.message) == ("open_mesh", True)
    aslant = np.column_stack([cube.vertices[:, :2], cube.vertices[:, :2].sum(axis=1)])
    assert codes(Mesh(aslant, cube.faces)) == ["open_mesh"]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((250, 210, 10), []),
        ((210, 250, 10), []),  # turned by a quarter
        ((300, 20, 10), []),  # on the diagonal
        ((330, 20, 10), ["too_large"]),
        ((20, 20, 220), ["too_tall"]),
        ((0.5, 0.5, 0.5), ["too_small"]),
    ],
)
def test_room(size, expected):
    found = codes(box(*size))
    assert [code for code in found if code != "small_footprint"] == expected


def test_what_would_fit_on_its_side_is_told():
    (finding,) = [f for f in check(box(20, 20, 220), MK3S) if f.code == "too_tall"]
    assert "another side" in finding.help


def test_fitting_turns_the_part_by_any_angle():
    square = np.array([[0, 0], [100, 0], [100, 100], [0, 100]], dtype=float)
    turn = np.radians(30)
    rotated = square @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    assert fits_rectangle(rotated, 100, 100)
    assert not fits_rectangle(rotated, 99.9, 200)


@pytest.mark.parametrize(("wall_mm", "expected"), [(2.0, []), (0.6, ["wall_thin"]), (0.2, ["wall_too_thin"])])
def test_walls(wall_mm, expected):
    assert [code for code in codes(box(wall_mm, 30, 15)) if code.startswith("wall")] == expected


def test_the_measured_wall_is_the_wall():
    points, normals, thickness = wall_thickness(box(2, 30, 40, at=(500, 500, 500)), rays=2000)
    sides = np.abs(normals[:, 0]) > 0.9
    assert thickness[sides] == pytest.approx(2, abs=1e-3)
    assert len(points) == 2000


def test_floors_are_measured_in_layers():
    assert "wall_too_thin" not in codes(box(30, 30, 0.4))
    assert "wall_too_thin" in codes(box(30, 30, 0.1))


def test_a_table_needs_support_and_a_ledge_does_not():
    leg = box(10, 10, 30)
    (finding,) = [f for f in check(joined(leg, box(60, 60, 5, at=(-25, -25, 29))), MK3S) if f.code == "needs_support"]
    assert finding.severity == "warning"
    assert "needs_support" not in codes(joined(leg, box(13, 10, 5, at=(0, 0, 29))))


def test_loose_bodies_and_hidden_hollows():
    loose = together(box(20, 20, 20), box(20, 20, 20, at=(30, 0, 0)))
    hollow = together(box(20, 20, 20), turned(box(10, 10, 10, at=(5, 5, 5))))
    crumb = together(box(20, 20, 20), box(0.5, 0.5, 0.5, at=(30, 0, 0)))
    assert "loose_bodies" in codes(loose)
    assert "closed_cavity" in codes(hollow)
    assert "loose_bodies" not in codes(hollow)
    assert "tiny_body" in codes(crumb)
    assert body_of_faces(loose).tolist() == [0] * 12 + [1] * 12


def test_what_stands_on_a_point():
    pyramid = Mesh(
        np.array([[0, 0, 0], [10, 10, 20], [-10, 10, 20], [-10, -10, 20], [10, -10, 20.0]]),
        np.array([[1, 2, 3], [1, 3, 4], [0, 2, 1], [0, 3, 2], [0, 4, 3], [0, 1, 4]]),
    )
    assert "stands_on_a_point" in codes(pyramid)


def test_a_tower_wants_a_brim():
    assert "small_footprint" in codes(box(4, 4, 60))


def test_a_part_whose_weight_is_beside_its_foot_tips_over():
    assert "tips_over" in codes(together(box(10, 10, 10), box(60, 10, 10, at=(0, 0, 10.01))))


def test_contact_and_centre_of_mass():
    area, corners = contact(box(10, 20, 30, at=(5, 5, 5)), 0.2)
    assert area == pytest.approx(200)
    assert len(corners) == 4
    assert centre_of_mass(box(10, 20, 30, at=(5, 5, 5))) == pytest.approx([10, 15, 20])


def test_features_of_a_box():
    found = features(box(10, 20, 30))
    assert found.volume_mm3 == pytest.approx(6000)
    assert found.area_mm2 == pytest.approx(2200)
    assert (found.extent_mm, found.triangles, found.bodies, found.overhang_mm2) == ((10, 20, 30), 12, 1, 0)


def test_blocking_findings_come_first():
    severities = [f.severity for f in check(together(box(400, 10, 10), box(10, 10, 10, at=(0, 30, 0))), MK3S)]
    assert severities == sorted(severities)


def test_a_process_without_a_nozzle_is_a_mistake():
    with pytest.raises(ValueError, match="nozzle_mm"):
        PrintProcess(0, 0.2, 1, 1, 1)
