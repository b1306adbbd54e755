"""What this room cannot do, and why."""

from __future__ import annotations

from glocal.errors import GlocalError, OutsidePartFailed


class LawError(GlocalError):
    """Root of the errors of this room."""

    code = "law_error"


class LabelImpossible(LawError, OutsidePartFailed):
    """The label cannot be drawn: fonts are missing, or there is too much to say."""

    code = "label_impossible"
