"""Laws of nesting: every layout passes the exact check, and more pieces never need fewer plates' worth of area."""

from __future__ import annotations

from math import ceil, cos, pi, sin

from hypothesis import given, settings
from hypothesis import strategies as st

from glocal.network.nest import Bed, Outline, check_nest, nest


@st.composite
def outlines(draw: st.DrawFn) -> Outline:
    """A star-shaped outline with 3 to 9 corners, anywhere in its own coordinates."""
    corners = draw(st.integers(3, 9))
    radii = [draw(st.floats(3, 45)) for _ in range(corners)]
    at = draw(st.tuples(st.floats(-500, 500), st.floats(-500, 500)))
    ring = [(at[0] + r * cos(2 * pi * k / corners), at[1] + r * sin(2 * pi * k / corners)) for k, r in enumerate(radii)]
    return Outline("star", tuple(ring))


@settings(max_examples=40, deadline=None)
@given(st.lists(outlines(), min_size=1, max_size=12), st.floats(0, 6), st.sampled_from([1, 4, 7, 8]))
def test_no_layout_overlaps(parts: list[Outline], spacing: float, turns: int) -> None:
    bed = Bed(120.5, 99.3, spacing)
    found = nest(bed, parts, turns=turns, rounds=3)
    assert check_nest(bed, parts, found) == []
    assert len(found.plates) >= ceil(sum(found.filled) - 1e-9)
