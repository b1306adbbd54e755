from hypothesis import given
from hypothesis import strategies as st

from glocal.values import split_minor

weights = st.lists(st.floats(0, 1e6), min_size=1, max_size=30).filter(lambda w: sum(w) > 0)
totals = st.integers(-(10**9), 10**9)


@given(totals, weights)
def test_the_parts_add_up_to_the_whole(total, parts):
    assert sum(split_minor(total, parts)) == total


@given(totals, weights)
def test_no_part_is_more_than_one_unit_from_its_exact_share(total, parts):
    whole = sum(parts)
    for part, weight in zip(split_minor(total, parts), parts, strict=True):
        assert abs(part - total * (weight / whole)) <= 1 + 1e-6 * abs(total)
