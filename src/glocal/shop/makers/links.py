"""The link that lets a maker in: whoever holds it works for the maker."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer

from glocal.shop.errors import NotFound
from glocal.shop.makers.models import Maker

_signer = Signer(salt="glocal.maker")


def link_of(maker: Maker) -> str:
    """Return the signed name that opens the maker's page."""
    return _signer.sign(maker.slug)


def access_maker(link: str) -> Maker:
    """Return the maker to whoever holds the link; to anybody else there is none."""
    try:
        maker = Maker.objects.filter(slug=_signer.unsign(link)).first()
    except BadSignature:
        maker = None
    if maker is None:
        raise NotFound("There is no such maker.", help="Use the whole link that the shop gave you.")
    return maker
