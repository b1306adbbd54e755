"""Addresses of the bundled files, each with its version, so that a browser may keep them for good."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static

from glocal.errors import OutsidePartFailed

BUNDLE = Path(__file__).resolve().parents[1] / "bundle"


class BundleMissing(OutsidePartFailed):
    """The front end was not built."""

    code = "bundle_missing"


@lru_cache(maxsize=1)
def _versions(changed_ns: int) -> dict[str, str]:
    versions: dict[str, str] = json.loads((BUNDLE / "web" / "manifest.json").read_text())
    return versions


def asset_url(path: str) -> str:
    """Return the address of a bundled file.

    Parameters
    ----------
    path : str
        Below the bundle, for example ``"web/configurator.js"``.

    Raises
    ------
    BundleMissing
        When the set-up did not run.
    """
    manifest = BUNDLE / "web" / "manifest.json"
    try:
        version = _versions(manifest.stat().st_mtime_ns)[path]
    except (FileNotFoundError, KeyError):
        raise BundleMissing(f"The web page's file {path} was not built.", help="Run `make setup`.") from None
    return f"{static(path)}?v={version}"
