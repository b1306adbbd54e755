"""The one table of errors and statuses, and the limit on questions."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glocal.errors import BadInput, CannotBeMade, GlocalError, OutsidePartFailed
from glocal.http_status import http_status
from glocal.shop.errors import FileDamaged, KeyReused, NobodyOffers, NotFound, NotNow, OrderInvalid, QuoteExpired
from glocal.shop.rate_limit import Buckets, TooMany


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadInput, 422),
        (CannotBeMade, 409),
        (OutsidePartFailed, 503),
        (GlocalError, 500),
        (NotFound, 404),
        (OrderInvalid, 422),
        (KeyReused, 409),
        (QuoteExpired, 409),
        (NotNow, 409),
        (NobodyOffers, 409),
        (FileDamaged, 503),
        (TooMany, 429),
    ],
)
def test_each_kind_of_error_has_its_status(error: type[GlocalError], status: int) -> None:
    assert http_status(error("words")) == status


@given(
    size=st.integers(1, 20),
    per_s=st.floats(0.1, 10),
    pauses_s=st.lists(st.floats(0, 5), min_size=1, max_size=80),
)
def test_nobody_gets_more_than_the_bucket_and_its_refill(size: int, per_s: float, pauses_s: list[float]) -> None:
    buckets = Buckets(size=size, per_s=per_s)
    now_s, allowed = 0.0, 0
    for pause_s in pauses_s:
        now_s += pause_s
        with suppress(TooMany):
            buckets.take("a", now_s)
            allowed += 1
    assert allowed <= size + now_s * per_s + 1e-6


def test_one_address_does_not_use_up_anothers() -> None:
    buckets = Buckets(size=1, per_s=0.1, keep=2)
    buckets.take("a", 0.0)
    buckets.take("b", 0.0)
    with pytest.raises(TooMany):
        buckets.take("a", 1.0)
    buckets.take("c", 1.0)  # forgets b, which was silent for longest
    buckets.take("b", 1.0)
