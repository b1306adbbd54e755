"""A design session as one side sees it at one moment: the rows of the conversation, the state, the pins on the part."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from glocal.shop.error_words import error_in_words
from glocal.shop.parts.finding_words import findings_in_words
from glocal.shop.products.describe import describe_materials, regional_parameters, value_in_words
from glocal.shop.quotes.models import QuoteRecord
from glocal.shop.sessions.access import Seat
from glocal.shop.sessions.models import Anchor, Comment, Proposal, ProposalState, Revision, SessionEvent, Side
from glocal.shop.sessions.rules import differences, may
from glocal.web.links import part_url
from glocal.web.numbers import money
from glocal.web.room_words import event_in_words, proposal_in_words, state_of_room

REVISION_CODES = frozenset({"opened", "revised", "accepted"})


class Room:
    """Everything that the templates and the component ask for; each question goes to the database once."""

    def __init__(self, seat: Seat, base_url: str) -> None:
        self.seat, self.session, self.base_url = seat, seat.session, base_url
        self.product = seat.session.product
        self.shop = self.product.shop
        self.language = get_language() or "en"
        self.events = list(self.session.events.all())
        revisions = self.session.revisions.select_related("quote__part")
        self.revisions = {revision.number: revision for revision in revisions}
        self.comments = {str(one.id): one for one in self.session.comments.select_related("revision")}
        proposals = self.session.proposals.select_related("base__quote", "quote__part", "result")
        self.proposals = {str(one.id): one for one in proposals}
        self.newest = self.revisions[max(self.revisions)]

    @cached_property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """Parameters by name, in the reader's language, without the derived."""
        described = regional_parameters(self.product, self.language)
        return {parameter["name"]: parameter for parameter in described if not parameter["derived"]}

    @cached_property
    def materials(self) -> dict[str, str]:
        """Names of the offered materials by identity."""
        offered = describe_materials(self.product, list(self.shop.materials.all()))
        return {material["id"]: material["name"] for material in offered}

    def may(self, action: str) -> bool:
        """Return whether the reader may do something now."""
        return may(action, self.seat.side, self.session.state)

    def who(self, side: str, author: str) -> str:
        """Return who speaks, as the reader calls them."""
        if side == self.seat.side:
            return _("You")
        return author or (self.shop.name if side == Side.SHOP else _("The customer"))

    def snapshot(self) -> dict[str, Any]:
        """Return what the component shows: state and conversation as markup, the newest design, the pins."""
        context = self.context()
        quote = self.newest.quote
        return {
            "number": self.session.events_count,
            "latest": self.newest.number,
            "state": self.session.state,
            "values": self.newest.values,
            "material": self.newest.material_id,
            "quantity": self.newest.quantity,
            "price_minor": quote.total_minor,
            "currency": quote.currency,
            "glb": part_url(quote.part, "glb"),
            "may_shape": self.may("revise"),
            "pins": self.pins,
            "regions": {
                "state": render_to_string("web/room_state.html", context),
                "talk": render_to_string("web/room_talk.html", context),
            },
        }

    def context(self) -> dict[str, Any]:
        """Return what the room's templates show."""
        approved = self.session.approved
        return {
            "room": self,
            "shop": self.shop,
            "session": self.session,
            "side": self.seat.side,
            "base": self.base_url,
            "newest": self.revision_card(self.newest, None),
            "state_text": state_of_room(self.session.state, self.session.waits_for, self.seat.side),
            "rows": [self.row(event) for event in self.events],
            "vouched": self.session.vouched_id == self.newest.id,
            "approved": self.revision_card(approved, None) if approved else None,
            "too_old": bool(approved and approved.quote.valid_until and approved.quote.valid_until < timezone.now()),
            "can": {name: self.may(name) for name in ("comment", "vouch", "approve", "reopen", "close", "settle")},
            "open_proposals": sum(one.state == ProposalState.OPEN for one in self.proposals.values()),
        }

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Pins by comment: 1, 2, … in the order in which they were set."""
        pinned = [key for key, one in self.comments.items() if one.anchor == Anchor.POINT]
        return {key: number for number, key in enumerate(pinned, 1)}

    @property
    def pins(self) -> list[dict[str, Any]]:
        """Return the comments that are pinned to a point and not ticked off."""
        return [
            {"id": key, "number": number, "point": self.comments[key].point, "text": self.comments[key].text}
            for key, number in self.numbers.items()
            if self.comments[key].settled_at is None
        ]

    def row(self, event: SessionEvent) -> dict[str, Any]:
        """Return one row of the conversation."""
        data = event.data
        comment, proposal = self.comments.get(data.get("comment", "")), self.proposals.get(data.get("proposal", ""))
        author = next((one.author for one in (comment, proposal) if one and one.side == event.side), "")
        row: dict[str, Any] = {
            "event": event,
            "mine": event.side == self.seat.side,
            "words": event_in_words(event.code, self.who(event.side, author or self.name_of(event.side))),
        }
        if comment and event.code == "commented":
            row["comment"] = self.comment_card(comment)
        if proposal and event.code == "proposed":
            row["proposal"] = self.proposal_card(proposal)
        if proposal and event.code == "declined" and proposal.answer:
            row["answer"] = proposal.answer
        if event.code in REVISION_CODES and data.get("revision") in self.revisions:
            revision = self.revisions[data["revision"]]
            row["revision"] = self.revision_card(revision, self.revisions.get(revision.number - 1))
        if "wish" in data and event.code != "wished":
            row["wish"] = True
        return row

    def name_of(self, side: str) -> str:
        """Return the name under which a side speaks."""
        return self.shop.name if side == Side.SHOP else self.session.customer_name

    def comment_card(self, comment: Comment) -> dict[str, Any]:
        """Return a comment with the place that it is pinned to."""
        parameter = self.parameters.get(comment.parameter)
        return {
            "row": comment,
            "pin": self.numbers.get(str(comment.id)),
            "parameter": parameter["label"] if parameter else comment.parameter,
            "older": comment.revision.number != self.newest.number,
        }

    def proposal_card(self, proposal: Proposal) -> dict[str, Any]:
        """Return a proposal with what it changes and what it really comes to."""
        changes = self.changes(proposal.base.values, {**proposal.base.values, **proposal.changes})
        is_open = proposal.state == ProposalState.OPEN and self.session.state == "open"
        return {
            "row": proposal,
            "changes": [*changes, *self.term_changes(proposal.base, proposal.quote)],
            "state": proposal_in_words(proposal.state),
            "effect": self.effect(proposal.base.quote, proposal.quote),
            "picture": part_url(proposal.quote.part, "png"),
            "before_picture": part_url(proposal.base.quote.part, "png"),
            "can_answer": is_open and proposal.side != self.seat.side,
            "can_withdraw": is_open and proposal.side == self.seat.side,
            "stale": is_open and proposal.base.number != self.newest.number,
            **self.verdict(proposal.quote),
        }

    def revision_card(self, revision: Revision, before: Revision | None) -> dict[str, Any]:
        """Return a revision with what changed against the one before, and a picture of both."""
        return {
            "row": revision,
            "picture": part_url(revision.quote.part, "png"),
            "before_picture": part_url(before.quote.part, "png") if before else None,
            "changes": (
                [*self.changes(before.values, revision.values), *self.term_changes(before, revision.quote)]
                if before
                else []
            ),
            "effect": self.effect(before.quote, revision.quote) if before else "",
            "material": self.materials.get(revision.material_id, revision.material_id),
            **self.verdict(revision.quote),
        }

    def changes(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
        """Return the parameters that differ, in words."""
        return [
            {
                "label": parameter["label"],
                "before": value_in_words(parameter, change.before) or "—",
                "after": value_in_words(parameter, change.after) or "—",
            }
            for change in differences(before, after)
            if (parameter := self.parameters.get(change.name))
        ]

    def term_changes(self, before: Revision, after: QuoteRecord) -> list[dict[str, str]]:
        """Return material and number where they differ, in words."""
        rows = []
        if before.material_id != after.choice:
            names = [self.materials.get(one, one) for one in (before.material_id, after.choice)]
            rows.append({"label": _("Material"), "before": names[0], "after": names[1]})
        if before.quantity != after.quantity:
            rows.append({"label": _("How many"), "before": str(before.quantity), "after": str(after.quantity)})
        return rows

    def effect(self, before: QuoteRecord, after: QuoteRecord) -> str:
        """Return what a change does to the price, with its sign; empty where one of them has none."""
        if before.total_minor is None or after.total_minor is None:
            return ""
        difference = after.total_minor - before.total_minor
        if difference == 0:
            return "±" + money(0, after.currency, self.language)
        return ("+" if difference > 0 else "−") + money(abs(difference), after.currency, self.language)

    def verdict(self, quote: QuoteRecord) -> dict[str, Any]:
        """Return the price and what the printability check says, or why there is no price."""
        warnings = findings_in_words(finding for finding in quote.findings if finding["severity"] == "warning")
        return {
            "price": "" if quote.total_minor is None else money(quote.total_minor, quote.currency, self.language),
            "refusal": error_in_words(quote.refusal) if quote.quote is None and quote.refusal else None,
            "warnings": warnings,
            "safe": quote.quote is not None and not warnings,
        }
