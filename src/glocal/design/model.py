"""What the design room speaks of: parameters, templates, meshes, parts, findings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol, cast

import numpy as np
import numpy.typing as npt

ParameterValue = float | bool | str | tuple[float, ...]
"""A value of a parameter; numbers are float, vectors are tuples of 1 to 4 numbers."""

ParameterType = Literal["number", "string", "boolean"]
Severity = Literal["blocking", "warning"]
Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a parameter's list of choices."""

    value: ParameterValue
    label: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that a customer may change, as the OpenSCAD Customizer describes it.

    Parameters
    ----------
    name : str
        The variable's name in the design.
    type : {"number", "string", "boolean"}
        A vector is a "number" whose ``initial`` is a tuple.
    group, caption : str
        The tab and the sentence above the parameter; the caption may be empty.
    initial : ParameterValue
        The value in the design.
    min, max, step : float or None
        The range; ``step`` is set when and only when ``max`` is, as in ``openscad --export-format param``.
    max_length : int or None
        Longest text, in characters (OpenSCAD counts UTF-8 bytes, which would cut most scripts short).
    options : tuple of Option
        The choices of a list; empty when any value in range will do.
    spinner_step : float or None
        The step of ``// 0.5``, which OpenSCAD's own list leaves out.
    widget : str or None
        ``"color"``, ``"font"`` or ``"file"``: what MakerWorld's annotations ask for.
    """

    name: str
    type: ParameterType
    group: str
    caption: str
    initial: ParameterValue
    min: float | None = None
    max: float | None = None
    step: float | None = None
    max_length: int | None = None
    options: tuple[Option, ...] = ()
    spinner_step: float | None = None
    widget: str | None = None

    def __post_init__(self) -> None:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"the range of {self.name} is {self.min} to {self.max}, which is empty")

    def as_dict(self) -> dict[str, Any]:
        """Return the parameter as it stands in JSON; fields and options are named as OpenSCAD's own list names them."""
        return {
            "name": self.name,
            "type": self.type,
            "group": self.group,
            "caption": self.caption,
            "initial": list(self.initial) if isinstance(self.initial, tuple) else self.initial,
            "min": self.min,
            "max": self.max,
            "step": self.step,
            "max_length": self.max_length,
            "options": [{"name": option.label, "value": option.value} for option in self.options],
            "widget": self.widget,
        }


