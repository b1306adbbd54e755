"""What the desk says of jobs, plates, margins and makers, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from glocal.shop.jobs.models import JobState
from glocal.shop.makers.models import PlateState
from glocal.shop.orders.models import OrderState
from glocal.shop.outcomes.models import Phase
from glocal.web.numbers import money, percent
from glocal.web.order_words import state_in_words

if TYPE_CHECKING:
    from glocal.quoting.actual import Margin


OWNERS_ORDERS = {
    OrderState.NEEDS_MAKER: _("Waits for its maker"),
    OrderState.NEEDS_CUSTOMER: _("Waits for the customer"),
    OrderState.PLACED: _("Just ordered"),
    OrderState.DONE: _("Ready"),
}
JOBS = {
    JobState.QUEUED: _("Waiting for its printer"),
    JobState.WAITING_PRINTER: _("The printer does not answer, or does something else"),
    JobState.WAITING_PLATE: _("Waits until somebody clears the plate"),
    JobState.STARTING: _("Is being sent to the printer"),
    JobState.PRINTING: _("Printing"),
    JobState.UNKNOWN: _("Nobody knows: please look"),
    JobState.PRINTED: _("Printed"),
    JobState.FAILED: _("Failed"),
    JobState.CANCELLED: _("Cancelled"),
}
PLATES = {
    PlateState.CLEAR: _("clear"),
    PlateState.OCCUPIED: _("something is on it"),
    PlateState.UNKNOWN: _("nobody knows"),
}
PHASES = {
    Phase.NEVER_STARTED: _("Never started"),
    Phase.CANCELLED: _("Cancelled"),
    Phase.MACHINE_FAULT: _("The machine failed"),
    Phase.PART_FAULT: _("The part failed"),
    Phase.OK: _("Good"),
}


def owner_order_in_words(state: str) -> str:
    """Return where an order is, as its owner is told: who has to do something is named."""
    known = OrderState(state)
    return str(OWNERS_ORDERS[known]) if known in OWNERS_ORDERS else state_in_words(state)


def job_in_words(state: str) -> str:
    """Return where a plate is on its way."""
    return str(JOBS[JobState(state)])


def plate_in_words(state: str) -> str:
    """Return what lies on a machine's plate."""
    return str(PLATES[PlateState(state)])


def phase_in_words(phase: str) -> str:
    """Return what came out of a plate."""
    return str(PHASES[Phase(phase)])


def margin_in_words(margin: Margin | None, currency: str) -> str:
    """Return what is left of a price, for example ``€4.10 (32 %)``; a dash where nobody knows."""
    if margin is None:
        return "–"
    language = get_language() or "en"
    said = money(margin.left_minor, currency, language)
    return said if margin.share is None else f"{said} ({percent(margin.share, language)})"


def measured_in_words(margin: Margin | None) -> str:
    """Return what an actual margin rests on."""
    if margin is None:
        said = _("Nothing was measured yet.")
    elif margin.measured == {"time", "mass"}:
        said = _("Time and material were measured.")
    elif "time" in margin.measured:
        said = _("The time was measured; the material is what the slicer said.")
    else:
        said = _("The material was weighed; the time is what the slicer said.")
    return str(said)
