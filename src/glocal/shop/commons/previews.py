"""Pictures of other shops' designs: drawn anew from what their packages hold, kept by the package's hash."""

from __future__ import annotations

import threading
from pathlib import Path

from django.conf import settings

from glocal.errors import GlocalError
from glocal.shop.commons.actions import log_directory
from glocal.shop.files.pictures import drawn_anew

NAMES = ("preview.png", "preview.jpg", "preview.webp")
LONGEST_PX = 640
_one_at_a_time = threading.Lock()


def preview_of(package_hash: str, *, fetch: bool) -> bytes | None:
    """Return the picture (JPEG) of a published design; None where it has none, or none is here yet.

    Parameters
    ----------
    package_hash : str
        Of a design that a followed shop has published.
    fetch : bool
        Whether its package may be fetched for it; one is at a time.
    """
    kept = Path(settings.GLOCAL_HOME) / "previews" / f"{package_hash}.jpg"
    if not kept.exists() and fetch:
        with _one_at_a_time:
            if not kept.exists():
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_bytes(_picture(package_hash))
    return (kept.read_bytes() or None) if kept.exists() else None


def _picture(package_hash: str) -> bytes:
    """Return what a package shows of itself; nothing where it shows nothing that can be read."""
    from glocal.commons.design_fetch import fetched

    files = fetched(log_directory(), package_hash).files
    for name in NAMES:
        if name in files:
            try:
                return drawn_anew(files[name], longest_px=LONGEST_PX)
            except GlocalError:
                return b""
    return b""
