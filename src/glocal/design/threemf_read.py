"""Read 3MF that may come from a stranger: a ZIP with XML inside, both of which are used for attacks.

The archive is read in bounded pieces (no ZIP bombs), names must stay inside it, XML may declare neither entities nor
a document type, components may not multiply without end.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from xml.etree.ElementTree import ParseError

import numpy as np
import numpy.typing as npt

from glocal.design.errors import (
    MeshBadIndex,
    MeshBadNumber,
    MeshEmpty,
    MeshFileMalformed,
    MeshFileTooBig,
    MeshFileTruncated,
    MeshUnsafeArchive,
    MeshUnsafeXml,
)
from glocal.design.model import Mesh
from glocal.design.off import MAX_TRIANGLES
from glocal.design.threemf_rules import MODEL_RELATION, ModelRules, check_relations, check_required

MAX_UNPACKED_BYTES = 600_000_000
MAX_ENTRIES = 2_000
MAX_DEPTH = 16

_CORE = "{http://schemas.microsoft.com/3dmanufacturing/core/2015/02}"
_PRODUCTION = "{http://schemas.microsoft.com/3dmanufacturing/production/2015/06}"
_UNITS_MM = {"micron": 1e-3, "millimeter": 1.0, "centimeter": 10.0, "inch": 25.4, "foot": 304.8, "meter": 1000.0}
_IDENTITY = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]])


@dataclass(slots=True)
class _Object:
    kind: str = "model"
    mesh: Mesh | None = None
    components: list[tuple[str, str, npt.NDArray[np.float64]]] = field(default_factory=list)


@dataclass(slots=True)
class _Model:
    unit_mm: float = 1.0
    objects: dict[str, _Object] = field(default_factory=dict)
    items: list[tuple[str, str, npt.NDArray[np.float64]]] = field(default_factory=list)


def read_3mf(data: bytes) -> tuple[Mesh, ...]:
    """Return one mesh, in mm and in place, for each item on the build plate of a 3MF file."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        if data[:4] == b"PK\x03\x04":
            raise MeshFileTruncated(
                "The 3MF file ends before its table of contents.", help="Save it again, and send it whole."
            ) from error
        raise MeshFileMalformed("This is not a 3MF file: it is no ZIP archive.") from error
    with archive:
        return _Package(archive).meshes()


