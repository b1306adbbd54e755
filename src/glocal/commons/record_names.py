"""Names of records: from what they say, or of one shop's record among those of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glocal.values import canonical_json, sha256_hex


def reference_to(root_vkey: str, record_id: str) -> str:
    """Return the id that names one shop's record: another shop may give a record of its own the same id."""
    return uuid8(problem_name(root_vkey, record_id))


def problem_name(root_vkey: str, record_id: str) -> str:
    """Return the SHA-256 by which an answer names one shop's problem; no id that anybody gives looks like it."""
    return sha256_hex(canonical_json({"shop": root_vkey, "record": record_id}))


def content_id(content: Mapping[str, Any]) -> str:
    """Return a UUIDv8 made from what a record says, for records that hold nothing private."""
    return uuid8(sha256_hex(canonical_json(content)))


def uuid8(digest_hex: str) -> str:
    """Return the first 122 free bits of a digest as a UUID of version 8 (RFC 9562)."""
    variant = "89ab"[int(digest_hex[16], 16) & 3]
    digits = f"{digest_hex[:12]}8{digest_hex[13:16]}{variant}{digest_hex[17:32]}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
