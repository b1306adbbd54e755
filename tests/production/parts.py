"""Parts and machines small enough to check by hand."""

from __future__ import annotations

import itertools
import uuid

import numpy as np

from glocal.design.model import Mesh
from glocal.design.part import part_from_mesh
from glocal.production.model import Machine, Material, PlacedPiece, Plate, Recipe


def box_mesh(x=20.0, y=10.0, z=5.0, at=(0.0, 0.0, 0.0)):
    """Return a closed box of 8 corners and 12 triangles."""
    corners = np.array(list(itertools.product((0, x), (0, y), (0, z)))) + np.array(at)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return Mesh(corners, np.array([[q[0], q[i], q[i + 1]] for q in quads for i in (1, 2)]))


def box_part(x=20.0, y=10.0, z=5.0, at=(0.0, 0.0, 0.0), title="Box"):
    return part_from_mesh(box_mesh(x, y, z, at), title)


def piece_id(number):
    return uuid.UUID(int=number)


def plate_of(part, x_mm=50.0, y_mm=50.0, angle_deg=0.0):
    return Plate((PlacedPiece(piece_id(1), part, x_mm, y_mm, angle_deg),))


def machine(**changes):
    """Return a machine of 100 × 80 × 60 mm."""
    fields = {
        "id": "small",
        "name": "Small Printer",
        "vendor": "Test",
        "model": "Small",
        "bed_x_mm": 100.0,
        "bed_y_mm": 80.0,
        "height_mm": 60.0,
        "nozzle_mm": 0.4,
        "gcode_flavor": "marlin",
        "max_nozzle_c": None,
        "max_bed_c": None,
        "printer_preset": "Small",
        "print_preset": "0.20mm",
        "source": "test",
    }
    return Machine(**(fields | changes))


def material(**changes):
    fields = {
        "id": "pla",
        "name": "PLA",
        "type": "PLA",
        "density_g_cm3": 1.24,
        "spool_mass_g": 1000.0,
        "nozzle_c": 210.0,
        "bed_c": 60.0,
        "heat_resistance_c": 55.0,
        "source": "test",
    }
    return Material(**(fields | changes))


def recipe(**changes):
    fields = {
        "id": "normal",
        "name": "Normal",
        "layer_height_mm": 0.2,
        "infill_percent": 15.0,
        "supports": False,
        "brim_mm": 0.0,
    }
    return Recipe(**(fields | changes))
