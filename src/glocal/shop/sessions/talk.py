"""What is said about a design: proposals with their real price, their answers, comments with their place, wishes."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from glocal.shop.errors import NotFound, NotNow, QuoteRefused
from glocal.shop.quotes.models import QuoteRecord
from glocal.shop.sessions.access import Seat
from glocal.shop.sessions.actions import latest_revision, said, write_revision
from glocal.shop.sessions.errors import Overtaken, SessionInvalid
from glocal.shop.sessions.events import act, already, check, locked, tell
from glocal.shop.sessions.models import (
    Anchor,
    Comment,
    DesignSession,
    Proposal,
    ProposalState,
    Revision,
    SessionEvent,
    Side,
)
from glocal.shop.sessions.pricing import priced
from glocal.shop.sessions.rules import applied, effective
from glocal.shop.wishes.actions import keep_wish

FARTHEST_MM = 10_000.0


def propose(
    seat: Seat, changes: Mapping[str, Any], *, terms: Mapping[str, Any] | None = None, text: str = "", key: str
) -> SessionEvent:
    """Offer the other side a change of the newest revision, with what it would really come to.

    Parameters
    ----------
    changes : mapping
        Parameter → value.
    terms : mapping, optional
        ``material_id`` and ``quantity`` where they change.
    """
    done = already(seat, key)
    if done is not None:
        return done
    check("propose", seat.side, seat.session)
    text = said(text, needed=False)
    base = latest_revision(seat.session)
    changes, terms = effective(base.values, changes), _terms(base, terms or {})
    if not changes and not terms:
        raise NotNow("This proposal changes nothing.", help="Change something first.")
    quote = _quoted(seat.session, base, changes, terms)

    def change(session: DesignSession) -> dict[str, Any]:
        bound = {name: quote.values[name] for name in changes if name in quote.values}
        proposal = Proposal.objects.create(
            session=session,
            base=base,
            side=seat.side,
            author=seat.name,
            text=text,
            changes=bound,
            terms=terms,
            quote=quote,
        )
        return {"proposal": str(proposal.id)}

    return act(seat, "propose", "proposed", key, change)


def _terms(base: Revision, terms: Mapping[str, Any]) -> dict[str, Any]:
    now = {"material_id": base.material_id, "quantity": base.quantity}
    return {name: terms[name] for name in now if name in terms and terms[name] != now[name]}


def _quoted(
    session: DesignSession, base: Revision, changes: Mapping[str, Any], terms: Mapping[str, Any]
) -> QuoteRecord:
    return priced(
        session.product,
        applied(base.values, changes),
        material_id=str(terms.get("material_id", base.material_id)),
        quantity=int(terms.get("quantity", base.quantity)),
        region=session.region,
    )


def get_proposal(seat: Seat, proposal_id: uuid.UUID | str) -> Proposal:
    """Return a proposal of this session."""
    try:
        found = seat.session.proposals.select_related("base", "quote").filter(id=uuid.UUID(str(proposal_id))).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound("There is no such proposal.")
    return found


def accept(seat: Seat, proposal_id: uuid.UUID | str, *, key: str) -> SessionEvent:
    """Take a proposal: it becomes the next revision. One click, one revision, however often it is sent.

    When the design was changed since the proposal was made, its price is worked out anew on the newest revision, and
    the one who accepts is asked to look again: nobody agrees to a price that they have not seen.
    """
    done = already(seat, key)
    if done is not None:
        return done
    proposal = get_proposal(seat, proposal_id)
    _answerable(seat, proposal)
    if proposal.base.number != seat.session.latest:
        _renew(seat, proposal)
        raise Overtaken(
            "The design was changed since this was proposed; its price was worked out anew.",
            help="Look at the proposal again, then accept it.",
            latest=seat.session.latest,
        )
    if proposal.quote.quote is None:
        raise QuoteRefused.kept(proposal.quote.refusal)

    def change(session: DesignSession) -> dict[str, Any]:
        row = _answerable(seat, Proposal.objects.select_for_update().get(id=proposal.id))
        if proposal.base.number != session.latest:
            raise Overtaken("The design was changed meanwhile.", help="Look again, then accept.", latest=session.latest)
        revision = write_revision(session, seat, proposal.quote, note=proposal.text)
        row.state, row.result, row.answered_at = ProposalState.ACCEPTED, revision, timezone.now()
        row.save(update_fields=["state", "result", "answered_at"])
        return {"proposal": str(row.id), "revision": revision.number}

    return act(seat, "answer", "accepted", key, change)


def _answerable(seat: Seat, proposal: Proposal) -> Proposal:
    if proposal.state != ProposalState.OPEN:
        raise NotNow("This proposal was answered already.", help="Load the page again.", state=proposal.state)
    if proposal.side == seat.side:
        raise NotNow("This is your own proposal.", help="The other side answers it; you can withdraw it.")
    return proposal


def _renew(seat: Seat, proposal: Proposal) -> None:
    """Work out a proposal's price on the newest revision."""
    base = latest_revision(seat.session)
    quote = _quoted(seat.session, base, proposal.changes, proposal.terms)
    with transaction.atomic():
        session = locked(seat.session)
        if session.latest != base.number:
            return  # changed once more: the next click tries again
        Proposal.objects.filter(id=proposal.id, state=ProposalState.OPEN).update(base=base, quote=quote)
        tell(session, seat.side, "renewed", {"proposal": str(proposal.id)})


