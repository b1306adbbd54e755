"""What a try of a printer found, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from glocal.production.diagnosis import Diagnosis


def diagnosis_in_words(found: Diagnosis) -> str:
    """Return what is so and what would help; the printer's own words stay as they are."""
    from glocal.production.diagnosis import WORDS

    names = dict(found.names)
    if "state" in names:
        names["state"] = _states().get(names["state"], names["state"])
    return " ".join(_(words).format(**names) for words in WORDS[found.code] if words).strip()


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
