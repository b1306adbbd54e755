"""What a design session refuses."""

from __future__ import annotations

from glocal.errors import BadInput
from glocal.shop.errors import ShopError


class Overtaken(ShopError, BadInput):
    """The other side changed the design meanwhile."""

    code = "overtaken"


class SessionInvalid(ShopError, BadInput):
    """What was sent to a session is not complete or too long."""

    code = "session_invalid"
