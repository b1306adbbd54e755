"""Whether a customer may take the file of their own design home: its licence decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glocal.commons.okh_errors import LicenceForbids, LicenceUnknown
from glocal.shop.parts.models import BuiltPart
from glocal.shop.products.models import Product

if TYPE_CHECKING:
    from glocal.design.model import DesignTemplate


def design_of(part: BuiltPart) -> DesignTemplate | None:
    """Return the design that a part was made from; None for a shape that somebody brought."""
    product = Product.objects.filter(slug=part.template_id).first() if part.template_id else None
    return product.template() if product else None


def check_download(part: BuiltPart) -> None:
    """Refuse the file where the design's licence does not let changed versions be passed on, or nobody can tell.

    Raises
    ------
    LicenceForbids, LicenceUnknown
    """
    design = design_of(part)
    if design is None and part.template_id:
        raise LicenceUnknown("The design of this part is not on the shelf any more.", help="Ask the shop for the file.")
    if design is not None:
        check_licence(design.licence)


def is_downloadable(part: BuiltPart) -> bool:
    """Say whether :func:`check_download` lets the file go."""
    try:
        check_download(part)
    except (LicenceForbids, LicenceUnknown):
        return False
    return True


def check_licence(licence: str) -> None:
    """Raise unless a version of the design that a customer shaped may be passed on."""
    from glocal.commons.licences import terms_of

    for name, terms in terms_of(licence):
        if not terms.change:
            raise LicenceForbids(
                "The author’s licence, {licence}, does not let the shop hand out the file.",
                help="Order the part; or ask the author.",
                licence=name,
            )
