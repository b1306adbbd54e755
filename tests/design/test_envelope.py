"""What has been printed, and what nobody has tried yet."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from glocal.design.envelope import Span, envelope
from glocal.design.package import template_from_scad

SOURCE = """
height = 10; // [1:100]
shape = "a"; // [a, b]
hole = true;
size = [1, 2];
parts = 1; // [1:One, 2:Two]
cube(height);
"""


def pot(tmp_path: Path):
    file = tmp_path / "pot.scad"
    file.write_text(SOURCE)
    return template_from_scad(file)


def test_each_free_number_has_the_span_of_its_good_prints(tmp_path):
    printed = [
        {"height": 20.0, "shape": "a", "parts": 1.0},
        {"height": 60, "width": 3.0},
        {"height": 30.0, "hole": True},
    ]
    assert envelope(pot(tmp_path), printed) == {"height": Span(20, 60, 3)}


def test_what_nobody_printed_has_no_span(tmp_path):
    assert envelope(pot(tmp_path), []) == {}
    assert envelope(pot(tmp_path), [{"height": True}, {"height": "tall"}]) == {}


@given(heights=st.lists(st.floats(1, 100), min_size=1))
def test_every_good_print_lies_in_it_and_its_ends_were_printed(tmp_path_factory, heights):
    template = _template(tmp_path_factory)
    span = envelope(template, [{"height": height} for height in heights])["height"]
    assert all(span.low <= height <= span.high for height in heights)
    assert {span.low, span.high} <= set(heights)
    assert span.prints == len(heights)


_CACHE = []


def _template(factory):
    if not _CACHE:
        _CACHE.append(pot(factory.mktemp("pot")))
    return _CACHE[0]
