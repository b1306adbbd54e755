"""What can be wrong with a manifest or a package of somebody else."""

from __future__ import annotations

from glocal.commons.errors import CommonsError
from glocal.errors import BadInput, CannotBeMade


class ManifestUnreadable(CommonsError, BadInput):
    """A manifest cannot be read at all."""

    code = "manifest_unreadable"


class PackageRefused(CommonsError, BadInput):
    """An archive or directory is not a design package that may be opened."""

    code = "package_refused"


class LicenceForbids(CommonsError, CannotBeMade):
    """The licence does not allow this."""

    code = "licence_forbids"


class LicenceUnknown(CommonsError, BadInput):
    """Nobody can tell what the licence allows."""

    code = "licence_unknown"
