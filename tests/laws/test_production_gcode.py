"""Laws of the G-code reader: physics and text do not depend on how a file is cut up."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glocal.production.gcode import read_gcode_bytes

LIMITS = "".join(
    f"; machine_max_jerk_{a} = {jerk}\n; machine_max_acceleration_{a} = 1200\n; machine_max_feedrate_{a} = 180\n"
    for a, jerk in zip("xyze", (8, 8, 0.4, 5), strict=True)
)
coordinate = st.floats(0, 200).map(lambda value: round(value, 3))
moves = st.lists(
    st.tuples(coordinate, coordinate, st.floats(0, 5).map(lambda e: round(e, 5)), st.integers(600, 12000)),
    min_size=1,
    max_size=60,
)


def text_of(steps, scale=1.0):
    lines = [f"G1 X{x:.3f} Y{y:.3f} E{e:.5f} F{f * scale:.3f}" for x, y, e, f in steps]
    return "G90\nM83\n" + "\n".join(lines) + "\n"


def read(text):
    return read_gcode_bytes((text + LIMITS).encode())


def way_mm(steps):
    points = [(0.0, 0.0), *((x, y) for x, y, _, _ in steps)]
    return sum(math.dist(a, b) for a, b in itertools.pairwise(points))


@settings(max_examples=60, deadline=None)
@given(moves)
def test_time_lies_between_full_speed_and_a_stop_at_every_corner(steps):
    if way_mm(steps) == 0:
        return
    summary = read("M104 S200\n" + text_of(steps))
    at_full_speed = way_mm(steps) / 260  # no axis over 180 mm/s: √2 · 180 and a little
    assert summary.time_s >= at_full_speed - 1e-9
    stop_and_go = sum(
        read(f"G90\nG92 X{a[0]} Y{a[1]} E0\nM83\nG1 X{b[0]:.3f} Y{b[1]:.3f} E{b[2]:.5f} F{b[3]}\n").time_s
        for a, b in zip([(0, 0, 0, 0), *steps], steps, strict=False)
        if a[:2] != b[:2] or b[2]
    )
    assert summary.time_s <= stop_and_go + 1e-9


@settings(max_examples=60, deadline=None)
@given(moves)
def test_way_and_filament_add_up(steps):
    if way_mm(steps) == 0:
        return
    summary = read(text_of(steps))
    assert sum(use.length_mm for use in summary.features.values()) == pytest.approx(way_mm(steps), abs=1e-6)
    assert summary.filament_mm == pytest.approx(sum(e for _, _, e, _ in steps), abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(moves)
def test_absolute_relative_and_spread_out_text_mean_the_same(steps):
    if way_mm(steps) == 0:
        return
    x = y = 0.0
    relative = ["G91", "M83"]
    for to_x, to_y, e, f in steps:
        relative.append(f" g1   x {to_x - x:.3f} y{to_y - y:.3f}  e{e:.5f} f{f} ; X900")
        x, y = to_x, to_y
    plain, other = read(text_of(steps)), read("\r\n".join(relative) + "\r\n")
    assert other.time_s == pytest.approx(plain.time_s, rel=1e-4, abs=1e-4)
    assert other.printed_box_mm is None or other.printed_box_mm[1] == pytest.approx(plain.printed_box_mm[1], abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(moves)
def test_a_slower_file_never_takes_less_time(steps):
    if way_mm(steps) == 0:
        return
    assert read(text_of(steps, 0.5)).time_s >= read(text_of(steps)).time_s - 1e-6
