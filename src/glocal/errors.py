"""The root of every error that glocal raises on purpose.

Each package has its own tree below :class:`GlocalError` and mixes in one *kind*, which is what the edge (command
line, HTTP) maps to an exit code or a status; no domain error knows about either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

_NAME = re.compile(r" ?\{(\w+)\}")


def in_english(value: Any) -> str:
    """Return a fact as it stands in an English sentence: a list with commas, a fraction without needless digits."""
    if isinstance(value, list | tuple):
        return ", ".join(in_english(each) for each in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def fill(words: str, data: Mapping[str, Any], say: Callable[[Any], str] = in_english) -> str:
    """Return words with each ``{name}`` that ``data`` has filled in; an empty fact takes the space before it along."""

    def told(found: re.Match[str]) -> str:
        if found[1] not in data:
            return found[0]
        text = say(data[found[1]])
        return found[0][: found[0].index("{")] + text if text else ""

    return _NAME.sub(told, words)


class GlocalError(Exception):
    """Something that went wrong and that a person can act on.

    Parameters
    ----------
    message : str
        What is wrong, in words that the user knows. Facts stand as ``{name}`` of what is in ``data``, so that pages can
        say the same in other languages.
    help : str, optional
        What would help, in the same way.
    **data
        The facts behind the message, JSON-serialisable, for programs.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, help: str = "", **data: Any) -> None:
        super().__init__(fill(message, data))
        self.words = (message, help)
        self.message = fill(message, data)
        self.help = fill(help, data)
        self.data = data

    def as_dict(self) -> dict[str, Any]:
        """Return the error as the JSON object that every edge sends; ``words`` where facts are filled into them."""
        told = {"code": self.code, "message": self.message, "help": self.help, "data": self.data}
        return told if self.words == (self.message, self.help) else {**told, "words": list(self.words)}


class BadInput(GlocalError):
    """What came from outside cannot be understood or is out of range."""

    code = "bad_input"


class CannotBeMade(GlocalError):
    """The input is understood, but nobody can make this thing as asked."""

    code = "cannot_be_made"


class OutsidePartFailed(GlocalError):
    """A part that we do not own (slicer, printer, peer) failed, is missing or does not answer."""

    code = "outside_part_failed"
