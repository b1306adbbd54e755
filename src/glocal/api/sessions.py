"""Design sessions and wishes for programs: the same deeds as in the room, by whoever holds the customer's token."""

from __future__ import annotations

import time
import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Header, Router, Status

from glocal.api.quotes import limits
from glocal.api.schemas import ErrorOut
from glocal.api.session_schemas import (
    AnswerIn,
    ApprovalIn,
    AskIn,
    CommentIn,
    ProposalIn,
    RevisionIn,
    SessionOpened,
    SessionOut,
    WishIn,
    WishOut,
)
from glocal.shop.error_words import error_in_words
from glocal.shop.parts.finding_words import findings_in_words
from glocal.shop.products.queries import get_product
from glocal.shop.products.shelf import first_material
from glocal.shop.quotes.models import QuoteRecord
from glocal.shop.sessions import actions, talk
from glocal.shop.sessions.access import Seat, access_session
from glocal.shop.sessions.errors import SessionInvalid
from glocal.shop.sessions.models import Proposal, Revision
from glocal.shop.shops.queries import the_shop
from glocal.shop.wishes.actions import make_wish

router = Router()
BEARER = "Bearer "
Key = Annotated[str, Header(alias="Idempotency-Key")]
Token = Annotated[str, Header(alias="Authorization")]
REFUSALS = {400: ErrorOut, 404: ErrorOut, 409: ErrorOut, 422: ErrorOut, 429: ErrorOut, 503: ErrorOut}


def _seat(session_id: uuid.UUID, authorization: str) -> Seat:
    return access_session(session_id, token=authorization.removeprefix(BEARER))


def _key(key: str) -> str:
    if not 1 <= len(key) <= 100:
        raise SessionInvalid("The Idempotency-Key must have 1 to 100 characters.", field="idempotency_key")
    return key


def _slow_down(request: HttpRequest) -> None:
    limits.take(request.META.get("REMOTE_ADDR", ""), time.monotonic())


@router.post("/sessions", response={201: SessionOpened, **REFUSALS}, url_name="create_session", summary="Ask the shop")
def create_session(request: HttpRequest, asked: AskIn, idempotency_key: Key) -> Status[dict[str, Any]]:
    """Open a design session: revision 1 with its real price, and the question. The same key opens one session."""
    _slow_down(request)
    product = get_product(asked.product)
    session = actions.open_session(
        product,
        asked.values,
        material_id=asked.material or first_material(product),
        quantity=asked.quantity,
        text=asked.text,
        asker=actions.Asker(asked.name, asked.email, asked.language),
        key=f"api:{idempotency_key}",
    )
    return Status(201, {**describe(_seat(session.id, session.token)), "token": session.token})


@router.get(
    "/sessions/{session_id}",
    response={200: SessionOut, 400: ErrorOut, 404: ErrorOut},
    url_name="session",
    summary="Read a session",
)
def read_session(
    request: HttpRequest, session_id: uuid.UUID, authorization: Token = "", after: int = 0
) -> dict[str, Any]:
    """Return a session to whoever sends its token as ``Authorization: Bearer TOKEN``; events after a number."""
    return describe(_seat(session_id, authorization), after=after)


@router.post(
    "/sessions/{session_id}/revisions",
    response={200: SessionOut, **REFUSALS},
    url_name="create_revision",
    summary="Make the next revision",
)
def create_revision(
    request: HttpRequest, session_id: uuid.UUID, wanted: RevisionIn, idempotency_key: Key, authorization: Token = ""
) -> dict[str, Any]:
    """Build, check and price the design anew; 409 ``overtaken`` when it was changed meanwhile."""
    _slow_down(request)
    seat = _seat(session_id, authorization)
    actions.revise(
        seat,
        wanted.values,
        material_id=wanted.material,
        quantity=wanted.quantity,
        note=wanted.note,
        based_on=wanted.based_on,
        key=_key(idempotency_key),
    )
    return describe(_seat(session_id, authorization))


@router.post(
    "/sessions/{session_id}/proposals",
    response={200: SessionOut, **REFUSALS},
    url_name="create_proposal",
    summary="Propose a change",
)
def create_proposal(
    request: HttpRequest, session_id: uuid.UUID, wanted: ProposalIn, idempotency_key: Key, authorization: Token = ""
) -> dict[str, Any]:
    """Offer a change with its real price and what the printability check says."""
    _slow_down(request)
    terms = {"material_id": wanted.material, "quantity": wanted.quantity}
    given = {name: value for name, value in terms.items() if value is not None}
    seat = _seat(session_id, authorization)
    talk.propose(seat, wanted.changes, terms=given, text=wanted.text, key=_key(idempotency_key))
    return describe(_seat(session_id, authorization))


