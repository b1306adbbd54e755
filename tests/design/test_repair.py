"""Mending: each damage by itself, on a box whose volume is known."""

import numpy as np
import pytest

from glocal.design.errors import MeshBreaksStandard, MeshNeedsExtension, MeshNotRepairable
from glocal.design.model import Mesh
from glocal.design.repair import repair
from glocal.design.solid import manifold_status
from glocal.design.threemf import read_3mf
from tests.design.templates import box, together, without_faces
from tests.design.test_meshfile import CORE, RELATIONS, TRIANGLE, archive, one_object, three_mf

MATERIAL = 'xmlns:m="http://schemas.microsoft.com/3dmanufacturing/material/2015/02"'


def doubled(mesh):
    return Mesh(mesh.vertices, np.concatenate([mesh.faces, mesh.faces[:2]]))


def flipped(mesh):
    faces = mesh.faces.copy()
    faces[3] = faces[3][::-1]
    return Mesh(mesh.vertices, faces)


def torn(mesh):
    """Give each triangle its own corners, moved by a few millionths."""
    rng = np.random.default_rng(1)
    corners = mesh.corners.reshape(-1, 3)
    return Mesh(corners + rng.uniform(-4e-6, 4e-6, corners.shape), np.arange(len(corners)).reshape(-1, 3))


@pytest.mark.parametrize("damage", [doubled, flipped, torn, lambda m: without_faces(m, 0, 1), lambda m: m])
def test_a_damaged_box_is_a_box_again(damage):
    mended = repair(damage(box(10, 20, 30)))
    assert mended.mesh.volume_mm3 == pytest.approx(6000, rel=1e-5)
    assert manifold_status(mended.mesh) == "NoError"
    assert bool(mended.done) == (damage(box()).faces.shape != box().faces.shape or damage in (flipped, torn))


def test_overlapping_pieces_become_one_solid():
    mended = repair(together(box(10, 10, 10), box(10, 10, 10, at=(5, 5, 5))))
    assert mended.mesh.volume_mm3 == pytest.approx(2000 - 125)


def test_what_can_only_be_guessed_is_refused():
    rng = np.random.default_rng(3)
    soup = Mesh(rng.random((60, 3)) * 20, np.arange(60).reshape(-1, 3))
    with pytest.raises(MeshNotRepairable, match="not repaired"):
        repair(soup)


def model(inside, *, head=""):
    text = f'<model unit="millimeter" {CORE} {MATERIAL} {head}>{inside}</model>'
    return archive({"_rels/.rels": RELATIONS, "3D/3dmodel.model": text})


BUILD = '<build><item objectid="1"/></build>'


@pytest.mark.parametrize(
    "resources",
    [
        one_object(TRIANGLE) * 2,
        f'<object id="1" type="strange">{TRIANGLE}</object>',
        f'<object id="1" type="other">{TRIANGLE}</object>',
        f'<object id="1" pindex="0">{TRIANGLE}</object>',
        f'<object id="1" pid="9">{TRIANGLE}</object>',
        f'<m:colorgroup id="2"><m:color color="red"/></m:colorgroup>{one_object(TRIANGLE)}',
        f'<m:texture2dgroup id="2" texid="3"/>{one_object(TRIANGLE)}',
        f'<m:multiproperties id="2" pids="2"/>{one_object(TRIANGLE)}',
    ],
)
def test_a_3mf_that_breaks_its_standard_is_refused_by_the_rule(resources):
    with pytest.raises(MeshBreaksStandard, match="breaks the standard"):
        read_3mf(model(f"<resources>{resources}</resources>{BUILD}"))


@pytest.mark.parametrize(
    ("namespace", "name"),
    [
        ("http://schemas.microsoft.com/3dmanufacturing/beamlattice/2017/02", "beam lattice"),
        ("http://schemas.microsoft.com/3dmanufacturing/slice/2015/07", "slice"),
        ("http://schemas.microsoft.com/3dmanufacturing/securecontent/2019/04", "secure content"),
    ],
)
def test_an_extension_that_is_not_read_is_refused_by_name(namespace, name):
    inside = f"<resources>{one_object(TRIANGLE)}</resources>{BUILD}"
    with pytest.raises(MeshNeedsExtension, match=name):
        read_3mf(model(inside, head=f'xmlns:e="{namespace}" requiredextensions="e"'))


def test_two_models_to_start_from_are_refused():
    twice = RELATIONS.replace(
        "</Relationships>", RELATIONS[RELATIONS.index("<Relationship Id") :].replace('"a"', '"b"')
    )
    files = {"_rels/.rels": twice, "3D/3dmodel.model": f"<model {CORE}/>"}
    with pytest.raises(MeshBreaksStandard, match="more than one model"):
        read_3mf(archive(files))


def test_somebodys_support_is_no_part():
    support = f'<object id="2" type="support">{TRIANGLE}</object>'
    meshes = read_3mf(three_mf(one_object(TRIANGLE) + support, '<item objectid="1"/><item objectid="2"/>'))
    assert len(meshes) == 1
