"""What can go wrong while asking which step pays."""

from __future__ import annotations

from glocal.errors import BadInput, GlocalError


class StrategyError(GlocalError):
    """The root of this room's errors."""

    code = "strategy"


class AssumptionBroken(StrategyError, BadInput):
    """An assumption is out of range or contradicts another."""

    code = "assumption_broken"
