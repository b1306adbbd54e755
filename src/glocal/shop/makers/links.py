"""The link that lets a maker in: whoever holds it works for the maker."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.db.models import F

from glocal.shop.access import Actor, require
from glocal.shop.errors import NotFound
from glocal.shop.makers.models import Maker, MakerMachine

_signer = Signer(salt="glocal.maker")


def link_of(maker: Maker) -> str:
    """Return the signed name that opens the maker's page."""
    return _signer.sign(maker.slug if maker.link_number == 1 else f"{maker.slug}.{maker.link_number}")


def access_maker(link: str) -> Maker:
    """Return the maker to whoever holds the link; to anybody else there is none."""
    try:
        slug, _, number = _signer.unsign(link).partition(".")
    except BadSignature:
        slug, number = "", ""
    maker = Maker.objects.filter(slug=slug, link_number=int(number or 1)).first() if slug else None
    if maker is None:
        raise NotFound("There is no such maker.", help="Use the whole link that the shop gave you.")
    return maker


def renew_link(maker: Maker) -> Maker:
    """Make every earlier link of a maker useless: they lost it, or somebody else has it."""
    Maker.objects.filter(id=maker.id).update(link_number=F("link_number") + 1)
    maker.refresh_from_db()
    return maker


def access_named_maker(slug: str, *, actor: Actor, action: str) -> Maker:
    """Return a maker by name to whoever may do this with them."""
    missing = NotFound("There is no such maker.", help="Go back to the list.")
    maker = Maker.objects.filter(slug=slug).first()
    if maker is None:
        raise missing
    require("maker", action, actor.relation(maker=maker.id), missing)
    return maker


def actor_of(maker: Maker) -> Actor:
    """Return the one who holds a maker's link."""
    return Actor(maker=maker.id)


def access_machine(slug: str, *, actor: Actor, action: str = "change") -> MakerMachine:
    """Return a machine to its maker and to the owner."""
    missing = NotFound("There is no such machine.", help="Go back to the list.")
    machine = MakerMachine.objects.select_related("maker").filter(slug=slug).first()
    if machine is None:
        raise missing
    require("machine", action, actor.relation(maker=machine.maker_id), missing)
    return machine
