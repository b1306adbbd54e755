"""Names that nobody knows: what somebody who mistyped one meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 80  # of a name from outside; comparing takes the square of its length


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that is most like one that is not, empty when none is much like it.

    Examples
    --------
    >>> nearest("spaceing_mm", ["fill", "spacing_mm", "turns"])
    'spacing_mm'
    """
    spelt = {each.casefold(): each for each in sorted(known, reverse=True)}
    found = get_close_matches(name[:_LONGEST].casefold(), spelt, n=1)
    return spelt[found[0]] if found else ""


def what_is_known(name: str, known: Iterable[str]) -> str:
    """Return the help for whoever wrote a name that is not known: the one that is most like it, then all."""
    names = sorted(known)
    near = nearest(name, names)
    return f"{f'Did you mean “{near}”? ' if near else ''}Known: {', '.join(names)}."
