"""Values that every room speaks: money, estimates, identities and content hashes."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import uuid_utils


@dataclass(frozen=True, slots=True)
class Estimate:
    """An uncertain number with the interval that it is honest about.

    Parameters
    ----------
    value : float
        The central figure.
    low, high : float
        Ends of the 80 % interval; ``low <= value <= high``.
    source : str
        Where the figure comes from, in words, for example ``"sliced by PrusaSlicer-2.5.0"``.
    """

    value: float
    low: float
    high: float
    source: str

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"estimate {self.value} lies outside its interval {self.low} to {self.high}")

    def scaled(self, factor: float, source: str | None = None) -> Estimate:
        """Return the estimate times a non-negative ``factor``."""
        if factor < 0:
            raise ValueError(f"factor is {factor}, expected 0 or more")
        return Estimate(self.value * factor, self.low * factor, self.high * factor, source or self.source)


@dataclass(frozen=True, slots=True)
class Money:
    """A sum in integer minor units of an ISO 4217 currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if len(self.currency) != 3 or not self.currency.isalpha() or not self.currency.isupper():
            raise ValueError(f"currency is {self.currency!r}, expected an ISO 4217 code such as 'EUR'")

    def __str__(self) -> str:
        from babel.numbers import get_currency_precision

        digits = get_currency_precision(self.currency)  # a yen has no parts, a dinar a thousand
        return f"{self.minor / 10**digits:.{digits}f} {self.currency}"

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)


def split_minor(total_minor: int, weights: Sequence[float]) -> list[int]:
    """Split a sum in proportion to ``weights`` so that the parts add up to it exactly.

    Largest-remainder (Hamilton) method; ties go to the earlier part.

    Parameters
    ----------
    total_minor : int
        The sum in minor units; may be negative (a refund).
    weights : sequence of float
        Non-negative, not all zero.
    """
    if not weights or min(weights) < 0 or sum(weights) == 0:
        raise ValueError("weights must be non-negative and not all zero")
    exact_weights = [Fraction(weight) for weight in weights]
    whole = sum(exact_weights)
    sign = -1 if total_minor < 0 else 1
    shares = [abs(total_minor) * weight / whole for weight in exact_weights]
    parts = [int(share) for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda i: (parts[i] - shares[i], i))
    for i in by_remainder[: abs(total_minor) - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


def new_id() -> uuid.UUID:
    """Return a fresh UUIDv7 (RFC 9562): unique, and sorted by time of creation."""
    return uuid.UUID(bytes=uuid_utils.uuid7().bytes)


def canonical_json(value: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """Return the one UTF-8 form of a JSON value that is hashed: sorted keys, no spaces, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of ``content`` as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
