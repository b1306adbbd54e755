"""What customer and shop do in a design session. Each action checks, changes and tells in one transaction, once
per key.

What takes long (build, check, quote) happens before the transaction; whether somebody was faster is asked inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from glocal.shop.errors import NotNow, QuoteRefused
from glocal.shop.orders.models import Order
from glocal.shop.products.models import Product
from glocal.shop.quotes.models import QuoteRecord
from glocal.shop.sessions.access import Seat
from glocal.shop.sessions.errors import Overtaken, SessionInvalid
from glocal.shop.sessions.events import act, already, check, locked, tell
from glocal.shop.sessions.models import DesignSession, Revision, SessionEvent, SessionState, Side
from glocal.shop.sessions.pricing import offered_part, priced, renewed
from glocal.shop.sessions.rules import differences, same
from glocal.shop.wishes.actions import keep_wish

MOST_CHARACTERS = 2000
MOST_PIECES = 1000


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks the shop. All may stay empty: the link alone lets a guest back in."""

    name: str = ""
    email: str = ""
    language: str = "en"

    def __post_init__(self) -> None:
        if len(self.name) > 200:
            raise SessionInvalid("Your name is too long.", help="Write up to 200 characters.", field="name")
        if not self.email:
            return
        try:
            validate_email(self.email)
        except ValidationError:
            raise SessionInvalid(
                "“{said}” is not an e-mail address.",
                help="Write it as name@example.org.",
                said=self.email[:80],
                field="email",
            ) from None


def said(text: str, *, needed: bool = True) -> str:
    """Return what somebody wrote, or say that it is missing or too long."""
    text = text.strip()
    if needed and not text:
        raise SessionInvalid("There is no text.", help="Write what you want to say.", field="text")
    if len(text) > MOST_CHARACTERS:
        raise SessionInvalid(
            "The text is too long.", help="Write up to {most} characters.", most=MOST_CHARACTERS, field="text"
        )
    return text


def open_session(
    product: Product,
    raw_values: Mapping[str, object],
    *,
    material_id: str,
    quantity: int = 1,
    text: str,
    asker: Asker,
    key: str,
) -> DesignSession:
    """Ask the shop about a configuration: revision 1, the question, and a wish for whatever is not offered.

    Values that the design does not offer are kept as a wish in words of the session; the rest is the first revision.

    Parameters
    ----------
    key : str
        The same key again returns the same session.
    """
    if not 1 <= len(key) <= 200:
        raise SessionInvalid("The key of the form must have 1 to 200 characters.", field="key")
    known = DesignSession.objects.filter(opening_key=key).first()
    if known is not None:
        return known
    text = said(text)
    offered, wanted = offered_part(product.template(), raw_values)
    region = product.shop.region
    quote = priced(product, offered, material_id=material_id, quantity=quantity, region=region)
    try:
        with transaction.atomic():
            session = DesignSession.objects.create(
                product=product,
                opening_key=key,
                customer_name=asker.name.strip(),
                customer_email=asker.email,
                language=asker.language,
                region=region,
            )
            return _begin(Seat(session, Side.CUSTOMER, session.customer_name), quote, text, wanted)
    except IntegrityError:  # a second click was faster
        known = DesignSession.objects.filter(opening_key=key).first()
        if known is None:
            raise
        return known


def _begin(seat: Seat, quote: QuoteRecord, text: str, wanted: dict[str, object]) -> DesignSession:
    session = locked(seat.session)
    revision = write_revision(session, seat, quote, note="")
    tell(session, Side.CUSTOMER, "opened", {"revision": revision.number})
    comment = session.comments.create(
        session=session, revision=revision, side=Side.CUSTOMER, author=seat.name, text=text
    )
    tell(session, Side.CUSTOMER, "commented", {"comment": str(comment.id)})
    if wanted or quote.refusal:
        tell(session, Side.CUSTOMER, "wished", {"wish": keep_unoffered(session, quote, text, wanted, "opening")})
    return session


def keep_unoffered(
    session: DesignSession, quote: QuoteRecord, text: str, wanted: Mapping[str, object], key: str
) -> str:
    """Keep as a wish what was asked for in a session and cannot be offered; return the wish's identity."""
    wish = keep_wish(
        shop=session.product.shop,
        product=session.product,
        session=session,
        text=text,
        parameters=dict(wanted),
        values=quote.values,
        region=session.region,
        language=session.language,
        reason=str((quote.refusal or {}).get("code", "")) or "not_offered",
        key=f"session:{session.id}:{key}",
    )
    return str(wish.id)


def write_revision(session: DesignSession, seat: Seat, quote: QuoteRecord, note: str) -> Revision:
    """Append a revision to a session that is locked."""
    session.latest += 1
    return Revision.objects.create(
        session=session,
        number=session.latest,
        side=seat.side,
        author=seat.name,
        values=quote.values,
        material_id=quote.choice,
        quantity=quote.quantity,
        note=note,
        quote=quote,
    )


def latest_revision(session: DesignSession) -> Revision:
    """Return the newest revision."""
    return session.revisions.select_related("quote__part").get(number=session.latest)


def expect_latest(session: DesignSession, based_on: int) -> None:
    """Raise when the design is not any more the one that the sender saw."""
    if based_on != session.latest:
        raise Overtaken(
            "The design was changed meanwhile.",
            help="Look at the newest revision, then do it again. What you set is still in your form.",
            latest=session.latest,
        )


