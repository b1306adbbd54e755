"""How errors speak HTTP: the one table of kinds and statuses, used by the pages and by the interface for programs."""

from __future__ import annotations

from glocal.errors import BadInput, CannotBeMade, GlocalError, OutsidePartFailed

NOT_FOUND_CODES = frozenset({"not_found"})
NOT_ALLOWED_CODES = frozenset({"not_allowed"})
TOO_MANY_CODES = frozenset({"too_many_requests"})
CONFLICT_CODES = frozenset({"idempotency_key_reused", "not_now", "quote_expired", "overtaken"})
STATUS_BY_KIND: tuple[tuple[type[GlocalError], int], ...] = (
    (CannotBeMade, 409),
    (OutsidePartFailed, 503),
    (BadInput, 422),
)


def http_status(error: GlocalError) -> int:
    """Return the status that tells a client what kind of error this was.

    403 not for you to do, 404 nothing there (or not for you),
    409 understood but not possible (now), 422 not understood or out of range,
    429 too often, 503 an outside part failed, 500 anything else.
    """
    if error.code in NOT_FOUND_CODES:
        return 404
    if error.code in NOT_ALLOWED_CODES:
        return 403
    if error.code in TOO_MANY_CODES:
        return 429
    if error.code in CONFLICT_CODES:
        return 409
    return next((status for kind, status in STATUS_BY_KIND if isinstance(error, kind)), 500)
