"""What a try of a printer found, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from glocal.errors import fill
from glocal.shop.error_words import error_in_words, error_text

if TYPE_CHECKING:
    from glocal.production.diagnosis import Diagnosis


def diagnosis_in_words(found: Diagnosis) -> str:
    """Return what is so and what would help; the printer's own words stay as they are."""
    from glocal.production.diagnosis import WORDS

    words = WORDS[found.code]
    names = dict(found.names)
    if found.error is not None:
        told = error_in_words(found.error)
        names["said"] = told["message"] if words[1] and "{said}" not in words[1] else error_text(found.error)
    if "state" in names:
        names["state"] = _states().get(names["state"], names["state"])
    return " ".join(fill(_(each), names, str) for each in words if each).strip()


def _states() -> dict[str, str]:
    return {
        "idle": _("idle"),
        "heating": _("warming up"),
        "printing": _("at work"),
        "paused": _("paused"),
        "finished": _("done with its last print"),
        "cancelled": _("idle after a print that was stopped"),
        "unknown": _("in a state that it does not name"),
    }
