"""What can go wrong while learning what a region wants."""

from __future__ import annotations

from glocal.errors import BadInput, CannotBeMade, GlocalError


class DemandError(GlocalError):
    """The root of this room's errors."""

    code = "demand"


class EventBroken(DemandError, BadInput):
    """A choice contradicts itself or lacks something."""

    code = "event_broken"


class EventFileBroken(DemandError, BadInput):
    """A file of choices or sales cannot be read as what it claims to be."""

    code = "event_file_broken"


class NoEvents(DemandError, BadInput):
    """There is nothing to learn from."""

    code = "no_events"


class UnknownQuestion(DemandError, BadInput):
    """Nobody was ever asked about this parameter of this product."""

    code = "unknown_question"


class TooLittleData(DemandError, CannotBeMade):
    """There is too little to answer this honestly."""

    code = "too_little_data"
