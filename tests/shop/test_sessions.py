"""Customer and shop shape one peg: what each may do, that it is done once, and that nothing is lost."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core import mail
from django.utils import timezone

from glocal.shop.errors import NotFound, NotNow, QuoteRefused
from glocal.shop.models import Choice, DesignSession, Order, SessionNotice, Wish
from glocal.shop.orders.actions import CustomerDetails, place_order
from glocal.shop.sessions import actions, talk
from glocal.shop.sessions.access import Seat, access_session
from glocal.shop.sessions.errors import Overtaken, SessionInvalid
from glocal.shop.sessions.mail import send_notice
from glocal.shop.sessions.queries import inbox
from glocal.shop.wishes.queries import wishes

OWNER = User(username="owner", is_staff=True, is_active=True)


def ask(shop: Any, key: str = "form-1", **values: Any) -> DesignSession:
    return actions.open_session(
        shop.product,
        {"side": 20.0, **values},
        material_id="petg",
        text="Will it hold?",
        asker=actions.Asker("Adé", "ade@example.org", "en"),
        key=key,
    )


def seats(session: DesignSession) -> tuple[Seat, Seat]:
    """Return the customer's and the shop's seat, read anew."""
    return access_session(session.id, token=session.token), access_session(session.id, user=OWNER)


def codes(session: DesignSession) -> list[str]:
    return list(session.events.values_list("code", flat=True))


def propose_wider(session: DesignSession, side_mm: float = 24.0, key: str = "p") -> Any:
    talk.propose(seats(session)[1], {"side": side_mm}, text="Make it wider", key=key)
    return session.proposals.get(text="Make it wider")


def test_asking_opens_one_session_with_a_first_revision_that_is_priced(shop: Any) -> None:
    session = ask(shop)
    assert ask(shop).id == session.id
    assert codes(session) == ["opened", "commented"]
    revision = session.revisions.get()
    assert (revision.number, revision.values["side"], revision.quote.quote is not None) == (1, 20.0, True)
    assert session.comments.get().text == "Will it hold?"
    assert session.waits_for == "shop"


def test_what_is_not_offered_opens_the_session_all_the_same_and_is_kept_as_a_wish(shop: Any) -> None:
    session = ask(shop, side=900)
    assert session.revisions.get().values["side"] == 8.0  # the design's own
    wish = Wish.objects.get()
    assert (wish.parameters, wish.reason, wish.session_id) == ({"side": 900}, "not_offered", session.id)
    choice = Choice.objects.get(kind="wished")
    assert (choice.parameter, choice.chosen, choice.region) == ("side", 900.0, "FR")


def test_a_proposal_has_its_real_price_and_becomes_a_revision_once(shop: Any) -> None:
    session = ask(shop)
    proposal = propose_wider(session)
    assert proposal.changes == {"side": 24.0}
    assert proposal.quote.part.features["extent_mm"][0] == 24.0
    assert proposal.quote.total_minor is not None
    for _ in range(2):
        talk.accept(seats(session)[0], proposal.id, key="accept")
    session.refresh_from_db()
    assert session.latest == 2
    assert session.revisions.get(number=2).values["side"] == 24.0
    assert codes(session).count("accepted") == 1


def test_nobody_answers_their_own_proposal_or_one_that_was_answered(shop: Any) -> None:
    session = ask(shop)
    proposal = propose_wider(session)
    with pytest.raises(NotNow, match="your own"):
        talk.accept(seats(session)[1], proposal.id, key="a")
    talk.decline(seats(session)[0], proposal.id, answer="Too wide", key="b")
    with pytest.raises(NotNow, match="answered already"):
        talk.accept(seats(session)[0], proposal.id, key="c")


def test_who_accepts_after_a_change_sees_the_new_price_first(shop: Any) -> None:
    session = ask(shop)
    proposal = propose_wider(session)
    before = proposal.quote_id
    revise(session, {"height": 5.0})
    with pytest.raises(Overtaken):
        talk.accept(seats(session)[0], proposal.id, key="first look")
    proposal.refresh_from_db()
    assert (proposal.base.number, proposal.quote_id == before) == (2, False)
    talk.accept(seats(session)[0], proposal.id, key="second look")
    values = session.revisions.get(number=3).values
    assert (values["side"], values["height"]) == (24.0, 5.0)


def revise(session: DesignSession, changes: dict[str, Any], *, based_on: int = 1, key: str = "r", seat: int = 0) -> Any:
    values = {**session.revisions.get(number=based_on).values, **changes}
    return actions.revise(seats(session)[seat], values, material_id="petg", quantity=1, based_on=based_on, key=key)


def test_two_who_change_the_same_revision_do_not_overwrite_each_other(shop: Any) -> None:
    session = ask(shop)
    revise(session, {"height": 5.0})
    with pytest.raises(Overtaken) as overtaken:
        revise(session, {"height": 6.0}, key="other", seat=1)
    assert overtaken.value.data["latest"] == 2
    assert revise(session, {"height": 5.0}).data == {"revision": 2}  # the same deed again
    with pytest.raises(NotNow, match="Nothing is different"):
        revise(session, {}, based_on=2, key="again")


def test_what_a_customer_shapes_and_nobody_can_make_is_a_revision_with_the_reason_and_a_wish(shop: Any) -> None:
    session = ask(shop)
    event = revise(session, {"side": 390.0})
    revision = session.revisions.get(number=2)
    assert revision.quote.refusal["code"] == "nobody_offers"
    wish = Wish.objects.get(id=event.data["wish"])
    assert (wish.parameters, wish.reason) == ({"side": 390.0}, "nobody_offers")
    with pytest.raises(QuoteRefused):
        actions.approve(seats(session)[0], revision=2, key="a")


def test_an_approval_freezes_the_design_until_it_is_taken_back(shop: Any) -> None:
    session = ask(shop)
    with pytest.raises(Overtaken):
        actions.approve(seats(session)[0], revision=2, key="of another")
    with pytest.raises(NotNow):
        actions.approve(seats(session)[1], revision=1, key="by the shop")
    actions.vouch(seats(session)[1], revision=1, key="v")
    actions.approve(seats(session)[0], revision=1, key="a")
    with pytest.raises(NotNow, match="does not go"):
        revise(session, {"height": 5.0})
    actions.reopen(seats(session)[0], key="o")
    revise(session, {"height": 5.0})
    session.refresh_from_db()
    assert (session.state, session.approved_id, session.latest) == ("open", None, 2)


def test_the_approved_revision_is_ordered_and_nothing_else_is_taken_for_it(shop: Any) -> None:
    session = ask(shop)
    actions.approve(seats(session)[0], revision=1, key="a")
    session.refresh_from_db()
    assert actions.note_order(session, shop.order(side=30.0)).state == "approved"
    details = CustomerDetails("Adé", "ade@example.org")
    order = place_order(session.approved.quote_id, details, idempotency_key="k")
    for _ in range(2):
        session = actions.note_order(session, order)
    assert (session.state, session.order_id, codes(session)[-1]) == ("ordered", order.id, "ordered")
    assert Order.objects.count() == 2


def test_an_old_price_is_renewed_without_touching_the_design(shop: Any) -> None:
    session = ask(shop)
    actions.approve(seats(session)[0], revision=1, key="a")
    quote = session.revisions.get().quote
    type(quote).objects.filter(id=quote.id).update(valid_until=timezone.now() - timedelta(days=1))
    actions.reprice(seats(session)[0], key="n")
    renewed = session.revisions.get()
    assert renewed.quote.valid_until > timezone.now()
    assert (renewed.number, renewed.quote.part_id) == (1, quote.part_id)


def test_a_comment_has_its_place(shop: Any) -> None:
    session = ask(shop)
    customer, _ = seats(session)
    talk.comment(customer, "Here", point=[1.0, 2.25, 3.0], key="1")
    talk.comment(customer, "This one", parameter="height", key="2")
    point, parameter = session.comments.order_by("-id")[1], session.comments.order_by("-id")[0]
    assert (point.anchor, point.point, point.revision.number) == ("point", [1.0, 2.25, 3.0], 1)
    assert (parameter.anchor, parameter.parameter) == ("parameter", "height")
    talk.settle(customer, point.id, key="3")
    point.refresh_from_db()
    assert point.settled_by == "customer"


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "  "},
        {"text": "x" * 2001},
        {"point": [1.0, float("nan"), 0.0]},
        {"point": [1.0, 2.0]},
        {"point": [1e9, 0.0, 0.0]},
        {"parameter": "no_such"},
        {"revision": 7},
    ],
)
def test_a_comment_that_makes_no_sense_is_refused(shop: Any, wrong: dict[str, Any]) -> None:
    session = ask(shop)
    with pytest.raises(SessionInvalid):
        talk.comment(seats(session)[0], **{"text": "Here", "key": "k", **wrong})
    assert session.comments.count() == 1


def test_nobody_enters_without_the_link_or_a_sign_in(shop: Any) -> None:
    session = ask(shop)
    other = ask(shop, "form-2")
    for token, user in (
        ("", OWNER),
        ("x" * 43, OWNER),
        (other.token, None),
        (None, None),
        (None, AnonymousUser()),
        (None, User(username="c", is_active=True)),
        (None, User(username="gone", is_staff=True, is_active=False)),
    ):
        with pytest.raises(NotFound):
            access_session(session.id, token=token, user=user)
    with pytest.raises(NotFound):
        access_session("nothing", token=session.token)
    for read in (inbox, wishes):
        with pytest.raises(NotFound):
            read(AnonymousUser())


def test_objects_of_another_session_cannot_be_reached(shop: Any) -> None:
    mine, other = ask(shop), ask(shop, "form-2")
    proposal = propose_wider(other)
    with pytest.raises(NotFound):
        talk.accept(seats(mine)[0], proposal.id, key="a")
    with pytest.raises(NotFound):
        talk.settle(seats(mine)[0], other.comments.get().id, key="s")
    with pytest.raises(NotFound):
        talk.accept(seats(mine)[0], uuid.uuid4(), key="b")


def test_the_inbox_shows_who_waits_longest_first(shop: Any) -> None:
    first, second, third = ask(shop, "1"), ask(shop, "2"), ask(shop, "3")
    talk.comment(seats(first)[1], "Yes", key="answer")
    assert [session.id for session in inbox(OWNER)] == [second.id, third.id, first.id]


def test_a_mail_goes_to_who_was_not_there_once_and_in_their_language(shop: Any, settings: Any) -> None:
    settings.SITE_URL = "https://shop.example"
    session = ask(shop)
    DesignSession.objects.filter(id=session.id).update(customer_seen=2, language="fr")
    talk.comment(seats(session)[1], "Yes", key="1")
    talk.comment(seats(session)[1], "And more", key="2")
    notice = SessionNotice.objects.get(side="customer", after=2)
    assert [send_notice(str(notice.id)) for _ in range(2)] == ["sent", "done before"]
    (sent,) = mail.outbox
    assert sent.to == ["ade@example.org"]
    assert "a répondu au sujet de votre dessin" in sent.subject
    assert f"https://shop.example/room/{session.id}/{session.token}/" in sent.body


def test_who_looked_in_time_gets_no_mail(shop: Any) -> None:
    session = ask(shop)
    talk.comment(seats(session)[1], "Yes", key="1")
    actions.saw(seats(session)[0], 3)
    actions.saw(seats(session)[0], 1)  # never goes back
    actions.saw(seats(session)[0], 99)  # nor beyond what there is
    session.refresh_from_db()
    assert session.customer_seen == 3
    assert send_notice(str(SessionNotice.objects.get(side="customer").id)) == "seen meanwhile"
    assert mail.outbox == []


def test_a_mail_server_that_is_away_raises_so_that_it_is_tried_again(shop: Any, settings: Any) -> None:
    settings.SITE_URL = "https://shop.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    session = ask(shop)
    talk.comment(seats(session)[1], "Yes", key="1")
    notice = SessionNotice.objects.get(side="customer")
    with pytest.raises(OSError):  # noqa: PT011 - whatever the socket says
        send_notice(str(notice.id))
    notice.refresh_from_db()
    assert notice.sent_at is None


def test_the_history_is_numbered_without_gaps_and_cannot_be_changed(shop: Any) -> None:
    session = ask(shop)
    propose_wider(session)
    assert list(session.events.values_list("number", flat=True)) == [1, 2, 3]
    event = session.events.first()
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()