class _Package:
    """An open 3MF archive and what has been read of it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._room = MAX_UNPACKED_BYTES
        self._models: dict[str, _Model] = {}
        self._triangles = 0
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES:
            raise MeshUnsafeArchive(
                "The 3MF archive has {count} entries.",
                help="At most {most} are read.",
                count=len(entries),
                most=MAX_ENTRIES,
            )
        for entry in entries:
            _check_name(entry.filename)
        self._names = {f"/{entry.filename}".lower(): entry for entry in entries}
        if len(self._names) != len(entries):
            raise MeshUnsafeArchive("The 3MF archive has two entries of the same name.")

    def meshes(self) -> tuple[Mesh, ...]:
        path = self._model_path()
        model = self._model(path)
        if not model.items:
            raise MeshEmpty("The 3MF file has nothing on its build plate.")
        return tuple(
            mesh
            for item_path, object_id, transform in model.items
            if not self._is_support(item_path or path, object_id)
            and len((mesh := self._instance(item_path or path, object_id, transform * model.unit_mm)).faces)
        )

    def _read(self, path: str) -> bytes:
        entry = self._names.get(path.lower())
        if entry is None:
            raise MeshFileMalformed("The 3MF archive has no part “{path}”.", path=path[:200])
        try:
            with self._archive.open(entry) as stream:
                content = stream.read(self._room + 1)
        except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
            raise MeshFileTruncated("The part “{path}” of the 3MF archive is damaged.", path=path[:200]) from error
        except Exception as error:
            if type(error).__module__ in {"zlib", "lzma", "_lzma"}:
                raise MeshFileTruncated("The part “{path}” of the 3MF archive is damaged.", path=path[:200]) from error
            raise
        if len(content) > self._room:
            raise MeshFileTooBig(
                "The 3MF archive unpacks to more than {most} bytes.",
                help="This looks like a ZIP bomb.",
                most=MAX_UNPACKED_BYTES,
            )
        self._room -= len(content)
        return content

    def _model_path(self) -> str:
        relations = self._relations("/_rels/.rels")
        check_relations(relations, self._names, "")
        for relation in relations:
            if relation.get("Type") == MODEL_RELATION:
                target = relation.get("Target", "")
                path = target if target.startswith("/") else f"/{target}"
                own = str(PurePosixPath(path).parent / "_rels" / f"{PurePosixPath(path).name}.rels")
                if own.lower() in self._names:
                    check_relations(self._relations(own), self._names, path)
                return path
        raise MeshFileMalformed("The 3MF archive does not say which of its parts is the model.")

    def _relations(self, path: str) -> list[Any]:
        parsed = _xml(self._read(path), path)
        return [element for event, element in parsed if event == "end" and element.tag.endswith("}Relationship")]

    def _model(self, path: str) -> _Model:
        if path.lower() not in self._models:
            self._models[path.lower()] = _parse_model(self._read(path), path, self._names)
        return self._models[path.lower()]

    def _is_support(self, path: str, object_id: str) -> bool:
        """Say whether an item is somebody's support and no part: the slicer makes its own where it is needed."""
        thing = self._model(path).objects.get(object_id)
        return thing is not None and thing.kind in {"support", "solidsupport"}

    def _instance(self, path: str, object_id: str, transform: npt.NDArray[np.float64], depth: int = 0) -> Mesh:
        """Return an object with its components, moved by ``transform`` (4 rows of 3; a point is a row)."""
        if depth > MAX_DEPTH:
            raise MeshUnsafeArchive("The 3MF file nests components without an end.")
        thing = self._model(path).objects.get(object_id)
        if thing is None:
            raise MeshBadIndex("The 3MF file names an object “{object}” that does not exist.", object=object_id[:40])
        pieces = [] if thing.mesh is None else [self._moved(thing.mesh, transform)]
        for other_path, other_id, own in thing.components:
            chained = np.vstack([own[:3] @ transform[:3], own[3:] @ transform[:3] + transform[3:]])
            pieces.append(self._instance(other_path or path, other_id, chained, depth + 1))
        vertices, faces, offset = [np.empty((0, 3))], [np.empty((0, 3), np.int64)], 0
        for piece in pieces:
            vertices.append(piece.vertices)
            faces.append(piece.faces + np.int64(offset))
            offset += len(piece.vertices)
        return pieces[0] if len(pieces) == 1 else Mesh(np.concatenate(vertices), np.concatenate(faces).astype(np.int32))

    def _moved(self, mesh: Mesh, transform: npt.NDArray[np.float64]) -> Mesh:
        self._triangles += len(mesh.faces) + 1  # empty objects count too: a million of them is an attack as well
        if self._triangles > MAX_TRIANGLES:
            raise MeshFileTooBig(
                "The 3MF file has more than {most} triangles.", help="Simplify it to fewer.", most=MAX_TRIANGLES
            )
        if np.array_equal(transform, _IDENTITY):
            return mesh
        vertices = mesh.vertices @ transform[:3] + transform[3]
        mirrored = np.linalg.slogdet(transform[:3])[0] < 0
        if not np.isfinite(vertices).all():
            raise MeshBadNumber("A transformation in the 3MF file leads out of all bounds.")
        return Mesh(vertices, mesh.faces[:, ::-1] if mirrored else mesh.faces)


def _check_name(name: str) -> None:
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or "\\" in name or "\0" in name or re.match(r"[A-Za-z]:", name):
        raise MeshUnsafeArchive("The 3MF archive holds the path “{path}”, which leads out of it.", path=name[:100])


