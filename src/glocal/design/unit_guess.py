"""In which unit was a file drawn that does not say so? A guess is never taken silently: it is asked."""

from __future__ import annotations

from glocal.design.model import Finding, Mesh, PrintProcess

UNITS_MM = {"mm": 1.0, "cm": 10.0, "inch": 25.4, "m": 1000.0, "micron": 0.001}
_SMALL_MM = 8.0  # hardly anybody has a part printed whose longest side is less
_LIKELY_MM = (8.0, 1000.0)


def likely_units(mesh: Mesh, process: PrintProcess) -> tuple[str, ...]:
    """Return the units in which a mesh, read as mm, was probably drawn instead; none when mm is plausible."""
    longest = max(mesh.extent_mm)
    room = 1.2 * max(process.bed_x_mm, process.bed_y_mm, process.height_mm)
    if longest < _SMALL_MM:
        fitting = [unit for unit in ("inch", "cm", "m") if _LIKELY_MM[0] <= longest * UNITS_MM[unit] <= room]
    elif longest > 4 * room:
        fitting = [unit for unit in ("micron",) if _LIKELY_MM[0] <= longest * UNITS_MM[unit] <= room]
    else:
        fitting = []
    return tuple(fitting)


def unit_findings(mesh: Mesh, process: PrintProcess) -> list[Finding]:
    """Return the question about the unit as a finding, when there is one."""
    units = likely_units(mesh, process)
    if not units:
        return []
    size = _size(mesh, 1.0)
    choices = "; ".join(f"in {unit} it is {_size(mesh, UNITS_MM[unit])}" for unit in units)
    return [
        Finding(
            "unit_unsure",
            "warning",
            f"The file does not say its unit. Read in millimetres the part is {size}: was it drawn in "
            f"{' or '.join(units)}?",
            f"If so, say it (--unit {units[0]}): {choices}.",
            figures={"size_mm": [round(float(length), 3) for length in mesh.extent_mm]},
        )
    ]


def _size(mesh: Mesh, factor: float) -> str:
    return " × ".join(f"{side * factor:.3g}" for side in mesh.extent_mm) + " mm"
