"""What a look into another shop's log noticed, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from glocal.commons.sync import EVERYWHERE


def noticed_in_words(noticed: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return for each (code, source) what it means, and the source where one is named."""
    words = {
        "fork": _("The shop's key has signed two histories that exclude each other. Nothing more is taken from it."),
        "root_fork": _(
            "The shop's root key has signed two lists that exclude each other. Ask its owner what happened."
        ),
        "wrong_key": _("What lies there is signed by another key than the one that you follow."),
        "damaged": _("What lies there is damaged or was changed; it was not taken."),
        "stale": _("This copy is behind the newest one."),
        "withheld": _("Entries are left out that their author has not taken back."),
        "unreachable": _("It does not answer."),
        "unverifiable": _("Nobody gave a list of keys that the followed key has signed."),
        "quota": _("The log is larger than what is followed."),
        "healed": _("What was missing was found here."),
    }
    return [(words.get(code, code), "" if source == EVERYWHERE else source) for code, source in noticed]
