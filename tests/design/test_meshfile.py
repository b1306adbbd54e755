"""Mesh files by strangers: each way of being wrong has its error."""

import io
import struct
import uuid
import zipfile

import numpy as np
import pytest

from glocal.design import threemf_read
from glocal.design.errors import (
    MeshBadIndex,
    MeshBadNumber,
    MeshEmpty,
    MeshFileMalformed,
    MeshFileTooBig,
    MeshFileTruncated,
    MeshUnsafeArchive,
    MeshUnsafeXml,
    UnknownMeshFormat,
)
from glocal.design.meshfile import read_mesh, read_mesh_bytes, write_off, write_stl
from glocal.design.solid import manifold_status
from glocal.design.threemf import PlacedObject, read_3mf, write_3mf
from tests.design.templates import box, together, without_faces

OBJ_TRIANGLE = b"v 0 0 0\nv 1 0 0\nv 0 1 0\n"
PIECE = uuid.UUID("01890a5d-ac96-774b-bcce-b302099a8057")
CORE = 'xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02"'
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" '
    'Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel" Target="/3D/3dmodel.model"/></Relationships>'
)
CORNERS = '<vertices><vertex x="0" y="0" z="0"/><vertex x="1" y="0" z="0"/><vertex x="0" y="1" z="0"/></vertices>'
TRIANGLE = f'<mesh>{CORNERS}<triangles><triangle v1="0" v2="1" v3="2"/></triangles></mesh>'


def stl(triangles, *, claimed=None):
    body = b"".join(struct.pack("<12fH", 0, 0, 1, *np.ravel(t), 0) for t in triangles)
    return b"\0" * 80 + struct.pack("<I", len(triangles) if claimed is None else claimed) + body


