"""What a print looks like layer by layer: the lines that the G-code extrudes, packed for a browser to draw."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from glocal.production import gcode_places as at
from glocal.production.errors import GcodeUnreadable

MAGIC = b"GLL1"
MOST_LINES = 2_500_000
_STEPS = 65_535


@dataclass(frozen=True, slots=True, eq=False)
class LayerPaths:
    """Every extruded line of a print, in the order of its layers.

    Parameters
    ----------
    lines_mm : (n, 4) float64
        From x, y, to x, y.
    kind : (n,) uint8
        Index into ``kinds``.
    layer : (n,) int64
        Not falling.
    layer_z_mm : (layers,) float64
    kinds : tuple of str
        The file's own names of kinds of path.
    """

    lines_mm: npt.NDArray[np.float64]
    kind: npt.NDArray[np.uint8]
    layer: npt.NDArray[np.int64]
    layer_z_mm: npt.NDArray[np.float64]
    kinds: tuple[str, ...]


def layer_paths(content: bytes) -> LayerPaths:
    """Return the extruded lines of a G-code file.

    Without the slicer's marks a layer is a height at which something is extruded.

    Raises
    ------
    GcodeUnreadable
        Also when there is nothing to see, or more than a browser can draw.
    """
    from glocal.production import gcode_kernel as kernel

    if b"\0" in content[:4096]:
        raise GcodeUnreadable("This is not G-code in plain text.", help="Export plain G-code.")
    lines = content.count(b"\n") + 1  # no line extrudes twice
    if lines > MOST_LINES:
        raise GcodeUnreadable(
            f"The file has {lines:,} lines, more than {MOST_LINES:,} are not drawn.",
            help="Look at it in the slicer.",
        )
    f, m = kernel.new_reader(np.full(at.LIMITS_SIZE, 1e12), layers=0, legacy_m204=True, segments=lines)
    data = np.frombuffer(content, dtype=np.uint8)
    kernel.scan(data, f, m)
    rows = f[at.LAYER_Z :].reshape(-1, at.SEGMENT_SIZE)[: m[at.SEGMENTS]]
    if not len(rows):
        raise GcodeUnreadable("Nothing is extruded in this file.", help="Slice the part again.")
    return _in_layers(rows, _names(data, m))


def _names(data: npt.NDArray[np.uint8], m: npt.NDArray[np.int64]) -> list[str]:
    kinds = int(m[at.KINDS])
    ends = m[at.KIND_AT : at.KIND_AT + 2 * kinds].reshape(-1, 2)
    known = ["Travel", "Retraction", "Unlabelled", "Custom"]
    return known + [bytes(data[start:stop]).decode("utf-8", "replace") for start, stop in ends[len(known) :]]


def _in_layers(rows: npt.NDArray[np.float64], names: list[str]) -> LayerPaths:
    marked = rows[:, 6].max() >= 0
    key = np.maximum(rows[:, 6], 0) if marked else np.round(rows[:, 4], 3)
    layers, layer = np.unique(key, return_inverse=True)
    order = np.argsort(layer, kind="stable")
    heights = np.full(len(layers), -np.inf)
    np.maximum.at(heights, layer, rows[:, 4])
    used, kind = np.unique(rows[order, 5].astype(np.int64), return_inverse=True)
    return LayerPaths(
        lines_mm=rows[order, :4],
        kind=kind.astype(np.uint8),
        layer=layer[order].astype(np.int64),
        layer_z_mm=heights,
        kinds=tuple(names[index] for index in used.tolist()),
    )


def pack_paths(paths: LayerPaths) -> bytes:
    """Return the lines as bytes: 9 for each line.

    ``GLL1``, the length of a JSON header (uint32, little-endian), the header padded to 4 bytes, then for all lines
    4 × uint16 between the corners of ``box_mm``, then for all lines one uint8 for the kind. ``starts`` in the header
    has for each layer the number of its first line, and the number of all lines at the end.
    """
    points = paths.lines_mm.reshape(-1, 2)
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.maximum(high - low, 1e-6)
    steps = np.round((points - low) / span * _STEPS).astype("<u2")
    starts = np.searchsorted(paths.layer, np.arange(len(paths.layer_z_mm) + 1))
    header = json.dumps(
        {
            "kinds": paths.kinds,
            "box_mm": [*low.tolist(), *(low + span).tolist()],
            "z_mm": [round(z, 3) for z in paths.layer_z_mm.tolist()],
            "starts": starts.tolist(),
        }
    ).encode()
    header += b" " * (-len(header) % 4)
    return b"".join([MAGIC, struct.pack("<I", len(header)), header, steps.tobytes(), paths.kind.tobytes()])
