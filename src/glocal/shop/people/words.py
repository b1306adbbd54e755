"""Erase a customer's own words from designs that were only looked at: a name on a sign says who wanted it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from glocal.shop.files.store import shop_files
from glocal.shop.parts.models import BuiltPart
from glocal.shop.quotes.models import QuoteRecord
from glocal.shop.sessions.models import Proposal, Revision
from glocal.shop.wishes.models import Wish

if TYPE_CHECKING:
    from glocal.shop.products.models import Product

Ids = Iterable[uuid.UUID]


def erase_words(orders: Ids, sessions: Ids) -> None:
    """Blank free texts in revisions, proposals, wishes and quotes of sessions.

    What was ordered and made keeps its values, for product safety; call it in the transaction of the erasure.
    """
    sessions = list(sessions)
    for revision in Revision.objects.filter(session__in=sessions).select_related("session__product"):
        blank = _blanked(revision.session.product, revision.values)
        Revision.objects.filter(id=revision.id).update(values=blank)
    for proposal in Proposal.objects.filter(session__in=sessions).select_related("session__product"):
        blank = _blanked(proposal.session.product, proposal.changes)
        Proposal.objects.filter(id=proposal.id).update(changes=blank)
    for wish in Wish.objects.filter(session__in=sessions).select_related("product"):
        if wish.product is not None:
            parameters, values = _blanked(wish.product, wish.parameters), _blanked(wish.product, wish.values)
            Wish.objects.filter(id=wish.id).update(parameters=parameters, values=values)
    _quotes(sessions)


def _quotes(sessions: list[uuid.UUID]) -> None:
    """Blank the quotes of sessions that nobody ordered, and forget parts that nothing else needs."""
    of_session = Q(revisions__session__in=sessions) | Q(proposals__session__in=sessions)
    found = QuoteRecord.objects.filter(of_session, orders__isnull=True)
    quotes = list(found.select_related("product", "part").distinct())
    ids = [quote.id for quote in quotes]
    unneeded = {}
    for quote in quotes:
        blank = _blanked(quote.product, quote.values)
        if blank != quote.values:
            QuoteRecord.objects.filter(id=quote.id).update(values=blank)
            if quote.part is not None and not quote.part.quotes.exclude(id__in=ids).exists():
                unneeded[quote.part.id] = quote.part
    _forget_parts(unneeded)


def _forget_parts(parts: Mapping[uuid.UUID, BuiltPart]) -> None:
    """Take words and files of parts away; their rows stay, since quotes point to them, under names of no use."""
    others = BuiltPart.objects.exclude(id__in=parts)
    free = set()
    for part in parts.values():
        BuiltPart.objects.filter(id=part.id).update(hash=f"erased-{part.id.hex}", values={}, drawn_file="")
        for name in {part.mesh_file, part.glb_file, part.drawn_file} - {""}:
            if not others.filter(Q(mesh_file=name) | Q(glb_file=name) | Q(drawn_file=name)).exists():
                free.add(name)
    for name in free:
        transaction.on_commit(partial(shop_files().forget, name))


def _blanked(product: Product, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values without the customer's own words."""
    template = product.template()
    words = {
        each.name for each in template.parameters if each.type == "string" and not each.options and each.widget is None
    }
    return {name: "" if name in words else value for name, value in values.items()}
