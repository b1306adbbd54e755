"""What each model says that it holds about people, so that a person's data can be found, handed out and erased.

A model declares it in its own class body, once::

    personal_data = NOBODY
    personal_data = PersonalData("customer", fields=("note",), find="order", erase={"note": ""})
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Person = Literal["nobody", "customer", "maker", "owner", "account"]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What one model holds about one kind of person.

    Parameters
    ----------
    about : str
        ``customer`` (found by the orders and design sessions with their mail address), ``maker``, ``owner``,
        ``account`` (of a customer who made one: deleted whole with it) or ``nobody``.
    fields : tuple of str
        The fields that say something about the person; they are handed out when the person asks for their data.
    find : str
        For a customer: the path from this model to :class:`Order` (``""`` for the order itself); for a maker: the path
        to :class:`Maker` (``""`` for the maker); for an account: the path to its user.
    session : str or None
        For a customer who shaped a design with the shop, also without ordering it: the path from this model to
        :class:`DesignSession` (``""`` for the session itself).
    erase : mapping
        Field → what it becomes when the person is erased. A personal field that is not named here is kept, and
        ``kept_because`` says why.
    kept_because : str
        The duty under which the rest stays (bookkeeping, product safety).
    """

    about: Person
    fields: tuple[str, ...] = ()
    find: str = ""
    session: str | None = None
    erase: Mapping[str, Any] = field(default_factory=dict)
    kept_because: str = ""

    def __post_init__(self) -> None:
        kept = set(self.fields) - set(self.erase)
        if kept and not self.kept_because and self.about != "account":
            raise ValueError(f"say with kept_because why {', '.join(sorted(kept))} stays when the person is erased")


NOBODY = PersonalData("nobody")

OF_OTHERS: Mapping[str, PersonalData] = {
    # who runs the shop signs in with one as well; only a customer's is ever asked for or deleted as an account
    "auth.User": PersonalData("account", fields=("email", "first_name", "last_name", "last_login", "date_joined")),
    "account.EmailAddress": PersonalData("account", fields=("email", "verified"), find="user"),
    "account.EmailConfirmation": NOBODY,  # stays empty: addresses are proved by a code in the session
    "mfa.Authenticator": PersonalData("account", fields=("type", "created_at", "last_used_at"), find="user"),
    "auth.Group": NOBODY,
    "auth.Permission": NOBODY,
    "contenttypes.ContentType": NOBODY,
    "sessions.Session": NOBODY,  # a sign-in of the owner, or what a visitor's page remembers; ends by itself
}
"""What models that are not ours hold."""


def declared(model: Any) -> PersonalData | None:
    """Return what a model declares, or None when it says nothing."""
    found = vars(model).get("personal_data") or OF_OTHERS.get(model._meta.label)
    return found if isinstance(found, PersonalData) else None
