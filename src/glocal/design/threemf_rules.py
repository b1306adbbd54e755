"""Rules of the 3MF core specification 1.3, its production and its materials extension that a file must keep.

A file that breaks one is refused with the rule's own name: what it means is anybody's guess, and printing a guess
costs somebody's money. What another extension adds (beams, slices, encrypted parts) is refused by name, since the part
would come out without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from glocal.design.errors import MeshBreaksStandard, MeshNeedsExtension

CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
PRODUCTION = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06"
MATERIALS = "http://schemas.microsoft.com/3dmanufacturing/material/2015/02"
_MS = "http://schemas.microsoft.com/3dmanufacturing/2013/01"
MODEL_RELATION = f"{_MS}/3dmodel"
_THUMBNAIL_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"

_READ = frozenset({CORE, PRODUCTION, MATERIALS, "http://schemas.microsoft.com/3dmanufacturing/trianglesets/2021/07"})
_NAMES = (
    ("beamlattice", "beam lattice", "Turn the lattice into triangles in the program that made it."),
    ("/slice/", "slice", "Save it as a mesh; layers that were cut for another machine do not fit this one."),
    ("securecontent", "secure content", "Save it without encryption."),
    ("volumetric", "volumetric", "Turn it into triangles in the program that made it."),
    ("implicit", "implicit", "Turn it into triangles in the program that made it."),
    ("boolean", "boolean operations", "Carry the operations out in the program that made it."),
    ("displacement", "displacement", "Turn the surface texture into triangles."),
)
_TYPES = frozenset({"model", "support", "solidsupport", "surface", "other"})
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?$")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
_NEEDED = {"colorgroup": (), "texture2d": ("path", "contenttype"), "texture2dgroup": ("texid",),
           "compositematerials": ("matid", "matindices"), "multiproperties": ("pids",)}  # fmt: skip


def broken(section: str, words: str) -> MeshBreaksStandard:
    """Return the refusal of a file that breaks a rule."""
    return MeshBreaksStandard(
        "The 3MF file breaks the standard ({section}): {said}",
        help="Save it again with a current version of the program that made it, or send it as STL.",
        section=section,
        said=words,
    )


def extension_name(namespace: str) -> tuple[str, str]:
    """Return the name of the extension that a namespace belongs to, and what would help."""
    for part, name, advice in _NAMES:
        if part in namespace:
            return name, advice
    return namespace[:100], "Save it as a plain mesh."


def needs_extension(namespace: str) -> MeshNeedsExtension:
    """Return the refusal of a file that cannot be understood without an extension that we do not read."""
    name, advice = extension_name(namespace)
    return MeshNeedsExtension(
        "The 3MF file uses the extension “{extension}”, which is not read: the part would come out without it.",
        help=advice,
        extension=name,
    )


def check_required(element: Any, prefixes: Mapping[str, str]) -> None:
    """Refuse a model that says it cannot be understood without an extension that we do not read."""
    for prefix in element.get("requiredextensions", "").split():
        namespace = prefixes.get(prefix)
        if namespace is None:
            raise broken("core 2.3.1", f"it requires the extension “{prefix[:40]}” without saying which that is.")
        if namespace not in _READ:
            raise needs_extension(namespace)


def check_relations(relations: Iterable[Any], names: Iterable[str], source: str) -> None:
    """Check what a part of the package points to; ``source`` is empty for the package itself."""
    from_package = not source
    seen: dict[str, int] = {}
    known = {name.lower() for name in names}
    ids = set()
    for relation in relations:
        kind, target = relation.get("Type", ""), relation.get("Target", "")
        seen[kind] = seen.get(kind, 0) + 1
        if relation.get("Id") in ids:
            raise broken("OPC 9.3", "two relationships of one part have the same id.")
        ids.add(relation.get("Id"))
        if relation.get("TargetMode") == "External" or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", target):
            if kind.startswith(_MS) or kind == _THUMBNAIL_RELATION:
                raise broken("core 2.1.1", f"it links to {target[:60]!r}, which is outside of the file.")
        elif kind == _THUMBNAIL_RELATION and from_package and f"/{target.lstrip('/')}".lower() not in known:
            raise broken("core 2.1.3", f"its thumbnail {target[:60]!r} is missing.")
    if from_package and seen.get(MODEL_RELATION, 0) > 1:
        raise broken("core 2.1.2", "it has more than one model to start from.")
    if seen.get(f"{_MS}/printticket", 0) > 1:
        raise broken("core 2.1.4", "it has more than one print ticket.")


def _check_identity(identity: str | None) -> None:
    if identity is not None and not _UUID.match(identity):
        raise broken("production 2", f"the identity {identity[:40]!r} is no UUID.")


class ModelRules:
    """What must hold among the elements of one model part, taken in one after another."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {name.lower() for name in names}
        self._resources: dict[str, tuple[str, Any]] = {}
        self._items: list[str] = []
        self._used: set[str] = set()
        self._said: set[str] = set()

    def start(self, element: Any) -> None:
        """Take in an element whose attributes are known."""
        namespace, _, tag = element.tag.rpartition("}")
        namespace = namespace.removeprefix("{")
        if namespace not in {CORE, MATERIALS}:
            self._foreign(namespace, tag)
        elif tag in {"metadata", "metadatagroup"}:
            self._metadata(tag, element.get("name"))
        elif tag == "object" or tag in _NEEDED or tag == "basematerials":
            self._resource(tag, element)
        elif tag == "color" and not _COLOUR.match(element.get("color", "")):
            raise broken("materials 2", "a colour has no value such as #1A2B3C.")
        elif tag == "item":
            self._items.append(element.get("objectid", ""))
        if tag in {"object", "item", "build", "component"}:
            _check_identity(element.get(f"{{{PRODUCTION}}}UUID"))
        elif tag == "triangle":
            self._triangle(element)

    def end(self) -> None:
        """Check what only the whole part can tell."""
        for tag, element in self._resources.values():
            self._references(tag, element)
        for pid in self._used:
            if pid not in self._resources:
                raise broken("core 4.1.4.2", f"it uses properties “{pid[:40]}” that it does not define.")
        for item in self._items:
            tag, element = self._resources.get(item, ("", None))
            if tag == "object" and element.get("type") == "other":
                raise broken("core 3.4.3.1", "an object of type “other” stands on the build plate.")

    def _foreign(self, namespace: str, tag: str) -> None:
        if tag in {"beamlattice", "slicestack", "sliceref"} or "securecontent" in namespace:
            raise needs_extension(namespace)

    def _metadata(self, tag: str, name: str | None) -> None:
        if tag == "metadatagroup":  # names begin anew
            self._said = set()
        elif not name:
            raise broken("core 3.4.1", "metadata has no name.")
        elif name in self._said:
            raise broken("core 3.4.1", f"it says its “{name[:40]}” twice.")
        else:
            self._said.add(name)

    def _resource(self, tag: str, element: Any) -> None:
        number = element.get("id", "")
        if not number:
            raise broken("core 4.1", f"a resource <{tag}> has no id.")
        if number in self._resources:
            raise broken("core 4.1", f"two resources have the id {number[:20]}.")
        self._resources[number] = tag, dict(element.attrib)
        for name in _NEEDED.get(tag, ()):
            if not element.get(name):
                raise broken("materials", f"<{tag}> {number[:20]} has no {name}.")
        if tag == "object":
            if element.get("type", "model") not in _TYPES:
                raise broken("core 4.1", f"an object is of the unknown type “{element.get('type')[:40]}”.")
            if element.get("pindex") is not None and element.get("pid") is None:
                raise broken("core 4.1", f"object {number[:20]} has a pindex without a pid.")
            if element.get("pid"):
                self._used.add(element.get("pid"))
        if tag == "texture2d" and element.get("contenttype") not in {"image/png", "image/jpeg"}:
            raise broken("materials 6", "a texture is neither PNG nor JPEG.")

    def _triangle(self, element: Any) -> None:
        pid = element.get("pid")
        if pid is not None:
            self._used.add(pid)

    def _references(self, tag: str, element: Mapping[str, str]) -> None:
        def kind(number: str) -> str:
            return self._resources.get(number, ("nothing", None))[0]

        if tag == "texture2dgroup" and kind(element["texid"]) != "texture2d":
            raise broken("materials 3", "a texture group does not point to a texture.")
        if tag == "compositematerials" and kind(element["matid"]) != "basematerials":
            raise broken("materials 4", "a composite is not made of base materials.")
        if tag == "multiproperties":
            kinds = [kind(number) for number in element["pids"].split()]
            mixed = sum(name in {"basematerials", "compositematerials"} for name in kinds)
            if "nothing" in kinds or "multiproperties" in kinds or mixed > 1 or kinds.count("colorgroup") > 1:
                raise broken("materials 5", "multi-properties name groups that cannot go together.")
