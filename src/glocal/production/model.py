"""Machines, materials, recipes, plates, and what slicers and printers answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from glocal.design.model import Part, PrintProcess

if TYPE_CHECKING:
    from glocal.production.diagnosis import Diagnosis


def _check_positive(**quantities: float) -> None:
    for name, quantity in quantities.items():
        if not 0 < quantity < float("inf"):
            raise ValueError(f"{name} is {quantity}, expected more than 0")


@dataclass(frozen=True, slots=True)
class Machine:
    """A printer as the slicer knows it.

    Parameters
    ----------
    id : str
        Slug of the printer preset; ``"reference"`` is the Original Prusa MK3S with 0.4 mm nozzle and 0.20 mm layers.
    bed_x_mm, bed_y_mm, height_mm : float
        The box that a part must fit into.
    max_nozzle_c, max_bed_c : float, optional
        What the hardware can hold; ``None`` where nobody said it (the slicer's profiles do not).
    printer_preset, print_preset : str
        Names of the slicer's presets for the hardware and for the default process.
    source : str
        Where the data comes from, for example ``"PrusaSlicer-2.5.0 PrusaResearch.ini"``.
    settings : mapping
        Slicer settings in which this machine differs from its model, laid over the presets.
    """

    id: str
    name: str
    vendor: str
    model: str
    bed_x_mm: float
    bed_y_mm: float
    height_mm: float
    nozzle_mm: float
    gcode_flavor: str
    max_nozzle_c: float | None
    max_bed_c: float | None
    printer_preset: str
    print_preset: str
    source: str
    has_enclosure: bool = False
    bed_origin_x_mm: float = 0.0
    bed_origin_y_mm: float = 0.0
    bed_is_round: bool = False
    family: str = ""
    settings: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        _check_positive(
            bed_x_mm=self.bed_x_mm, bed_y_mm=self.bed_y_mm, height_mm=self.height_mm, nozzle_mm=self.nozzle_mm
        )

    @property
    def centre_mm(self) -> tuple[float, float]:
        """The middle of the bed in the machine's own coordinates."""
        return self.bed_origin_x_mm + self.bed_x_mm / 2, self.bed_origin_y_mm + self.bed_y_mm / 2

    def process(self, recipe: Recipe) -> PrintProcess:
        """Return what the printability check needs to know about this machine and recipe."""
        return PrintProcess(
            nozzle_mm=self.nozzle_mm,
            layer_height_mm=recipe.layer_height_mm,
            bed_x_mm=self.bed_x_mm,
            bed_y_mm=self.bed_y_mm,
            height_mm=self.height_mm,
        )


@dataclass(frozen=True, slots=True)
class Material:
    """A kind of filament.

    Parameters
    ----------
    heat_resistance_c : float
        Temperature at which a loaded part starts to bend (heat deflection at 0.45 MPa, ISO 75, or the closest that
        is published; ``source`` says which).
    settings : mapping
        A maker's own slicer settings for this filament, laid over the slicer's preset.
    """

    id: str
    name: str
    type: str
    density_g_cm3: float
    spool_mass_g: float
    nozzle_c: float
    bed_c: float
    heat_resistance_c: float
    source: str
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_positive(
            density_g_cm3=self.density_g_cm3,
            spool_mass_g=self.spool_mass_g,
            nozzle_c=self.nozzle_c,
            heat_resistance_c=self.heat_resistance_c,
        )
        if not 0 <= self.bed_c <= 200:
            raise ValueError(f"bed_c is {self.bed_c}, expected 0 to 200")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a part is printed: the process preset of the machine with what this part needs on top.

    Parameters
    ----------
    settings : mapping
        Slicer settings that override the presets. The named fields are for people and for the estimate; what they
        stand for is in ``settings`` too wherever it differs from the preset.
    """

    id: str
    name: str
    layer_height_mm: float
    infill_percent: float
    supports: bool
    brim_mm: float
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_positive(layer_height_mm=self.layer_height_mm)
        if not 0 <= self.infill_percent <= 100:
            raise ValueError(f"infill_percent is {self.infill_percent}, expected 0 to 100")
        if not 0 <= self.brim_mm <= 100:
            raise ValueError(f"brim_mm is {self.brim_mm}, expected 0 to 100")


@dataclass(frozen=True, slots=True)
class PlacedPiece:
    """One physical thing on a plate.

    Parameters
    ----------
    x_mm, y_mm : float
        Where the centre of the footprint's box lies on the bed, in the machine's own coordinates.
    angle_deg : float
        Turn about the vertical axis, counter-clockwise. The part is dropped to z = 0.
    """

    piece_id: uuid.UUID
    part: Part
    x_mm: float
    y_mm: float
    angle_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Plate:
    """Pieces that are printed together."""

    pieces: tuple[PlacedPiece, ...]

    def __post_init__(self) -> None:
        if not self.pieces:
            raise ValueError("a plate needs at least one piece")
        if len({piece.piece_id for piece in self.pieces}) != len(self.pieces):
            raise ValueError("every piece on a plate needs its own id")


@dataclass(frozen=True, slots=True)
class FeatureUse:
    """What one kind of path (perimeter, infill …) takes."""

    time_s: float
    length_mm: float
    filament_mm: float


@dataclass(frozen=True, slots=True)
class SliceResult:
    """A sliced plate.

    Parameters
    ----------
    features : mapping
        The slicer's own names of path types (``"Perimeter"``, ``"Internal infill"`` …, ``"Travel"``) to their use.
    input_hash : str
        SHA-256 over everything that went in; the same inputs give the same file from the cache.
    cached : bool
        Whether the answer came from the cache.
    """

    gcode: Path
    time_s: float
    filament_mm: float
    filament_cm3: float
    mass_g: float
    slicer: str
    features: Mapping[str, FeatureUse]
    layers: int
    input_hash: str
    warnings: tuple[str, ...] = ()
    cached: bool = False


class Slicer(Protocol):
    """Turns a plate into G-code."""

    @property
    def version(self) -> str:
        """Name and version, for example ``"PrusaSlicer-2.5.0"``."""
        ...

    def slice(
        self, plate: Plate, machine: Machine, material: Material, recipe: Recipe, *, go_on: Callable[[], None] = ...
    ) -> SliceResult:
        """Slice a plate, or raise what the slicer said; end it with what ``go_on`` raises meanwhile."""
        ...


class PrinterState(StrEnum):
    """The one small state machine that every printer is mapped to."""

    IDLE = "idle"
    HEATING = "heating"
    PRINTING = "printing"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What a printer says about itself right now.

    Parameters
    ----------
    job_name : str, optional
        File that is being printed, or was printed last where the server still knows.
    progress : float, optional
        0 to 1.
    """

    state: PrinterState
    job_name: str | None = None
    progress: float | None = None
    print_s: float | None = None
    left_s: float | None = None
    nozzle_c: float | None = None
    bed_c: float | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class PrintRecord:
    """What a printer's own history knows about a file name.

    Parameters
    ----------
    started : bool or None
        ``None`` where the printer cannot know (its server was restarted in between).
    success : bool or None
        ``None`` while unfinished, or where the printer does not know.
    """

    file_name: str
    started: bool | None
    finished: bool
    success: bool | None
    print_s: float | None = None


class Printer(Protocol):
    """One printer behind whatever server it has.

    Every method raises :class:`~glocal.production.errors.PrinterAuthError` or
    :class:`~glocal.production.errors.PrinterUnavailable`, except ``status``, which answers ``unreachable`` instead of
    raising the latter, and ``diagnose``, which never raises.
    """

    def status(self) -> PrinterStatus:
        """Return what the printer says now."""
        ...

    def upload(self, file_name: str, gcode: Path) -> None:
        """Store a file on the printer's server without starting it."""
        ...

    def start(self, file_name: str) -> None:
        """Start a stored file, or raise :class:`~glocal.production.errors.PrinterBusy`; never queued, never blind."""
        ...

    def pause(self) -> None:
        """Pause the print."""
        ...

    def resume(self) -> None:
        """Go on after a pause."""
        ...

    def cancel(self) -> None:
        """Stop the print for good."""
        ...

    def was_printed(self, file_name: str) -> PrintRecord | None:
        """Return what the printer's history knows of a file name; ``None`` when it has never heard of it."""
        ...

    def diagnose(self) -> Diagnosis:
        """Say in plain words whether the connection works, and what would help if not."""
        ...

    def camera_picture(self) -> bytes | None:
        """Return what its camera sees, as the server sends it; ``None`` without a camera that can be reached."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


OutcomePhase = Literal["never_started", "cancelled", "machine_fault", "part_fault", "ok"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of one piece or plate, as the maker says."""

    phase: OutcomePhase
    defect: str | None = None
    print_s: float | None = None
    mass_g: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.defect is not None and self.phase != "part_fault":
            raise ValueError(f"defect is {self.defect!r}, but only a part fault has one, not {self.phase!r}")
