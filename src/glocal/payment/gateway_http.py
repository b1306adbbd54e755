"""Talk HTTP to a payment firm, and turn every failure into one of two errors: no answer, or a no."""

from __future__ import annotations

from typing import Any

import httpx

from glocal.payment.errors import GatewayFailed, GatewayRefused

TIMEOUT = httpx.Timeout(15.0, connect=5.0)


def talk(client: httpx.Client, firm: str, method: str, url: str, **content: Any) -> dict[str, Any]:
    """Send a request and return the JSON object that answers it; redirects are not followed, a key goes with it.

    Raises
    ------
    GatewayFailed
        No answer, a fault of the firm, a key that it does not know, or an answer that is none. Asking again with the
        same key is safe.
    GatewayRefused
        The firm understood, and refused.
    """
    try:
        answer = client.request(method, url, timeout=TIMEOUT, follow_redirects=False, **content)
    except httpx.HTTPError as error:
        raise GatewayFailed(
            "{firm} does not answer.", help="Try again in a minute, or pay in another way.", firm=firm
        ) from error
    if answer.status_code in (401, 403):
        raise GatewayFailed(
            "{firm} does not accept the shop's key.", help="The owner has to enter it again.", firm=firm
        )
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.status_code in (409, 429) or answer.status_code >= 500 or not isinstance(body, dict):
        raise GatewayFailed(
            "{firm} answers with a fault.", help="Try again in a minute.", firm=firm, status=answer.status_code
        )
    if answer.status_code >= 300:
        raise GatewayRefused(
            "{firm} refuses this: {said}", help="Choose another way to pay.", firm=firm, said=_reason(body)
        )
    return body


def text_of(body: dict[str, Any], firm: str, *path: str) -> str:
    """Return a text within an answer, or say that the firm answered something else."""
    value: Any = body
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, str) or not value:
        raise GatewayFailed("{firm} answers something else than it promises.", firm=firm, missing=".".join(path))
    return value


def _reason(body: dict[str, Any]) -> str:
    error = body.get("error")
    told = error.get("message") if isinstance(error, dict) else body.get("detail")
    return str(told or "no reason given")[:300]
