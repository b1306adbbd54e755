"""Find what the shop knows about one person, hand it out, and erase it: over every model that declares such data.

Source: Regulation (EU) 2016/679, Articles 15 and 20 (access, portability), 17 (erasure; 17(3)(b) and (e): not
what a law asks to keep, nor what is needed for claims), 5(2) (that it happened is kept, without the person).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Count, Q, QuerySet, Value

from glocal.shop.accounts.actions import delete_account
from glocal.shop.accounts.models import KeptLink
from glocal.shop.accounts.queries import Account, account_with, orders_of, sessions_of
from glocal.shop.errors import NotFound, NotNow
from glocal.shop.makers.models import Maker
from glocal.shop.orders.events import tell
from glocal.shop.orders.models import Order
from glocal.shop.payments.ledger import standing_of
from glocal.shop.people.words import erase_words
from glocal.shop.privacy import PersonalData, declared
from glocal.shop.sessions.models import DesignSession


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the shop knows.

    Parameters
    ----------
    about : {"customer", "maker"}
        As what.
    account : int or None
        The account of a customer who made one.
    orders, sessions : frozenset of UUID
        Of a customer.
    maker : UUID or None
        Of a maker.
    names : frozenset of str
        Names and mail addresses under which they are known.
    """

    about: str
    orders: frozenset[uuid.UUID] = frozenset()
    sessions: frozenset[uuid.UUID] = frozenset()
    maker: uuid.UUID | None = None
    account: int | None = None
    names: frozenset[str] = field(default_factory=frozenset)


def customer_by_email(email: str) -> Person:
    """Return the customer with this mail address, also one who only shaped a design and never ordered."""
    email = email.strip()
    if not email:
        raise NotFound("Nobody was named.", help="Give a mail address.")
    orders = Order.objects.filter(customer_email__iexact=email)
    sessions = DesignSession.objects.filter(Q(customer_email__iexact=email) | Q(order__in=orders.values("id")))
    account = account_with(email)
    return _customer(orders, sessions, email, account=account)


def customer_of_account(account: Account) -> Person:
    """Return the customer who is signed in, with all that their account shows."""
    person = _customer(orders_of(account), sessions_of(account), "", account=account.user_id)
    return replace(person, names=person.names | set(account.mails))


def customer_of_order(order: Order) -> Person:
    """Return the customer of one order, with the design session that led to it: what its link is the key to."""
    return _customer(Order.objects.filter(id=order.id), DesignSession.objects.filter(order=order), "")


def customer_of_session(session: DesignSession) -> Person:
    """Return the guest of one design session, with what they ordered from it: what its link is the key to."""
    orders = Order.objects.filter(id=session.order_id) if session.order_id else Order.objects.none()
    return _customer(orders, DesignSession.objects.filter(id=session.id), "")


def maker_by_slug(slug: str) -> Person:
    """Return a maker."""
    maker = Maker.objects.filter(slug=slug).first()
    if maker is None:
        raise NotFound("There is no maker “{slug}”.", help="Look the name up on the desk.", slug=slug)
    return Person("maker", maker=maker.id, names=frozenset({maker.name}))


def _customer(
    orders: QuerySet[Order], sessions: QuerySet[DesignSession], email: str, *, account: int | None = None
) -> Person:
    known = [*orders.values_list("id", "customer_name", "customer_email")]
    shaped = [*sessions.values_list("id", "customer_name", "customer_email")]
    if not known and not shaped and account is None:
        raise NotFound("Nobody with the address {email} is known.", help="Compare the spelling.", email=email)
    names = frozenset(name for _, *both in (*known, *shaped) for name in both if name.strip("– "))
    order_ids, session_ids = (frozenset(row[0] for row in rows) for rows in (known, shaped))
    return Person("customer", order_ids, session_ids, account=account, names=names)


def rows_about(person: Person) -> Iterator[tuple[type[models.Model], PersonalData, QuerySet[Any]]]:
    """Yield each model that declares data about such a person, with its rows about this one."""
    for model in apps.get_models(include_auto_created=False):
        says = declared(model)
        if says is None or not (says.fields or says.erase):
            continue
        if says.about == "account" and person.account is not None:
            yield model, says, model._base_manager.filter(**{says.find or "pk": person.account}).order_by("pk")
        if says.about != person.about:
            continue
        if person.about == "maker":
            chosen = Q(**{says.find or "pk": person.maker})
        else:
            chosen = Q(**{f"{says.find or 'pk'}__in": person.orders})
            if says.session is not None:
                chosen |= Q(**{f"{says.session or 'pk'}__in": person.sessions})
        ids = model._base_manager.filter(chosen).values("pk")
        yield model, says, model._base_manager.filter(pk__in=ids).order_by("pk")