def revise(
    seat: Seat,
    raw_values: Mapping[str, object],
    *,
    material_id: str,
    quantity: int,
    note: str = "",
    based_on: int,
    key: str,
) -> SessionEvent:
    """Make a new revision of the design, based on the one that the sender saw.

    A customer's revision that cannot be made is a revision all the same, with the reason, and a wish.
    """
    done = already(seat, key)
    if done is not None:
        return done
    check("revise", seat.side, seat.session)
    expect_latest(seat.session, based_on)
    note = said(note, needed=False)
    before = latest_revision(seat.session)
    quote = priced(
        seat.session.product, raw_values, material_id=material_id, quantity=quantity, region=seat.session.region
    )
    if unchanged(before, quote):
        raise NotNow("Nothing is different from the newest revision.", help="Change something first.")

    def change(session: DesignSession) -> dict[str, Any]:
        expect_latest(session, based_on)
        data: dict[str, Any] = {"revision": write_revision(session, seat, quote, note).number}
        if quote.refusal and seat.side == Side.CUSTOMER:
            wanted = {change.name: change.after for change in differences(before.values, quote.values)}
            data["wish"] = keep_unoffered(session, quote, note, wanted, key)
        return data

    return act(seat, "revise", "revised", key, change)


def unchanged(revision: Revision, quote: QuoteRecord) -> bool:
    """Return whether a quote is for the very thing that a revision is."""
    return (
        all(same(revision.values.get(name), value) for name, value in quote.values.items())
        and revision.material_id == quote.choice
        and revision.quantity == quote.quantity
    )


def vouch(seat: Seat, *, revision: int, key: str) -> SessionEvent:
    """Let the shop say that it checked a revision and will make it so."""

    def change(session: DesignSession) -> dict[str, Any]:
        expect_latest(session, revision)
        session.vouched = latest_revision(session)
        return {"revision": revision}

    return act(seat, "vouch", "vouched", key, change)


def approve(seat: Seat, *, revision: int, key: str) -> SessionEvent:
    """Freeze the newest revision: it is what will be ordered."""

    def change(session: DesignSession) -> dict[str, Any]:
        expect_latest(session, revision)
        chosen = latest_revision(session)
        if chosen.quote.quote is None:
            raise QuoteRefused.kept(chosen.quote.refusal)
        session.approved, session.state = chosen, SessionState.APPROVED
        return {"revision": revision}

    return act(seat, "approve", "approved", key, change)


def reopen(seat: Seat, *, key: str) -> SessionEvent:
    """Go on shaping after an approval or after the session was closed."""

    def change(session: DesignSession) -> dict[str, Any]:
        session.approved, session.state = None, SessionState.OPEN
        return {}

    return act(seat, "reopen", "reopened", key, change)


def close(seat: Seat, *, key: str) -> SessionEvent:
    """End a session that comes to nothing; everything in it is kept."""

    def change(session: DesignSession) -> dict[str, Any]:
        session.approved, session.state = None, SessionState.CLOSED
        return {}

    return act(seat, "close", "closed", key, change)


def reprice(seat: Seat, *, key: str) -> SessionEvent:
    """Give the approved revision today's price, because the old one is too old to be ordered by."""
    approved = seat.session.approved
    if approved is None:
        raise NotNow("No revision is approved.")
    quote = renewed(approved.quote)

    def change(session: DesignSession) -> dict[str, Any]:
        if session.approved_id != approved.id:
            raise Overtaken("Another revision is approved by now.")
        before = approved.quote.total_minor
        Revision.objects.filter(id=approved.id).update(quote=quote)
        return {"revision": approved.number, "before_minor": before, "after_minor": quote.total_minor}

    return act(seat, "reprice", "repriced", key, change)


def note_order(session: DesignSession, order: Order) -> DesignSession:
    """Tie an order to the session in which its design was approved; the same order again changes nothing.

    What was ordered must be the approved part; material, number and way of delivery may be others, the customer saw
    their price at the checkout.
    """
    with transaction.atomic():
        session = locked(session)
        approved = session.approved
        if session.state != SessionState.APPROVED or approved is None or session.order_id is not None:
            return session
        if order.quote.part_id != approved.quote.part_id or hasattr(order, "design_session"):
            return session
        session.order, session.state = order, SessionState.ORDERED
        tell(session, Side.CUSTOMER, "ordered", {"revision": approved.number, "order": str(order.id)})
        return session


def saw(seat: Seat, number: int) -> None:
    """Note up to which event a side has the session on its screen; never goes back."""
    field = "customer_seen" if seat.side == Side.CUSTOMER else "shop_seen"
    DesignSession.objects.filter(id=seat.session.id, events_count__gte=number, **{f"{field}__lt": number}).update(
        **{field: number}
    )


def introduce(seat: Seat, asker: Asker) -> None:
    """Let a guest say later who they are and where news reach them."""
    if seat.side != Side.CUSTOMER:
        raise NotNow("Only the customer can say who the customer is.")
    DesignSession.objects.filter(id=seat.session.id).update(
        customer_name=asker.name.strip(), customer_email=asker.email, language=asker.language
    )
