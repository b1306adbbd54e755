"""Design packages on the disk, read once per process."""

from __future__ import annotations

import re
from collections.abc import Mapping
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


def is_own(package: str) -> bool:
    """Say whether the owner brought a package: it neither came with the program nor from another shop."""
    return not package.startswith(BUNDLED) and not re.fullmatch(r"commons-[0-9a-f]{16}", package)


def write_files(files: Mapping[str, bytes], place: Path) -> None:
    """Write a package's files below a directory; a name that leads out of it is refused."""
    from glocal.commons.packages import check_name

    for name, data in files.items():
        target = place / check_name(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


@lru_cache(maxsize=64)
def _read(directory: Path, _hash: str) -> DesignTemplate:
    from glocal.design.package import load_package

    return load_package(directory)


def read_template(package: str, template_hash: str) -> DesignTemplate:
    """Return a package's design; a product whose recorded hash changed is read anew."""
    return _read(package_directory(package), template_hash)
