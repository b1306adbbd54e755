"""What can go wrong while looking for a maker."""

from __future__ import annotations

from glocal.errors import BadInput, CannotBeMade, GlocalError


class NetworkError(GlocalError):
    """The root of this room's errors."""

    code = "network"


class NoMakers(NetworkError, BadInput):
    """There is nobody to ask."""

    code = "no_makers"


class MakerFileBroken(NetworkError, BadInput):
    """A list of makers cannot be read as what it claims to be."""

    code = "maker_file_broken"


class NeedBroken(NetworkError, BadInput):
    """What is asked for contradicts itself or is out of range."""

    code = "need_broken"


class NestingInputBroken(NetworkError, BadInput):
    """The outlines to nest cannot be understood."""

    code = "nesting_input_broken"


class DoesNotNest(NetworkError, CannotBeMade):
    """At least one outline does not fit the empty bed in any rotation that was tried."""

    code = "does_not_nest"


class PlanInputBroken(NetworkError, BadInput):
    """The orders and machines to plan cannot be understood."""

    code = "plan_input_broken"
