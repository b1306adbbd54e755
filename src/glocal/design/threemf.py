"""Write 3MF (core specification 1.3 with the production extension): every piece carries its own UUID."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from glocal.design.model import Mesh
from glocal.design.part import mesh_hash
from glocal.design.threemf_read import read_3mf

__all__ = ["PlacedObject", "read_3mf", "write_3mf"]

_KNOWN_METADATA = frozenset(
    {
        "Title",
        "Designer",
        "Description",
        "Copyright",
        "LicenseTerms",
        "Rating",
        "CreationDate",
        "ModificationDate",
        "Application",
    }
)
_OPC = "http://schemas.openxmlformats.org/package/2006"
_MS = "http://schemas.microsoft.com/3dmanufacturing"
_MODEL_PATH = "3D/3dmodel.model"
_THUMBNAIL_PATH = "Metadata/thumbnail.png"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that ZIP knows: equal content gives equal bytes
_OBJECT_NAMESPACE = uuid.UUID("6f1d7d0e-8f0b-5c1b-9a53-0d3f3b8c6a11")


@dataclass(frozen=True, slots=True, eq=False)
class PlacedObject:
    """A piece on a build plate.

    Parameters
    ----------
    mesh : Mesh
    piece_id : uuid.UUID
        Identity of the physical piece.
    name : str
    transform : tuple of 12 floats or None
        Four rows of three, as 3MF writes it: a point is a row vector, the last row moves it (mm).
    """

    mesh: Mesh
    piece_id: uuid.UUID
    name: str
    transform: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if self.transform is not None and len(self.transform) != 12:
            raise ValueError(f"transform has {len(self.transform)} numbers, expected 12")


def write_3mf(
    objects: Sequence[PlacedObject], *, metadata: Mapping[str, str], thumbnail_png: bytes | None = None
) -> bytes:
    """Return a 3MF file; the same input gives the same bytes.

    Parameters
    ----------
    objects : sequence of PlacedObject
        At least one. Equal meshes are stored once.
    metadata : mapping
        ``Title``, ``Designer``, ``Copyright``, ``LicenseTerms``, ``Application`` … as the core specification names
        them; other names are written in our own namespace.
    thumbnail_png : bytes, optional
        A picture of the plate.
    """
    if not objects:
        raise ValueError("a 3MF file needs at least one object")
    if len({placed.piece_id for placed in objects}) != len(objects):
        raise ValueError("two objects have the same piece_id")
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(thumbnail_png is not None),
        _MODEL_PATH: _model(objects, metadata),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in parts.items():
            archive.writestr(_entry(name), content.encode())
        if thumbnail_png is not None:
            archive.writestr(_entry(_THUMBNAIL_PATH), thumbnail_png)
    return buffer.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _ZIP_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _content_types() -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Types xmlns="{_OPC}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>'
        '<Default Extension="png" ContentType="image/png"/></Types>\n'
    )


def _relations(with_thumbnail: bool) -> str:
    model = f'<Relationship Target="/{_MODEL_PATH}" Id="model" Type="{_MS}/2013/01/3dmodel"/>'
    picture = (
        f'<Relationship Target="/{_THUMBNAIL_PATH}" Id="thumbnail" Type="{_OPC}/relationships/metadata/thumbnail"/>'
        if with_thumbnail
        else ""
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Relationships xmlns="{_OPC}/relationships">{model}{picture}</Relationships>\n'
    )


def _attribute(text: str) -> str:
    """Quote a text for an attribute, without the characters that XML 1.0 cannot hold."""
    return quoteattr("".join(char for char in text if char >= " " or char in "\t\n\r"))


def _model(objects: Sequence[PlacedObject], metadata: Mapping[str, str]) -> str:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<model unit="millimeter" xml:lang="en-US" xmlns="{_MS}/core/2015/02" '
        f'xmlns:p="{_MS}/production/2015/06" xmlns:glocal="urn:glocal:3mf:1">',
    ]
    for name, text in metadata.items():
        full = name if name in _KNOWN_METADATA else f"glocal:{name}"
        body = _attribute(text)[1:-1].replace("&quot;", '"')
        lines.append(f"<metadata name={_attribute(full)}>{body}</metadata>")
    lines.append("<resources>")
    numbers: dict[tuple[str, str], int] = {}
    for placed in objects:
        key = (mesh_hash(placed.mesh), placed.name)
        if key not in numbers:
            numbers[key] = len(numbers) + 1
            lines += _object(placed, numbers[key], uuid.uuid5(_OBJECT_NAMESPACE, "/".join(key)))
    build = uuid.uuid5(_OBJECT_NAMESPACE, " ".join(str(placed.piece_id) for placed in objects))
    lines += ["</resources>", f'<build p:UUID="{build}">']
    for placed in objects:
        number = numbers[mesh_hash(placed.mesh), placed.name]
        move = "" if placed.transform is None else f' transform="{" ".join(_number(x) for x in placed.transform)}"'
        lines.append(f'<item objectid="{number}" p:UUID="{placed.piece_id}"{move}/>')
    lines += ["</build>", "</model>", ""]
    return "\n".join(lines)


def _object(placed: PlacedObject, number: int, identity: uuid.UUID) -> list[str]:
    lines = [f'<object id="{number}" type="model" name={_attribute(placed.name)} p:UUID="{identity}"><mesh><vertices>']
    lines += [
        f'<vertex x="{_number(x)}" y="{_number(y)}" z="{_number(z)}"/>' for x, y, z in placed.mesh.vertices.tolist()
    ]
    lines.append("</vertices><triangles>")
    lines += [f'<triangle v1="{a}" v2="{b}" v3="{c}"/>' for a, b, c in placed.mesh.faces.tolist()]
    lines.append("</triangles></mesh></object>")
    return lines


def _number(value: float) -> str:
    """Return the shortest text that reads back as the same number."""
    text = repr(float(value))
    return text.removesuffix(".0")
