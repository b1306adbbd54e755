"""A maker's own machine: a model that the slicer knows, with what differs on this one.

What differs is part of the machine's id (``reference~n0.6-h180``), so that whatever carries an id carries it: the
check, the slicer, the match, the price, the record of what came out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace

from glocal.production.errors import UnknownMachine
from glocal.production.model import Machine

SEPARATOR = "~"
_LETTERS = {
    "nozzle_mm": "n",
    "bed_x_mm": "x",
    "bed_y_mm": "y",
    "height_mm": "h",
    "max_nozzle_c": "t",
    "max_bed_c": "b",
}
_RANGES = {
    "nozzle_mm": (0.1, 2.0),
    "bed_x_mm": (20.0, 3000.0),
    "bed_y_mm": (20.0, 3000.0),
    "height_mm": (20.0, 3000.0),
    "max_nozzle_c": (150.0, 600.0),
    "max_bed_c": (0.0, 250.0),
}
_WORD = re.compile(r"([nxyhtb])(\d{1,4}(?:\.\d{1,3})?)", re.ASCII)
_WIDTHS = (
    *("extrusion_width", "external_perimeter_extrusion_width", "first_layer_extrusion_width"),
    *("infill_extrusion_width", "perimeter_extrusion_width", "solid_infill_extrusion_width"),
    *("support_material_extrusion_width", "top_infill_extrusion_width"),
)


@dataclass(frozen=True, slots=True)
class Differences:
    """What a maker's machine has otherwise than its model; ``None`` where it is the same.

    Parameters
    ----------
    nozzle_mm : float, optional
        0.1 to 2.
    bed_x_mm, bed_y_mm, height_mm : float, optional
        20 to 3000.
    max_nozzle_c, max_bed_c : float, optional
        What this machine's heaters hold: 150 to 600, 0 to 250.
    """

    nozzle_mm: float | None = None
    bed_x_mm: float | None = None
    bed_y_mm: float | None = None
    height_mm: float | None = None
    max_nozzle_c: float | None = None
    max_bed_c: float | None = None

    def __post_init__(self) -> None:
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise UnknownMachine(
                    "{name} is {value}, expected {low} to {high}.",
                    help="Measure it on the machine.",
                    name=name,
                    value=value,
                    low=low,
                    high=high,
                )

    @property
    def suffix(self) -> str:
        """The differences as they stand in an id; empty when there is none."""
        named = ((_LETTERS[f.name], getattr(self, f.name)) for f in fields(self))
        return "-".join(f"{letter}{value:.3f}".rstrip("0").rstrip(".") for letter, value in named if value is not None)


def own_id(model_id: str, differences: Differences) -> str:
    """Return the id of a machine of this model with these differences."""
    return SEPARATOR.join(filter(None, (model_id, differences.suffix)))


def split_id(machine_id: str) -> tuple[str, Differences]:
    """Return the model's id and what differs, from a machine's id.

    Raises
    ------
    UnknownMachine
        When the differences cannot be understood.
    """
    model_id, _, suffix = machine_id.partition(SEPARATOR)
    names = {letter: name for name, letter in _LETTERS.items()}
    found: dict[str, float] = {}
    for word in filter(None, suffix.split("-")):
        match = _WORD.fullmatch(word)
        if match is None or names[match[1]] in found:
            raise UnknownMachine(
                "“{said}” in “{machine}” is nothing that can differ.",
                help="n nozzle, x and y bed, h height in mm; t nozzle, b bed in °C: reference~n0.6-h180.",
                said=word[:40],
                machine=machine_id[:80],
            )
        found[names[match[1]]] = float(match[2])
    return model_id, Differences(**found)


def motion_id(machine_id: str) -> str:
    """Return the id under which times are fitted: a smaller bed prints as fast, another nozzle does not."""
    model_id, differences = split_id(machine_id)
    return own_id(model_id, Differences(nozzle_mm=differences.nozzle_mm))


def differing(machine: Machine, differences: Differences) -> Machine:
    """Return a model's machine as this one is.

    The bed keeps its front left corner. A nozzle of another width lays lines as wide as the slicer thinks best for it.
    """
    given = {f.name: getattr(differences, f.name) for f in fields(differences)}
    changed = replace(
        machine,
        id=own_id(machine.id, differences),
        **{name: value for name, value in given.items() if value is not None},
    )
    settings: dict[str, str] = {}
    if differences.nozzle_mm is not None and differences.nozzle_mm != machine.nozzle_mm:
        settings |= {"nozzle_diameter": f"{differences.nozzle_mm:g}", **dict.fromkeys(_WIDTHS, "0")}
    if differences.height_mm is not None:
        settings["max_print_height"] = f"{differences.height_mm:g}"
    if differences.bed_x_mm is not None or differences.bed_y_mm is not None:
        changed = replace(changed, bed_is_round=machine.bed_is_round and changed.bed_x_mm == changed.bed_y_mm)
        settings |= {} if changed.bed_is_round else {"bed_shape": _rectangle(changed)}
    return replace(changed, settings=settings)


def _rectangle(machine: Machine) -> str:
    left, front = machine.bed_origin_x_mm, machine.bed_origin_y_mm
    right, back = left + machine.bed_x_mm, front + machine.bed_y_mm
    return ",".join(f"{x:g}x{y:g}" for x, y in ((left, front), (right, front), (right, back), (left, back)))
