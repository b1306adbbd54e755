"""Lines by layer, against a file small enough to draw by hand."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glocal.production import gcode_preview
from glocal.production.errors import GcodeUnreadable
from glocal.production.gcode_preview import layer_paths, pack_paths

MARKED = b"""G90
M83
G1 X0 Y0 Z0.2 F3000
;LAYER_CHANGE
;Z:0.2
;TYPE:External perimeter
G1 X10 Y0 E1
G1 X10 Y20 E1
;LAYER_CHANGE
;Z:0.4
G1 Z0.4
;TYPE:Internal infill
G1 X5 Y5
G1 X15 Y5 E1
G1 E-1
"""


def test_lines_their_layers_and_kinds() -> None:
    paths = layer_paths(MARKED)
    assert paths.lines_mm.tolist() == [[0, 0, 10, 0], [10, 0, 10, 20], [5, 5, 15, 5]]
    assert paths.layer.tolist() == [0, 0, 1]
    assert paths.layer_z_mm.tolist() == [0.2, 0.4]
    assert [paths.kinds[k] for k in paths.kind] == ["External perimeter", "External perimeter", "Internal infill"]


def test_without_marks_a_layer_is_a_height() -> None:
    plain = b"\n".join(line for line in MARKED.split(b"\n") if not line.startswith(b";"))
    paths = layer_paths(plain)
    assert paths.layer.tolist() == [0, 0, 1]
    assert paths.kinds == ("Unlabelled",)


def test_the_browser_reads_what_was_packed() -> None:
    packed = pack_paths(layer_paths(MARKED))
    assert packed[:4] == b"GLL1"
    size = struct.unpack("<I", packed[4:8])[0]
    header = json.loads(packed[8 : 8 + size])
    assert (8 + size) % 4 == 0  # a browser reads 16-bit numbers only from even places
    assert header["starts"] == [0, 2, 3]
    assert header["box_mm"] == [0, 0, 15, 20]
    steps = np.frombuffer(packed, "<u2", 12, 8 + size).reshape(3, 2, 2)
    read = steps / 65_535 * [15, 20]
    assert np.allclose(read[1], [[10, 0], [10, 20]], atol=0.001)
    assert len(packed) == 8 + size + 9 * 3


@pytest.mark.parametrize("content", [b"", b"hello", b"G1 X1 Y1 F600\n", b"G1 E5 F600\n"])
def test_a_file_without_lines_is_refused(content: bytes) -> None:
    with pytest.raises(GcodeUnreadable):
        layer_paths(content)


def test_what_no_browser_can_draw_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gcode_preview, "MOST_LINES", 3)
    with pytest.raises(GcodeUnreadable, match="more than"):
        layer_paths(MARKED)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_it_stumble(noise: bytes) -> None:
    try:
        packed = pack_paths(layer_paths(MARKED + noise))
    except GcodeUnreadable:
        return
    assert packed.startswith(b"GLL1")