@dataclass(frozen=True, slots=True)
class ParameterNotes:
    """What the Customizer language cannot say about a parameter.

    Parameters
    ----------
    unit : str or None
        ``"mm"``, ``"deg"``, ``"count"`` …
    origin : {"measured", "chosen", "derived"}
        Measured values are the customer's own and make the piece unique to them; chosen ones come from pre-set
        options; derived ones are set by the system (the font for a script) and shown to nobody.
    labels, help : mapping of language to text
    hard_min, hard_max : float or None
        Beyond these the part cannot work.
    soft_min, soft_max : float or None
        Beyond these it may, and we say so.
    derived_from : str or None
        The text that a derived font letters; None means all texts of the design together.
    option_labels : mapping of an option's value, as text, to its label in each language
    measures : str or None
        What of a body the value measures, one of :data:`glocal.design.sizes.MEASURES`: it can be given as a size.
    only_with : mapping of a parameter's name to its values
        The value matters only while each of these others has one of the values; of an empty tuple, while it has
        anything (a text, a number that is not 0, a check mark).
    """

    unit: str | None = None
    origin: Literal["measured", "chosen", "derived"] = "chosen"
    labels: Mapping[str, str] = field(default_factory=dict)
    help: Mapping[str, str] = field(default_factory=dict)
    hard_min: float | None = None
    hard_max: float | None = None
    soft_min: float | None = None
    soft_max: float | None = None
    derived_from: str | None = None
    option_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    measures: str | None = None
    only_with: Mapping[str, tuple[ParameterValue, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Constraint:
    """A rule between parameters, with the sentence that explains it in each language."""

    expression: str
    message: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StandardChoice:
    """One standard that a design can follow: the values that follow from it, where it is usual, and its source.

    Parameters
    ----------
    regions : tuple of str
        ISO 3166 codes; empty for the choice that stands wherever no other is named.
    """

    name: str
    values: Mapping[str, ParameterValue]
    regions: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Standard:
    """A plug, thread or socket that differs by region, and the choices among which a design can be made."""

    title: Mapping[str, str]
    choices: tuple[StandardChoice, ...]

    def choice(self, name: str) -> StandardChoice | None:
        """Return the choice of this name, or None."""
        return next((choice for choice in self.choices if choice.name == name), None)


@dataclass(frozen=True, slots=True)
class DesignTemplate:
    """A design that customers shape: its OpenSCAD source and what its manifest says of it."""

    id: str
    version: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    licence: str
    authors: tuple[str, ...]
    source: str
    files: Mapping[str, bytes]
    parameters: tuple[Parameter, ...]
    notes: Mapping[str, ParameterNotes]
    constraints: tuple[Constraint, ...]
    print_notes: Mapping[str, Any]
    presets: Mapping[str, Mapping[str, ParameterValue]]
    hash: str
    preset_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    group_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    standards: Mapping[str, Standard] = field(default_factory=dict)

    def parameter(self, name: str) -> Parameter | None:
        """Return the parameter of this name, or None."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A surface of triangles.

    Parameters
    ----------
    vertices : (n, 3) float64, mm
    faces : (m, 3) int32
        Corners of each triangle, counter-clockwise seen from outside.
    """

    vertices: npt.NDArray[np.float64]
    faces: npt.NDArray[np.int32]
    _bounds_mm: tuple[Point, Point] | None = field(default=None, init=False, repr=False)
    _area_vectors: npt.NDArray[np.float64] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        vertices = np.array(self.vertices, dtype=np.float64, order="C") + 0.0  # + 0.0 turns -0.0 into 0.0
        faces = np.array(self.faces, dtype=np.int32, order="C")
        if vertices.ndim != 2 or vertices.shape[1] != 3 or faces.ndim != 2 or faces.shape[1] != 3:
            raise ValueError(f"vertices are {vertices.shape} and faces {faces.shape}, expected (n, 3) and (m, 3)")
        if not np.isfinite(vertices).all():
            raise ValueError("a vertex is not finite")
        if faces.size and (faces.min() < 0 or faces.max() >= len(vertices)):
            raise ValueError("a face names a vertex that does not exist")
        vertices.setflags(write=False)
        faces.setflags(write=False)
        object.__setattr__(self, "vertices", vertices)
        object.__setattr__(self, "faces", faces)

    @property
    def corners(self) -> npt.NDArray[np.float64]:
        """Return the corners of each triangle: (m, 3, 3) float64, mm."""
        corners: npt.NDArray[np.float64] = self.vertices[self.faces]
        return corners

    @property
    def bounds_mm(self) -> tuple[Point, Point]:
        """Return the lowest and the highest coordinates of the corners that faces use; worked out once."""
        if self._bounds_mm is None:
            used = self.vertices[self.faces.ravel()]
            low, high = used.min(axis=0), used.max(axis=0)
            box = (float(low[0]), float(low[1]), float(low[2])), (float(high[0]), float(high[1]), float(high[2]))
            object.__setattr__(self, "_bounds_mm", box)
        return cast("tuple[Point, Point]", self._bounds_mm)

    @property
    def extent_mm(self) -> Point:
        """Return the size of the box around the mesh along x, y, z in mm."""
        low, high = self.bounds_mm
        return high[0] - low[0], high[1] - low[1], high[2] - low[2]

    @property
    def area_vectors(self) -> npt.NDArray[np.float64]:
        """Return each triangle's outward normal times its area: (m, 3) float64, mm²; worked out once."""
        if self._area_vectors is None:
            corners = self.corners
            vectors = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) / 2
            vectors.setflags(write=False)
            object.__setattr__(self, "_area_vectors", vectors)
        return cast("npt.NDArray[np.float64]", self._area_vectors)

    @property
    def area_mm2(self) -> float:
        """Return the area of the surface in mm²."""
        return float(np.linalg.norm(self.area_vectors, axis=1).sum())

    @property
    def volume_mm3(self) -> float:
        """Return the enclosed volume in mm³ (divergence theorem); only meaningful for a closed mesh."""
        corners = self.corners - (self.vertices[self.faces[0, 0]] if len(self.faces) else 0.0)
        return float(np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6)


@dataclass(frozen=True, slots=True)
class PartFeatures:
    """What is known of a part's shape without slicing it.

    Parameters
    ----------
    overhang_mm2 : float
        Area that faces down more steeply than 45° and does not lie on the bed.
    bodies : int
        Number of pieces that do not touch each other.
    """

    volume_mm3: float
    area_mm2: float
    extent_mm: Point
    triangles: int
    overhang_mm2: float
    bodies: int


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A shape that can be made: a template with its values, or a fixed mesh."""

    hash: str
    title: str
    mesh: Mesh
    features: PartFeatures
    template_id: str | None
    template_hash: str | None
    values: Mapping[str, ParameterValue]


@dataclass(frozen=True, slots=True)
class PrintProcess:
    """What a printability check needs to know of the machine and its settings."""

    nozzle_mm: float
    layer_height_mm: float
    bed_x_mm: float
    bed_y_mm: float
    height_mm: float

    def __post_init__(self) -> None:
        for name in ("nozzle_mm", "layer_height_mm", "bed_x_mm", "bed_y_mm", "height_mm"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)}, expected more than 0")

    def anywhere(self) -> PrintProcess:
        """Return the same nozzle and layers in a room without end: what is found so holds on every such machine."""
        return replace(self, bed_x_mm=math.inf, bed_y_mm=math.inf, height_mm=math.inf)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a check found, and where on the part it is (points in mm).

    ``figures`` are the numbers behind the message, by name and with their unit, for programs and other languages.
    """

    code: str
    severity: Severity
    message: str
    help: str
    where: tuple[Point, ...] = ()
    figures: Mapping[str, float | Sequence[float]] = field(default_factory=dict, hash=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as it stands in JSON."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "help": self.help,
            "where": [list(point) for point in self.where],
            "figures": dict(self.figures),
        }


class Renderer(Protocol):
    """Turns a template and its values into a closed mesh."""

    def render(self, template: DesignTemplate, values: Mapping[str, ParameterValue], *, draft: bool = False) -> Mesh:
        """Return the mesh; a draft is coarser and faster, and never sold."""
        ...
