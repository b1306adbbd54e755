"""What can stand in the way of a quote."""

from __future__ import annotations

from glocal.errors import BadInput, CannotBeMade, GlocalError, OutsidePartFailed


class QuotingError(GlocalError):
    """A quote could not be made."""

    code = "quoting"


class BadTerms(QuotingError, BadInput, ValueError):
    """A price was asked for with terms that make no sense, for example a negative wage."""

    code = "bad_terms"


class CannotPrice(QuotingError, CannotBeMade):
    """The part cannot be made as it is, so it has no price."""

    code = "cannot_price"


class NeedsExactQuote(QuotingError, CannotBeMade):
    """The instant estimate cannot know this part; the slicer can."""

    code = "needs_exact_quote"


class NotCalibrated(NeedsExactQuote):
    """The instant estimate was never fitted to this slicer, machine and recipe."""

    code = "not_calibrated"


class BadCalibration(QuotingError, BadInput):
    """A stored calibration cannot be read as one."""

    code = "bad_calibration"


class CalibrationFailed(QuotingError, OutsidePartFailed):
    """Too few of the meshes could be sliced to fit the instant estimate."""

    code = "calibration_failed"