def decline(seat: Seat, proposal_id: uuid.UUID | str, *, answer: str = "", key: str) -> SessionEvent:
    """Say no to a proposal, with a reason if there is one; what a customer proposed in vain stays as a wish."""
    answer = said(answer, needed=False)
    proposal = get_proposal(seat, proposal_id)

    def change(session: DesignSession) -> dict[str, Any]:
        row = _answerable(seat, Proposal.objects.select_for_update().get(id=proposal.id))
        row.state, row.answer, row.answered_at = ProposalState.DECLINED, answer, timezone.now()
        row.save(update_fields=["state", "answer", "answered_at"])
        data = {"proposal": str(row.id)}
        if row.side == Side.CUSTOMER:
            wish = _wish(session, row.text or answer, row.changes, applied(row.base.values, row.changes), str(row.id))
            data["wish"] = str(wish)
        return data

    return act(seat, "answer", "declined", key, change)


def withdraw(seat: Seat, proposal_id: uuid.UUID | str, *, key: str) -> SessionEvent:
    """Take one's own proposal back."""
    proposal = get_proposal(seat, proposal_id)

    def change(session: DesignSession) -> dict[str, Any]:
        row = Proposal.objects.select_for_update().get(id=proposal.id)
        if row.state != ProposalState.OPEN or row.side != seat.side:
            raise NotNow(
                "This proposal was answered already, or is not yours.", help="Load the page again.", state=row.state
            )
        row.state, row.answered_at = ProposalState.WITHDRAWN, timezone.now()
        row.save(update_fields=["state", "answered_at"])
        return {"proposal": str(row.id)}

    return act(seat, "answer", "withdrawn", key, change)


def comment(
    seat: Seat,
    text: str,
    *,
    parameter: str = "",
    point: Sequence[float] | None = None,
    revision: int | None = None,
    key: str,
) -> SessionEvent:
    """Say something: about the whole design, one parameter, or one point of a revision's part (mm)."""
    text = said(text)
    anchor, place = _anchor(seat.session, parameter, point)

    def change(session: DesignSession) -> dict[str, Any]:
        about = session.revisions.filter(number=session.latest if revision is None else revision).first()
        if about is None:
            raise SessionInvalid("There is no revision {number}.", number=revision, field="revision")
        made = Comment.objects.create(
            session=session,
            revision=about,
            side=seat.side,
            author=seat.name,
            text=text,
            anchor=anchor,
            parameter=parameter if anchor == Anchor.PARAMETER else "",
            point=place,
        )
        return {"comment": str(made.id)}

    return act(seat, "comment", "commented", key, change)


def _anchor(session: DesignSession, parameter: str, point: Sequence[float] | None) -> tuple[Anchor, list[float] | None]:
    if point is not None:
        if len(point) != 3 or not all(math.isfinite(x) and abs(x) <= FARTHEST_MM for x in point):
            raise SessionInvalid("The point is not one on the part.", help="Send x, y and z in mm.", field="point")
        return Anchor.POINT, [round(float(x), 3) for x in point]
    if parameter:
        if session.product.template().parameter(parameter) is None:
            raise SessionInvalid("This design has no parameter “{said}”.", said=parameter[:80], field="parameter")
        return Anchor.PARAMETER, None
    return Anchor.DESIGN, None


def settle(seat: Seat, comment_id: uuid.UUID | str, *, settled: bool = True, key: str) -> SessionEvent:
    """Tick a comment off, or open it again."""
    try:
        found = seat.session.comments.filter(id=uuid.UUID(str(comment_id))).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound("There is no such comment.")
    row = found

    def change(session: DesignSession) -> dict[str, Any]:
        Comment.objects.filter(id=row.id).update(
            settled_at=timezone.now() if settled else None, settled_by=seat.side if settled else ""
        )
        return {"comment": str(row.id)}

    return act(seat, "settle", "settled" if settled else "unsettled", key, change)


def wish(seat: Seat, text: str, *, parameters: Mapping[str, Any] | None = None, key: str) -> SessionEvent:
    """Keep what was asked for here and cannot be offered."""
    text = said(text)

    def change(session: DesignSession) -> dict[str, Any]:
        values = latest_revision(session).values
        return {"wish": str(_wish(session, text, dict(parameters or {}), values, key))}

    return act(seat, "wish", "wished", key, change)


def _wish(
    session: DesignSession, text: str, parameters: dict[str, Any], values: Mapping[str, Any], key: str
) -> uuid.UUID:
    return keep_wish(
        shop=session.product.shop,
        product=session.product,
        session=session,
        text=text,
        parameters=parameters,
        values=dict(values),
        region=session.region,
        language=session.language,
        reason="asked",
        key=f"session:{session.id}:{key}",
    ).id