@dataclass(frozen=True, slots=True)
class Known:
    """How much one model knows about a person.

    Parameters
    ----------
    count : int
        Rows, at least 1.
    kept : tuple of str
        Fields that stay after an erasure, because of ``because``.
    """

    what: str
    count: int
    kept: tuple[str, ...]
    because: str


def known_about(person: Person) -> list[Known]:
    """Return what an export would hold, counted by one question to the database."""
    found = {
        model.__name__: (says, rows.order_by().annotate(what=Value(model.__name__)).values("what"))
        for model, says, rows in rows_about(person)
        if says.fields
    }
    first, *others = (rows.annotate(count=Count("pk")).values_list("what", "count") for _, rows in found.values())
    counts = dict(first.union(*others, all=True))
    return [
        Known(name, counts[name], _kept(says), says.kept_because if _kept(says) else "")
        for name, (says, _) in found.items()
        if counts.get(name)
    ]


def _kept(says: PersonalData) -> tuple[str, ...]:
    return () if says.about == "account" else tuple(sorted(set(says.fields) - set(says.erase)))


def export_person(person: Person) -> dict[str, Any]:
    """Return everything that the shop knows about a person, as JSON, with what would stay after an erasure and why."""
    found = []
    for model, says, rows in rows_about(person):
        fields = [name for name in says.fields if model._meta.get_field(name).concrete]
        values = [_plain(row) for row in rows.values("pk", *fields)]
        if values:
            kept = [name for name in _kept(says) if name in fields]
            found.append({
                "what": model._meta.object_name,
                "rows": values,
                "kept_after_erasure": kept,
                "because": says.kept_because if kept else "",
            })  # fmt: skip
    return {"about": person.about, "names": sorted(person.names), "data": found}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    encoder = DjangoJSONEncoder()
    simple = (str, int, float, bool, list, dict, type(None))
    return {name: value if isinstance(value, simple) else encoder.default(value) for name, value in row.items()}


def erase_person(person: Person) -> dict[str, int]:
    """Erase a person from every model that declares them; sums, dates and what was made stay.

    Returns
    -------
    dict
        Model → how many of its rows were about the person; ``commons`` → records taken back from the shop's log.

    Raises
    ------
    NotNow
        While an order is being made or money is owed: for these the shop needs to know who it is.
    """
    from glocal.shop.commons.capacity import take_back_all
    from glocal.shop.people.shared import take_back

    if person.maker is not None:
        take_back_all(Maker.objects.get(id=person.maker))
    with transaction.atomic():
        orders = list(Order.objects.select_for_update().filter(id__in=person.orders).order_by("id"))
        _refuse_while_needed(orders)
        counts = {model.__name__: rows.count() for model, _, rows in rows_about(person)}
        erase_words(person.orders, person.sessions)
        for _, says, rows in list(rows_about(person)):
            if says.erase:
                rows.update(**says.erase)
        for session in DesignSession.objects.filter(id__in=person.sessions):
            fresh = DesignSession._meta.get_field("token").get_default()
            DesignSession.objects.filter(id=session.id).update(token=fresh)  # the old link is the person's key
        KeptLink.objects.filter(Q(order__in=person.orders) | Q(session__in=person.sessions)).delete()
        if person.account is not None:
            delete_account(person.account)
        for order in orders:
            order.refresh_from_db()
            tell(order, "erased", "What was known about the customer was erased.")
    taken = take_back(person.names)
    return {**{name: count for name, count in counts.items() if count}, **({"commons": taken} if taken else {})}


def _refuse_while_needed(orders: list[Order]) -> None:
    open_ = [order for order in orders if not order.is_final]
    if open_:
        raise NotNow(
            "An order is still being made; for that the shop needs to know who it is for.",
            help="Wait until it is ready, or cancel it.",
            orders=[str(order.id) for order in open_],
        )
    owing = [order for order in orders if standing_of(order).due_minor]
    if owing:
        raise NotNow(
            "Money is still owed; for that the shop needs to know by whom or to whom.",
            help="Settle the payment first.",
            orders=[str(order.id) for order in owing],
        )
