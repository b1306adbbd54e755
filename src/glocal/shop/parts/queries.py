"""Reads of built parts."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from glocal.shop.errors import NotFound
from glocal.shop.files.store import shop_files
from glocal.shop.parts.models import BuiltPart

if TYPE_CHECKING:
    from glocal.design.model import Finding, Mesh, Part


def get_part(part_hash: str) -> BuiltPart:
    """Return a built part by its hash."""
    part = BuiltPart.objects.filter(hash=part_hash).first()
    if part is None:
        raise NotFound("There is no such part.", hash=part_hash)
    return part


@lru_cache(maxsize=8)
def _mesh(mesh_file: str) -> Mesh:
    import numpy as np

    from glocal.design.model import Mesh

    with np.load(io.BytesIO(shop_files().read(mesh_file)), allow_pickle=False) as arrays:
        return Mesh(vertices=arrays["vertices"], faces=arrays["faces"])


def load_part(row: BuiltPart) -> Part:
    """Return the part itself, its mesh read from the store."""
    from glocal.design.model import Part, PartFeatures

    features = {**row.features, "extent_mm": tuple(row.features["extent_mm"])}
    return Part(
        hash=row.hash,
        title=row.title,
        mesh=_mesh(row.mesh_file),
        features=PartFeatures(**features),
        template_id=row.template_id or None,
        template_hash=row.template_hash or None,
        values={name: tuple(value) if isinstance(value, list) else value for name, value in row.values.items()},
    )


def finding_as_dict(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON."""
    return finding.as_dict()


def finding_from_dict(stored: dict[str, Any]) -> Finding:
    """Return the finding that :func:`finding_as_dict` stored."""
    from glocal.design.model import Finding

    return Finding(**{**stored, "where": tuple((x, y, z) for x, y, z in stored["where"])})
