"""What cannot be paid, and why."""

from __future__ import annotations

from glocal.errors import BadInput, GlocalError, OutsidePartFailed


class PaymentError(GlocalError):
    """Root of the errors of payments."""

    code = "payment_error"


class TransferInvalid(PaymentError, BadInput):
    """What stands in a transfer is not allowed there."""

    code = "transfer_invalid"


class BookingInvalid(PaymentError, BadInput):
    """A booking would move nothing, or more than there is."""

    code = "booking_invalid"


class SignatureWrong(PaymentError, BadInput):
    """A message that claims to come from a payment firm does not, or is too old."""

    code = "signature_wrong"


class GatewayFailed(PaymentError, OutsidePartFailed):
    """A payment firm does not answer, or answers something else than it promises."""

    code = "gateway_failed"


class GatewayRefused(PaymentError, BadInput):
    """A payment firm understood and said no."""

    code = "gateway_refused"