def archive(entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in entries.items():
            target.writestr(name, content)
    return buffer.getvalue()


def three_mf(resources, items='<item objectid="1"/>', *, head="", unit="millimeter"):
    model = f'{head}<model unit="{unit}" {CORE}><resources>{resources}</resources><build>{items}</build></model>'
    return archive({"_rels/.rels": RELATIONS, "3D/3dmodel.model": model})


def one_object(mesh):
    return f'<object id="1">{mesh}</object>'


@pytest.mark.parametrize("suffix", [".stl", ".off"])
def test_what_is_written_is_read_again(suffix, tmp_path):
    mesh = box(10, 20, 30)
    path = tmp_path / f"box{suffix}"
    path.write_bytes(write_stl(mesh) if suffix == ".stl" else write_off(mesh))
    again = read_mesh(path)
    assert again.volume_mm3 == pytest.approx(6000)
    assert manifold_status(again) == "NoError"
    assert len(again.vertices) == 8


def test_stl_text():
    text = b"solid a\n facet normal 0 0 1\n outer loop\n vertex 0 0 0\n vertex 1 0 0\n VERTEX 0 1e0 0\n endloop\n"
    text += b"endfacet\nendsolid a\n"
    assert read_mesh_bytes(text, ".stl").area_mm2 == 0.5


def test_a_binary_stl_may_begin_with_the_word_solid():
    data = bytearray(write_stl(box()))
    data[:5] = b"solid"
    assert read_mesh_bytes(bytes(data), ".STL").volume_mm3 == pytest.approx(1000)


def test_corners_that_rounding_has_moved_apart_are_one_corner_again():
    data = bytearray(write_stl(box(10, 10, 10)))
    (x,) = struct.unpack_from("<f", data, 84 + 12)
    struct.pack_into("<f", data, 84 + 12, x + 1e-6)
    assert manifold_status(read_mesh_bytes(bytes(data), ".stl")) == "NoError"


def test_triangles_that_face_the_wrong_way_are_turned():
    mesh = box()
    faces = mesh.faces.copy()
    faces[3] = faces[3][::-1]
    twisted = write_stl(type(mesh)(mesh.vertices, faces))
    inverted = write_stl(type(mesh)(mesh.vertices, mesh.faces[:, ::-1]))
    for data in (twisted, inverted):
        assert read_mesh_bytes(data, ".stl").volume_mm3 == pytest.approx(1000)


def test_obj_with_polygons_textures_and_counting_backwards():
    data = b"# cube\nmtllib x.mtl\nv 0 0 0\nv 2 0 0\nv 2 2 0\nv 0 2 0\nvt 0 0\nf 1/1 2/1 3/1 4/1\nf -1/1 -2 \\\n-3//\n"
    mesh = read_mesh_bytes(data, ".obj")
    assert len(mesh.faces) == 3


def test_off_with_a_hollow_face_and_colours():
    # an arrow of five corners that points inwards at (2, 1): area 4 * 4 - 4 * 1 / 2 … by the shoelace formula 14
    data = b"OFF\n5 1 0\n0 0 0\n4 0 0\n4 4 0\n2 3 0\n0 4 0\n5 0 1 2 3 4 255 0 0\n"
    mesh = read_mesh_bytes(data, ".off")
    assert len(mesh.faces) == 3
    assert mesh.area_mm2 == pytest.approx(14)


def test_an_open_mesh_can_be_read():
    assert len(read_mesh_bytes(write_stl(without_faces(box(), 0)), ".stl").faces) == 11


@pytest.mark.parametrize(
    ("data", "suffix", "error"),
    [
        (b"hello", ".igs", UnknownMeshFormat),
        (b"", ".stl", MeshEmpty),
        (b"hello", ".stl", MeshFileMalformed),
        (stl([]), ".stl", MeshEmpty),
        (stl([[(0, 0, 0)] * 3]), ".stl", MeshEmpty),
        (stl([], claimed=3_000_000_000), ".stl", MeshFileTruncated),
        (write_stl(box())[:-1], ".stl", MeshFileTruncated),
        (bytes(range(256)) * 40, ".stl", MeshFileTruncated),
        (stl([[(0, 0, 0), (float("nan"), 0, 0), (0, 1, 0)]]), ".stl", MeshBadNumber),
        (stl([[(0, 0, 0), (float("inf"), 0, 0), (0, 1, 0)]]), ".stl", MeshBadNumber),
        (stl([[(0, 0, 0), (1e30, 0, 0), (0, 1, 0)]]), ".stl", MeshBadNumber),
        (b"solid x\nouter loop\nvertex 0 0 0\nendloop\nendsolid", ".stl", MeshFileMalformed),
        (b"solid x\nouter loop\nvertex 0 0 0\nvertex 1 1 1\nvertex a b c\nendloop\nendsolid", ".stl", MeshBadNumber),
        (b"solid x\nouter loop\nvertex 0 0 0\nvertex 1 1 1\n", ".stl", MeshFileTruncated),
        (b"hello", ".obj", MeshFileMalformed),
        (b"v 0 0\n", ".obj", MeshBadNumber),
        (b"v 0 0 nan\nf 1 1 1\n", ".obj", MeshBadNumber),
        (OBJ_TRIANGLE, ".obj", MeshEmpty),
        (OBJ_TRIANGLE + b"f 1 2 4\n", ".obj", MeshBadIndex),
        (OBJ_TRIANGLE + b"f 0 1 2\n", ".obj", MeshBadIndex),
        (OBJ_TRIANGLE + b"f -1 -2 -9\n", ".obj", MeshBadIndex),
        (OBJ_TRIANGLE + b"f 1 2\n", ".obj", MeshFileMalformed),
        (OBJ_TRIANGLE + b"f a b c\n", ".obj", MeshFileMalformed),
        (b"hello", ".off", MeshFileMalformed),
        (b"OFF\n", ".off", MeshFileMalformed),
        (b"OFF\n1000000000000 9 0\n", ".off", MeshFileTooBig),
        (b"OFF\n-1 -1 0\n", ".off", MeshFileTooBig),
        (b"OFF\n3 1 0\n0 0 0\n1 0 0\n", ".off", MeshFileTruncated),
        (b"OFF\n3 1 0\n0 0 0\n1 0 0\n0 x 0\n3 0 1 2\n", ".off", MeshBadNumber),
        (b"OFF\n3 1 0\n0 0 0\n1 0 0\n0 inf 0\n3 0 1 2\n", ".off", MeshBadNumber),
        (b"OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 3\n", ".off", MeshBadIndex),
        (b"OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n4 0 1 2\n", ".off", MeshFileMalformed),
        (b"OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\nthree\n", ".off", MeshFileMalformed),
        (b"hello", ".3mf", MeshFileMalformed),
        (archive({"a.txt": "x"}), ".3mf", MeshFileMalformed),
        (write_3mf([PlacedObject(box(), PIECE, "box")], metadata={})[:-40], ".3mf", MeshFileTruncated),
        (three_mf("", ""), ".3mf", MeshEmpty),
        (three_mf(""), ".3mf", MeshBadIndex),
        (three_mf(one_object(TRIANGLE), unit="ell"), ".3mf", MeshFileMalformed),
        (three_mf(one_object("<mesh>")), ".3mf", MeshFileMalformed),
        (three_mf(one_object(TRIANGLE.replace('v3="2"', 'v3="3"'))), ".3mf", MeshBadIndex),
        (three_mf(one_object(TRIANGLE.replace('v3="2"', 'v3="-1"'))), ".3mf", MeshBadIndex),
        (three_mf(one_object(TRIANGLE.replace('x="1"', 'x="NaN"'))), ".3mf", MeshBadNumber),
        (three_mf(one_object(TRIANGLE), '<item objectid="1" transform="1 0 0"/>'), ".3mf", MeshBadNumber),
        (
            three_mf('<object id="1"><components><component objectid="1"/></components></object>'),
            ".3mf",
            MeshUnsafeArchive,
        ),
        (
            three_mf(one_object(TRIANGLE), head='<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'),
            ".3mf",
            MeshUnsafeXml,
        ),
        (archive({"../../evil": "x", "_rels/.rels": RELATIONS}), ".3mf", MeshUnsafeArchive),
        (archive({"C:\\evil": "x"}), ".3mf", MeshUnsafeArchive),
        (archive({"/etc/evil": "x"}), ".3mf", MeshUnsafeArchive),
    ],
)
def test_each_defect_has_its_error(data, suffix, error):
    with pytest.raises(error) as caught:
        read_mesh_bytes(data, suffix)
    assert type(caught.value) is error
    assert caught.value.message.endswith(".") or ":" in caught.value.message


def test_a_zip_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(threemf_read, "MAX_UNPACKED_BYTES", 100_000)
    with pytest.raises(MeshFileTooBig, match="unpacks"):
        read_3mf(archive({"_rels/.rels": RELATIONS, "3D/3dmodel.model": "<model>" + " " * 10_000_000}))


def test_components_cannot_multiply_without_end(monkeypatch):
    monkeypatch.setattr(threemf_read, "MAX_TRIANGLES", 1000)
    doubled = "".join(
        f'<object id="{n}"><components>{2 * f"""<component objectid="{n - 1}"/>"""}</components></object>'
        for n in range(2, 17)
    )
    with pytest.raises(MeshFileTooBig):
        read_3mf(three_mf(one_object(TRIANGLE) + doubled, '<item objectid="16"/>'))


def test_billion_laughs_is_refused():
    laughs = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]>'
    with pytest.raises(MeshUnsafeXml):
        read_3mf(three_mf(one_object(TRIANGLE), head=laughs))