@router.post(
    "/sessions/{session_id}/proposals/{proposal_id}",
    response={200: SessionOut, **REFUSALS},
    url_name="answer_proposal",
    summary="Answer a proposal",
)
def answer_proposal(
    request: HttpRequest,
    session_id: uuid.UUID,
    proposal_id: uuid.UUID,
    wanted: AnswerIn,
    *,
    idempotency_key: Key,
    authorization: Token = "",
) -> dict[str, Any]:
    """Accept (it becomes the next revision), decline, or withdraw one's own."""
    seat, key = _seat(session_id, authorization), _key(idempotency_key)
    if wanted.answer == "accept":
        talk.accept(seat, proposal_id, key=key)
    elif wanted.answer == "decline":
        talk.decline(seat, proposal_id, answer=wanted.text, key=key)
    else:
        talk.withdraw(seat, proposal_id, key=key)
    return describe(_seat(session_id, authorization))


@router.post(
    "/sessions/{session_id}/comments",
    response={200: SessionOut, **REFUSALS},
    url_name="create_comment",
    summary="Say something",
)
def create_comment(
    request: HttpRequest, session_id: uuid.UUID, wanted: CommentIn, idempotency_key: Key, authorization: Token = ""
) -> dict[str, Any]:
    """Comment on the design, on a parameter, or on a point of the part."""
    talk.comment(
        _seat(session_id, authorization),
        wanted.text,
        parameter=wanted.parameter,
        point=wanted.point,
        revision=wanted.revision,
        key=_key(idempotency_key),
    )
    return describe(_seat(session_id, authorization))


@router.post(
    "/sessions/{session_id}/approval",
    response={200: SessionOut, **REFUSALS},
    url_name="approve_revision",
    summary="Approve the newest revision",
)
def approve_revision(
    request: HttpRequest, session_id: uuid.UUID, wanted: ApprovalIn, idempotency_key: Key, authorization: Token = ""
) -> dict[str, Any]:
    """Freeze the newest revision; it is ordered by its ``quote_id``."""
    actions.approve(_seat(session_id, authorization), revision=wanted.revision, key=_key(idempotency_key))
    return describe(_seat(session_id, authorization))


@router.post("/wishes", response={201: WishOut, **REFUSALS}, url_name="create_wish", summary="Make a wish")
def create_wish(request: HttpRequest, wanted: WishIn, idempotency_key: Key) -> Status[dict[str, Any]]:
    """Keep what somebody asks for and nobody offers; it counts as demand of the shop's region."""
    _slow_down(request)
    product = get_product(wanted.product) if wanted.product else None
    wish = make_wish(
        the_shop(), wanted.text, product, wanted.parameters, language=wanted.language, key=f"api:{idempotency_key}"
    )
    return Status(201, {"id": wish.id, "state": wish.state})


def describe(seat: Seat, *, after: int = 0) -> dict[str, Any]:
    """Return a session as its customer sees it."""
    session = seat.session
    events = session.events.filter(number__gt=after).values("number", "at", "side", "code", "data")
    return {
        "id": session.id,
        "product": session.product.slug,
        "state": session.state,
        "waits_for": session.waits_for,
        "latest": session.latest,
        "approved": session.approved.number if session.approved else None,
        "order_id": session.order_id,
        "currency": session.product.shop.currency,
        "revisions": [_revision(row) for row in session.revisions.select_related("quote__part")],
        "proposals": [_proposal(row) for row in session.proposals.select_related("quote", "base__quote")],
        "comments": [
            {
                "id": row.id,
                "side": row.side,
                "at": row.created_at,
                "text": row.text,
                "revision": row.revision.number,
                "parameter": row.parameter,
                "point": row.point,
                "settled": row.settled_at is not None,
            }
            for row in session.comments.select_related("revision")
        ],
        "events": list(events),
    }


def _revision(row: Revision) -> dict[str, Any]:
    return {
        "number": row.number,
        "side": row.side,
        "at": row.created_at,
        "values": row.values,
        "material": row.material_id,
        "quantity": row.quantity,
        "note": row.note,
        "quote_id": row.quote_id,
        "part_hash": row.quote.part.hash if row.quote.part else None,
        **_price(row.quote),
    }


def _proposal(row: Proposal) -> dict[str, Any]:
    before, after = row.base.quote.total_minor, row.quote.total_minor
    return {
        "id": row.id,
        "side": row.side,
        "at": row.created_at,
        "state": row.state,
        "text": row.text,
        "base": row.base.number,
        "changes": row.changes,
        "material": row.quote.choice,
        "quantity": row.quote.quantity,
        "difference_minor": None if before is None or after is None else after - before,
        "warnings": findings_in_words(f for f in row.quote.findings if f["severity"] == "warning"),
        **_price(row.quote),
    }


def _price(quote: QuoteRecord) -> dict[str, Any]:
    refusal = error_in_words(quote.refusal) if quote.refusal else None
    kept = {name: refusal[name] for name in ("code", "message", "help")} if refusal else None
    return {"price_minor": quote.total_minor, "refusal": kept}
