"""The root of every error that glocal raises on purpose.

Each package has its own tree below :class:`GlocalError` and mixes in one *kind*, which is what the edge (command
line, HTTP) maps to an exit code or a status; no domain error knows about either.
"""

from __future__ import annotations

from typing import Any, ClassVar


class GlocalError(Exception):
    """Something that went wrong and that a person can act on.

    Parameters
    ----------
    message : str
        What is wrong, in words that the user knows.
    help : str, optional
        What would help.
    **data
        The facts behind the message, JSON-serialisable, for programs.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, help: str = "", **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.data = data

    def as_dict(self) -> dict[str, Any]:
        """Return the error as the JSON object that every edge sends."""
        return {"code": self.code, "message": self.message, "help": self.help, "data": self.data}


class BadInput(GlocalError):
    """What came from outside cannot be understood or is out of range."""

    code = "bad_input"


class CannotBeMade(GlocalError):
    """The input is understood, but nobody can make this thing as asked."""

    code = "cannot_be_made"


class OutsidePartFailed(GlocalError):
    """A part that we do not own (slicer, printer, peer) failed, is missing or does not answer."""

    code = "outside_part_failed"
