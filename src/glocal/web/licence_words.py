"""What a design's licence allows, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from glocal.commons.licences import uses_of
from glocal.commons.okh_errors import LicenceUnknown


def licence_in_words(expression: str) -> str:
    """Return in a few short sentences what a shop may do with a design under this SPDX expression."""
    try:
        uses = uses_of(expression)
    except LicenceUnknown:
        return _("Nobody here can tell what this licence allows: “{licence}”. Ask the author first.").format(
            licence=expression
        )
    if not uses.change:
        changed = _("Changed versions may not be passed on.")
    elif uses.alike:
        changed = _("Changed versions may be passed on under the same licence.")
    else:
        changed = _("Changed versions may be passed on.")
    said = [
        _("You may print it and sell it.") if uses.sell else _("You may print it and give it away, but not sell it."),
        changed,
        _("Name the authors.") if uses.attribution else "",
        f"({expression})",
    ]
    return " ".join(filter(None, said))
