"""Design packages on the disk, read once per process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import glocal

if TYPE_CHECKING:
    from glocal.design.model import DesignTemplate

BUNDLED = "bundled:"
BUNDLED_DIR = Path(glocal.__file__).parent / "design" / "products"


def package_directory(package: str) -> Path:
    """Return where a package lies: one that came with the program, or one of the shop's own."""
    if package.startswith(BUNDLED):
        return BUNDLED_DIR / package.removeprefix(BUNDLED)
    from django.conf import settings

    return Path(settings.GLOCAL_HOME) / "designs" / package


@lru_cache(maxsize=64)
def _read(directory: Path, _hash: str) -> DesignTemplate:
    from glocal.design.package import load_package

    return load_package(directory)


def read_template(package: str, template_hash: str) -> DesignTemplate:
    """Return a package's design; a product whose recorded hash changed is read anew."""
    return _read(package_directory(package), template_hash)
