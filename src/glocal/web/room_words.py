"""What happened in a design session, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from glocal.shop.sessions.models import ProposalState, SessionState
from glocal.shop.wishes.models import WishState


def event_in_words(code: str, who: str) -> str:
    """Return one line for an event; ``who`` did it."""
    words = {
        "opened": _("{who} asked the shop."),
        "revised": _("{who} changed the design."),
        "commented": _("{who} wrote:"),
        "proposed": _("{who} proposed a change."),
        "accepted": _("{who} accepted a proposal."),
        "declined": _("{who} declined a proposal."),
        "withdrawn": _("{who} withdrew a proposal."),
        "renewed": _("The price of a proposal was worked out anew."),
        "settled": _("{who} ticked a comment off."),
        "unsettled": _("{who} opened a comment again."),
        "vouched": _("{who} checked the design and will make it so."),
        "approved": _("{who} approved the design."),
        "reopened": _("{who} goes on shaping the design."),
        "wished": _("What cannot be offered yet is kept as a wish."),
        "repriced": _("The price was worked out anew."),
        "ordered": _("{who} ordered the design."),
        "closed": _("{who} closed the conversation."),
    }
    return words.get(code, code).format(who=who)


def state_of_room(state: str, waits_for: str, side: str) -> str:
    """Return where a session is and whose turn it is, as its reader sees it."""
    if state == SessionState.ORDERED:
        return _("Ordered: the approved design is being made.")
    if state == SessionState.CLOSED:
        return _("This conversation is closed.")
    if state == SessionState.APPROVED:
        return _("The design is approved and can be ordered.")
    if not waits_for:
        return _("The design is being shaped.")
    return _("It is your turn.") if waits_for == side else _("Waiting for the other side.")


def proposal_in_words(state: str) -> str:
    """Return what became of a proposal."""
    words = {
        ProposalState.OPEN: _("Waiting for an answer"),
        ProposalState.ACCEPTED: _("Accepted"),
        ProposalState.DECLINED: _("Declined"),
        ProposalState.WITHDRAWN: _("Withdrawn"),
    }
    return words.get(ProposalState(state), state)


def room_texts() -> dict[str, str]:
    """Return the texts of the room's component."""
    return {
        "propose": _("Propose this change"),
        "revise": _("Make it the new design"),
        "shape": _("Change the design"),
        "as_agreed": _("Back to the newest design"),
        "note": _("What is it about? (if you like)"),
        "quantity": _("How many"),
        "difference": _("{amount} against the newest design"),
        "no_difference": _("The same price as the newest design"),
        "point_chosen": _("Pinned to a point of the part."),
        "point_how": _("Click on the part, or move the cross with the arrow keys and press Enter."),
        "point_missed": _("There is no part under the cross; turn it or move the cross."),
        "pin": _("Pin {number}: {text}"),
        "live": _("Live: you both see every change at once."),
        "lost": _("The connection is lost; the page tries again."),
        "newer": _("There is a newer design. What you set is kept below."),
        "sending": _("Working it out …"),
        "news": _("New: {text}"),
    }


def wish_in_words(state: str) -> str:
    """Return what the shop made of a wish."""
    words = {
        WishState.NEW: _("New"),
        WishState.CONSIDERED: _("We think about it"),
        WishState.OFFERED: _("Offered by now"),
        WishState.DECLINED: _("Cannot be offered"),
    }
    return words.get(WishState(state), state)
