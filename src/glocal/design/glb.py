"""Write GLB (glTF 2.0 binary), the format in which browsers show a part."""

from __future__ import annotations

import json
import struct

from glocal.design.model import Mesh

_DEFAULT_COLOUR = (0.86, 0.62, 0.16)


def write_glb(mesh: Mesh, *, colour: tuple[float, float, float] | None = None) -> bytes:
    """Return a mesh as GLB.

    The geometry stays in mm with z up; the one node turns and scales it to glTF's metres with y up. There are no
    normals, which asks viewers for flat facets, as a print has them.

    Parameters
    ----------
    mesh : Mesh
    colour : (red, green, blue), each 0 to 1, optional
    """
    positions = mesh.vertices.astype("<f4")
    indices = mesh.faces.astype("<u4")
    binary = positions.tobytes() + indices.tobytes()
    document = {
        "asset": {"version": "2.0", "generator": "glocal"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "scale": [0.001] * 3, "rotation": [-(0.5**0.5), 0.0, 0.0, 0.5**0.5]}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
        "materials": [
            {
                "pbrMetallicRoughness": {
                    "baseColorFactor": [*(colour or _DEFAULT_COLOUR), 1.0],
                    "metallicFactor": 0.0,
                    "roughnessFactor": 0.7,
                }
            }
        ],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": 5126,
                "count": len(positions),
                "type": "VEC3",
                "min": [float(x) for x in positions.min(axis=0)],
                "max": [float(x) for x in positions.max(axis=0)],
            },
            {"bufferView": 1, "componentType": 5125, "count": indices.size, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": positions.nbytes, "target": 34962},
            {"buffer": 0, "byteOffset": positions.nbytes, "byteLength": indices.nbytes, "target": 34963},
        ],
        "buffers": [{"byteLength": len(binary)}],
    }
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    total = 12 + 8 + len(text) + 8 + len(binary)
    return b"".join(
        [
            struct.pack("<4sII", b"glTF", 2, total),
            struct.pack("<I4s", len(text), b"JSON"),
            text,
            struct.pack("<I4s", len(binary), b"BIN\0"),
            binary,
        ]
    )
