"""Whatever a stranger sends is priced or refused with a reason: never a stumble, never an invented number.

The samples are our own, of the kinds that the 3MF consortium's valid and invalid ones have, and broken meshes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from glocal.cli.quote import quote, standard_tax
from glocal.design.meshfile import write_stl
from glocal.design.model import Mesh
from glocal.design.region_errors import RegionUnknown
from glocal.errors import GlocalError
from glocal.production.errors import SlicerRejected
from glocal.quoting.errors import BadTerms
from tests.design.templates import box, together, without_faces
from tests.design.test_meshfile import RELATIONS, archive

CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
PRODUCTION = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06"
MATERIAL = "http://schemas.microsoft.com/3dmanufacturing/material/2015/02"
BEAMS = "http://schemas.microsoft.com/3dmanufacturing/beamlattice/2017/02"
SLICES = "http://schemas.microsoft.com/3dmanufacturing/slice/2015/07"
SECURE = "http://schemas.microsoft.com/3dmanufacturing/securecontent/2019/04"
BOX = box(20, 20, 20)
PIECE = "01890a5d-ac96-774b-bcce-b302099a8057"


def mesh_xml(mesh: Mesh = BOX) -> str:
    corners = "".join(f'<vertex x="{x:g}" y="{y:g}" z="{z:g}"/>' for x, y, z in mesh.vertices.tolist())
    faces = "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>' for a, b, c in mesh.faces.tolist())
    return f"<mesh><vertices>{corners}</vertices><triangles>{faces}</triangles></mesh>"


def three_mf(resources: str, items: str = '<item objectid="1"/>', *, root: str = "", unit: str = "millimeter") -> bytes:
    model = (
        f'<model unit="{unit}" xmlns="{CORE}" {root}><resources>{resources}</resources><build>{items}</build></model>'
    )
    return archive({"_rels/.rels": RELATIONS, "3D/3dmodel.model": model})


def piece(inside: str = "", attributes: str = "", number: int = 1) -> str:
    return f'<object id="{number}" {attributes}>{inside or mesh_xml()}</object>'


PRICED = {
    "core": three_mf(piece()),
    "inches": three_mf(piece(mesh_xml(box(0.8, 0.8, 0.8))), unit="inch"),
    "moved and turned": three_mf(piece(), '<item objectid="1" transform="0 1 0 -1 0 0 0 0 1 50 50 9"/>'),
    "component": three_mf(
        piece() + piece('<components><component objectid="1"/></components>', number=2), '<item objectid="2"/>'
    ),
    "base materials": three_mf(
        '<basematerials id="5"><base name="PLA" displaycolor="#FF0000"/></basematerials>'
        + piece(attributes='pid="5" pindex="0"')
    ),
    "colours": three_mf(
        '<m:colorgroup id="5"><m:color color="#FF0000FF"/></m:colorgroup>' + piece(attributes='pid="5" pindex="0"'),
        root=f'xmlns:m="{MATERIAL}"',
    ),
    "production": three_mf(
        piece(attributes=f'p:UUID="{PIECE}"'),
        f'<item objectid="1" p:UUID="{PIECE}"/>',
        root=f'xmlns:p="{PRODUCTION}" requiredextensions="p"',
    ),
    "an extension that is not required": three_mf(piece(), root=f'xmlns:s="{SLICES}"'),
}
REFUSED = {
    "no model": archive({"_rels/.rels": RELATIONS}),
    "no relations": archive({"3D/3dmodel.model": "<model/>"}),
    "not a model": archive({"_rels/.rels": RELATIONS, "3D/3dmodel.model": "<html/>"}),
    "not xml": archive({"_rels/.rels": RELATIONS, "3D/3dmodel.model": "<model"}),
    "entities": archive(
        {"_rels/.rels": RELATIONS, "3D/3dmodel.model": '<!DOCTYPE m [<!ENTITY a "b">]><model>&a;</model>'}
    ),
    "unknown unit": three_mf(piece(), unit="furlong"),
    "nothing to build": three_mf(piece(), ""),
    "builds what is not there": three_mf(piece(), '<item objectid="7"/>'),
    "two objects of one number": three_mf(piece() + piece()),
    "holds itself": three_mf(piece('<components><component objectid="1"/></components>')),
    "corner that is not there": three_mf(piece(mesh_xml().replace('v1="0"', 'v1="99"', 1))),
    "corner that is no number": three_mf(piece(mesh_xml().replace('x="0"', 'x="nan"', 1))),
    "triangle with one corner twice": three_mf(piece(mesh_xml().replace('v1="0" v2="1"', 'v1="1" v2="1"', 1))),
    "no volume": three_mf(piece(), '<item objectid="1" transform="0 0 0 0 0 0 0 0 0 0 0 0"/>'),
    "property that is not there": three_mf(piece(attributes='pid="9" pindex="0"')),
    "two titles": three_mf("<metadata name='Title'>a</metadata><metadata name='Title'>b</metadata>" + piece()),
    "beam lattice": three_mf(piece(), root=f'xmlns:b="{BEAMS}" requiredextensions="b"'),
    "slices": three_mf(piece(), root=f'xmlns:s="{SLICES}" requiredextensions="s"'),
    "secured": three_mf(piece(), root=f'xmlns:s="{SECURE}" requiredextensions="s"'),
    "unknown extension": three_mf(piece(), root='xmlns:z="urn:z" requiredextensions="z"'),
    "identity that is none": three_mf(
        piece(attributes='p:UUID="one"'), root=f'xmlns:p="{PRODUCTION}" requiredextensions="p"'
    ),
}
BROKEN = {
    "open": write_stl(without_faces(BOX, 0)),
    "a single triangle": write_stl(Mesh(BOX.vertices[:3], np.array([[0, 1, 2]], dtype=np.int32))),
    "as large as a house": write_stl(box(9000, 9000, 9000)),
    "as thin as paper": write_stl(box(20, 20, 0.01)),
    "smaller than dust": write_stl(box(0.01, 0.01, 0.01)),
    "cut off": write_stl(BOX)[:-7],
    "noise": bytes(range(256)) * 8,
    "empty": b"",
}
UNSURE = {
    "two apart": write_stl(together(BOX, box(20, 20, 20, (50, 0, 0)))),
    "two in each other": write_stl(together(BOX, box(20, 20, 20, (7, 7, 7)))),
    "inside out": write_stl(Mesh(BOX.vertices, BOX.faces[:, ::-1])),
    "twice the same": write_stl(together(BOX, BOX)),
    "hovering": write_stl(box(20, 20, 20, (0, 0, 1e7))),
}


class SlicerThatRefuses:
    """What the estimate does not know goes to the slicer, which is tried with real plates elsewhere."""

    version = "PrusaSlicer-2.5.0"

    def slice(self, *_: Any, **__: Any) -> Any:
        raise SlicerRejected("The slicer does not want it.", help="Change it.")


def ask(
    tmp_path: Path, name: str, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> tuple[dict[str, Any] | None, Any]:
    """Return the price, or the error with which it was refused."""
    monkeypatch.setattr("glocal.cli.quote.slicer", SlicerThatRefuses)
    file = tmp_path / name
    file.write_bytes(content)
    result = CliRunner().invoke(quote, [str(file), "--json"])
    if result.exception is None:
        return json.loads(result.stdout), None
    return None, result.exception


def named(samples: dict[str, bytes]) -> list[Any]:
    return [pytest.param(content, id=name) for name, content in samples.items()]


@pytest.mark.parametrize("content", named(PRICED))
def test_a_valid_file_of_each_kind_is_priced(content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    price, error = ask(tmp_path, "box.3mf", content, monkeypatch)
    assert error is None, error
    assert price is not None
    assert 2 < price["mass_g"] < 10.2  # a box of 8 cm³ or a little more, filled at least in part
    assert price["time_s_range"]["low"] <= price["time_s"] <= price["time_s_range"]["high"]


@pytest.mark.parametrize("content", named(REFUSED))
def test_an_invalid_file_of_each_kind_is_refused_with_a_reason(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    price, error = ask(tmp_path, "box.3mf", content, monkeypatch)
    assert price is None
    assert isinstance(error, GlocalError), repr(error)
    assert error.message
    assert error.help


def test_a_file_of_an_unknown_kind_is_no_design(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    price, error = ask(tmp_path, "part.xyz", b"hello", monkeypatch)
    assert price is None
    assert ".stl" in error.help, error


@pytest.mark.parametrize("content", named(BROKEN))
def test_a_broken_mesh_is_refused_with_a_reason(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    price, error = ask(tmp_path, "part.stl", content, monkeypatch)
    assert price is None
    assert isinstance(error, GlocalError), repr(error)
    assert error.message
    assert error.help


@pytest.mark.parametrize("content", named(UNSURE))
def test_an_odd_mesh_is_priced_or_refused_with_a_reason(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    price, error = ask(tmp_path, "part.stl", content, monkeypatch)
    assert (price is None) != (error is None)
    assert error is None or (isinstance(error, GlocalError) and error.message and error.help), repr(error)


def test_the_tax_is_the_regions_and_none_is_guessed() -> None:
    assert (standard_tax("DE"), standard_tax("fr")) == (0.19, 0.2)
    with pytest.raises(BadTerms, match="US-CA"):
        standard_tax("US-CA")
    with pytest.raises(RegionUnknown):
        standard_tax("XX")
