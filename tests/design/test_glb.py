import json
import struct

import pytest

from glocal.design.glb import write_glb
from tests.design.templates import box


def test_a_glb_holds_what_it_says():
    data = write_glb(box(10, 20, 30), colour=(1, 0, 0))
    magic, version, total = struct.unpack_from("<4sII", data)
    assert (magic, version, total) == (b"glTF", 2, len(data))
    (length,) = struct.unpack_from("<I", data, 12)
    document = json.loads(data[20 : 20 + length])
    assert document["accessors"][0]["max"] == [10, 20, 30]
    assert document["accessors"][1]["count"] == 36
    assert document["materials"][0]["pbrMetallicRoughness"]["baseColorFactor"] == [1, 0, 0, 1]


def test_other_programs_read_it():
    trimesh = pytest.importorskip("trimesh")
    import io

    scene = trimesh.load(io.BytesIO(write_glb(box(10, 20, 30))), file_type="glb")
    low, high = scene.bounds
    assert (high - low).tolist() == pytest.approx([0.010, 0.030, 0.020])  # metres, y up