def test_units_transformations_and_components():
    component = (
        '<object id="2"><components><component objectid="1" transform="1 0 0 0 1 0 0 0 1 0 0 5"/></components></object>'
    )
    item = '<item objectid="2" transform="0 1 0 -1 0 0 0 0 1 10 0 0"/>'  # a quarter turn, then 10 along x
    (mesh,) = read_3mf(three_mf(one_object(TRIANGLE) + component, item, unit="inch"))
    assert mesh.vertices.tolist() == [[254, 0, 127], [254, 25.4, 127], [228.6, 0, 127]]


def test_an_off_file_of_too_many_corners_says_how_many():
    with pytest.raises(MeshFileTooBig, match="claims 999999999 corners"):
        read_mesh_bytes(b"OFF\n999999999 1 0\n", ".off")


@pytest.mark.filterwarnings("error")
def test_a_3mf_that_is_blown_out_of_all_bounds_is_refused_quietly():
    blown = '<item objectid="1" transform="1e150 0 0 0 1e150 0 0 0 1e150 0 0 0"/>'
    with pytest.raises(MeshBadNumber):
        read_mesh_bytes(three_mf(one_object(TRIANGLE), blown), ".3mf")


def test_3mf_keeps_pieces_names_and_bytes():
    left, right = box(1.1, 2.2, 3.3), together(box(), box(at=(20, 0, 0)))
    move = (1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0, 50.0, 0, 0)
    objects = [
        PlacedObject(left, uuid.UUID(int=1), "Zoë & <b>"),
        PlacedObject(right, uuid.UUID(int=2), "two", move),
        PlacedObject(left, uuid.UUID(int=3), "Zoë & <b>", move),
    ]
    data = write_3mf(objects, metadata={"Title": "A & B", "Order": "7"}, thumbnail_png=b"\x89PNG")
    assert data == write_3mf(objects, metadata={"Title": "A & B", "Order": "7"}, thumbnail_png=b"\x89PNG")
    with zipfile.ZipFile(io.BytesIO(data)) as content:
        model = content.read("3D/3dmodel.model").decode()
        assert content.read("Metadata/thumbnail.png") == b"\x89PNG"
    assert model.count("<object ") == 2  # equal meshes are stored once
    assert all(f'p:UUID="{uuid.UUID(int=n)}"' in model for n in (1, 2, 3))
    assert '<metadata name="Title">A &amp; B</metadata>' in model
    assert '<metadata name="glocal:Order">7</metadata>' in model
    meshes = read_3mf(data)
    assert np.array_equal(meshes[0].vertices, left.vertices)
    assert np.array_equal(meshes[2].vertices, left.vertices + np.array([50, 0, 0]))


def test_a_plate_needs_pieces_and_each_its_own_identity():
    with pytest.raises(ValueError, match="at least one"):
        write_3mf([], metadata={})
    with pytest.raises(ValueError, match="same piece_id"):
        write_3mf([PlacedObject(box(), PIECE, "a"), PlacedObject(box(), PIECE, "b")], metadata={})
