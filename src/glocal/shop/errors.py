"""What the shop refuses or cannot do, in words for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glocal.errors import BadInput, CannotBeMade, GlocalError, OutsidePartFailed


class ShopError(GlocalError):
    """Root of the shop's errors."""

    code = "shop_error"


class NotFound(ShopError, BadInput):
    """Nothing is here, or it is not for the one who asks: the answer is the same."""

    code = "not_found"


class QuoteRefused(ShopError, CannotBeMade):
    """The thing cannot be made or priced as asked."""

    code = "quote_refused"

    @classmethod
    def kept(cls, refusal: Mapping[str, Any] | None) -> QuoteRefused:
        """Return the refusal that was kept with a quote, so that whoever goes on regardless is told the same."""
        refusal = refusal or {"message": "There is no price for this.", "help": "Ask for the price again.", "data": {}}
        message, advice = refusal.get("words") or (refusal["message"], refusal["help"])
        return cls(message, help=advice, **refusal["data"])


class NeedsSlicer(ShopError, CannotBeMade):
    """The instant estimate does not know this; the slicer does, but takes longer."""

    code = "needs_slicer"


class StillBuilding(ShopError, CannotBeMade):
    """The shape takes its time; whoever asks again is told how far it is."""

    code = "still_building"


class QuoteExpired(ShopError, BadInput):
    """The price was given too long ago."""

    code = "quote_expired"


class OrderInvalid(ShopError, BadInput):
    """The order cannot be placed as it was sent."""

    code = "order_invalid"


class KeyReused(ShopError, BadInput):
    """The same idempotency key came with a different order."""

    code = "idempotency_key_reused"


class NotNow(ShopError, BadInput):
    """The order or job is in a state in which this cannot be done."""

    code = "not_now"


class NobodyOffers(ShopError, CannotBeMade):
    """No machine of any maker can make this."""

    code = "nobody_offers"


class NobodyAtWork(ShopError, OutsidePartFailed):
    """All makers are away; it passes by itself."""

    code = "nobody_at_work"


class MoreThanDue(OrderInvalid):
    """A sum is larger than what is still due: most likely a slip of the pen."""

    code = "more_than_due"


class FileDamaged(ShopError, OutsidePartFailed):
    """A stored file is missing, or is not what its hash says."""

    code = "file_damaged"


class MailNotSent(ShopError, OutsidePartFailed):
    """The mail server did not take a mail for which somebody waits."""

    code = "mail_not_sent"


class NotAllowed(ShopError, BadInput):
    """The one who asks may see this, but not do it."""

    code = "not_allowed"


class SignInRefused(ShopError, BadInput):
    """The name or the password is wrong; which of them is not said."""

    code = "sign_in_refused"
