"""Files of parts, by the part's hash: picture, shape for the screen, shape for making. They never change."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from glocal.shop.errors import NotFound
from glocal.shop.files.store import shop_files
from glocal.shop.parts.licence import check_download
from glocal.shop.parts.metadata import part_metadata
from glocal.shop.parts.models import BuiltPart
from glocal.shop.parts.queries import get_part, load_part

TYPES = {"png": "image/png", "glb": "model/gltf-binary", "3mf": "model/3mf"}
FOR_GOOD = "public, max-age=31536000, immutable"


@require_safe
def part_file(request: HttpRequest, part_hash: str, kind: str) -> HttpResponse:
    """Send a part's file; 304 when the browser has it."""
    if kind not in TYPES:
        raise NotFound("There is no such file of a part.", help="Ask for one of: {allowed}.", allowed=list(TYPES))
    etag = f'"{part_hash}-{kind}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(_content(get_part(part_hash), kind), content_type=TYPES[kind])
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = FOR_GOOD
    if kind == "3mf":
        response.headers["Content-Disposition"] = 'attachment; filename="part.3mf"'
    return response


part_file.open_to = "everybody"  # type: ignore[attr-defined]  # a part is found by its hash alone, and names nobody


def _content(row: BuiltPart, kind: str) -> bytes:
    if kind == "3mf":
        return _threemf(row)
    return shop_files().read(row.picture_file if kind == "png" else row.glb_file)


def _threemf(row: BuiltPart) -> bytes:
    """Write the design as a file for making, where its licence allows; its identity follows from its shape."""
    from glocal.design.threemf import PlacedObject, write_3mf

    check_download(row)
    part = load_part(row)
    identity = uuid.uuid5(uuid.NAMESPACE_OID, row.hash)
    placed = PlacedObject(mesh=part.mesh, piece_id=identity, name=part.title, transform=None)
    metadata = part_metadata(row)
    return write_3mf([placed], metadata=metadata, thumbnail_png=shop_files().read(row.picture_file))
