"""Build a part once, and check it once for each process."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from glocal.shop.files.store import shop_files
from glocal.shop.parts.engine import engine
from glocal.shop.parts.models import BuiltPart, PartCheck
from glocal.shop.parts.queries import finding_as_dict, finding_from_dict, load_part
from glocal.values import canonical_json, sha256_hex

if TYPE_CHECKING:
    from glocal.design.model import DesignTemplate, Finding, ParameterValue, Part, PrintProcess


def built_part(template: DesignTemplate, values: Mapping[str, ParameterValue]) -> BuiltPart:
    """Return the part of a design with these values, built now unless it was built before.

    Raises
    ------
    DesignError
        What the design room refuses: a design that loops, is too big, or fails.
    """
    from glocal.design.part import build_part, part_hash

    known = BuiltPart.objects.filter(hash=part_hash(template, values)).first()
    return known or keep_part(build_part(template, values, engine()))


def keep_part(part: Part) -> BuiltPart:
    """Store a part with the files that pages and printers need: its mesh, and a GLB for the screen."""
    import numpy as np

    from glocal.design.glb import write_glb

    files = shop_files()
    arrays = io.BytesIO()
    np.savez(arrays, vertices=part.mesh.vertices, faces=part.mesh.faces)
    row, _ = BuiltPart.objects.get_or_create(
        hash=part.hash,
        defaults={
            "title": part.title,
            "template_id": part.template_id or "",
            "template_hash": part.template_hash or "",
            "values": {name: list(v) if isinstance(v, tuple) else v for name, v in part.values.items()},
            "features": asdict(part.features),
            "mesh_file": files.put(arrays.getvalue()),
            "glb_file": files.put(write_glb(part.mesh)),
        },
    )
    return row


def draw(row: BuiltPart) -> None:
    """Draw a part's picture and keep it."""
    from glocal.design.picture import render_png

    row.drawn_file = shop_files().put(render_png(load_part(row).mesh))
    row.save(update_fields=["drawn_file"])


def check_part(row: BuiltPart, process: PrintProcess) -> tuple[Finding, ...]:
    """Return what stands in the way of printing a part with a process; each question is worked out once."""
    from glocal.design.check import check

    key = sha256_hex(canonical_json(asdict(process)))
    known = PartCheck.objects.filter(part=row, process=key).first()
    if known is None:
        findings = [finding_as_dict(finding) for finding in check(load_part(row).mesh, process)]
        known, _ = PartCheck.objects.get_or_create(part=row, process=key, defaults={"findings": findings})
    return tuple(finding_from_dict(stored) for stored in known.findings)