def _xml(content: bytes, path: str) -> Iterator[tuple[str, Any]]:
    """Yield ("start" | "end", element) of a document that declares nothing."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    try:
        yield from iterparse(io.BytesIO(content), events=("start", "end", "start-ns"), forbid_dtd=True)
    except DefusedXmlException as error:
        raise MeshUnsafeXml(
            "{path} in the 3MF archive declares a document type or entities.",
            help="No honest 3MF file does.",
            path=path[:200],
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise MeshFileMalformed(
            "{path} in the 3MF archive is not XML: {said}", path=path[:200], said=str(error)
        ) from error


def _parse_model(content: bytes, path: str, names: Iterable[str]) -> _Model:
    model, rules, prefixes = _Model(), ModelRules(names), {}
    current: _Object | None = None
    vertices: list[tuple[float, float, float]] = []
    faces: list[tuple[int, int, int]] = []
    depth = 0
    for event, element in _xml(content, path):
        if event == "start-ns":
            prefixes[element[0]] = element[1]
            continue
        tag = element.tag.removeprefix(_CORE)
        depth += 1 if event == "start" else -1
        if depth > 64:
            raise MeshFileMalformed("{path} in the 3MF archive is nested too deeply.", path=path[:200])
        if event == "start":
            rules.start(element)
            if tag == "model":
                check_required(element, prefixes)
                model.unit_mm = _unit(element)
            elif tag == "object":
                current, vertices, faces = _Object(element.get("type", "model")), [], []
                model.objects[element.get("id", "")] = current
            continue
        if tag == "vertex":
            vertices.append((_float(element, "x"), _float(element, "y"), _float(element, "z")))
            element.clear()
        elif tag == "triangle":
            faces.append((_index(element, "v1"), _index(element, "v2"), _index(element, "v3")))
            element.clear()
        elif tag in {"vertices", "triangles", "resources"}:
            element.clear()
        elif tag == "mesh" and current is not None:
            current.mesh = _mesh(vertices, faces)
        elif tag in {"component", "item"}:
            reference = (element.get(f"{_PRODUCTION}path", ""), element.get("objectid", ""), _transform(element))
            (model.items if tag == "item" or current is None else current.components).append(reference)
        if max(len(vertices), len(faces)) > MAX_TRIANGLES:
            raise MeshFileTooBig(
                "The 3MF file is too large.", help="Simplify it to at most {most} triangles.", most=MAX_TRIANGLES
            )
    rules.end()
    return model


def _mesh(vertices: list[tuple[float, float, float]], faces: list[tuple[int, int, int]]) -> Mesh:
    indices = np.array(faces, dtype=np.int64).reshape(-1, 3)
    if indices.size and (indices.min() < 0 or indices.max() >= len(vertices)):
        raise MeshBadIndex("A triangle in the 3MF file names a corner that does not exist.")
    return Mesh(np.array(vertices, dtype=np.float64).reshape(-1, 3), indices.astype(np.int32))


def _unit(element: Any) -> float:
    unit = element.get("unit", "millimeter")
    if unit not in _UNITS_MM:
        raise MeshFileMalformed("The 3MF file is in the unknown unit “{unit}”.", unit=unit[:40])
    return _UNITS_MM[unit]


def _float(element: Any, name: str) -> float:
    try:
        number = float(element.get(name, ""))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise MeshBadNumber(
            "A corner in the 3MF file has {name} = “{said}”, which is no finite number.",
            name=name,
            said=str(element.get(name))[:40],
        )
    return number


def _index(element: Any, name: str) -> int:
    try:
        index = int(element.get(name, ""))
    except ValueError:
        index = -1
    if not 0 <= index <= MAX_TRIANGLES:
        raise MeshBadIndex(
            "A triangle in the 3MF file has {name} = “{said}”.", name=name, said=str(element.get(name))[:40]
        )
    return index


def _transform(element: Any) -> npt.NDArray[np.float64]:
    text = element.get("transform")
    if text is None:
        return _IDENTITY
    try:
        numbers = np.array([float(part) for part in text.split()])
    except ValueError:
        numbers = np.empty(0)
    if numbers.size != 12 or not np.isfinite(numbers).all():
        raise MeshBadNumber("A transformation in the 3MF file is not twelve finite numbers.")
    return numbers.reshape(4, 3)
