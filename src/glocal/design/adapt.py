"""Adapt a design to a region: the same shape, as people there measure, read and can make it.

``adapt`` is a pure function of the template, the region, the materials and the shop's own changes, so a variant is
stored as those four and nothing else; with a newer template, :func:`glocal.design.region_merge.merge` carries it over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from glocal.design.errors import ParameterError
from glocal.design.model import DesignTemplate, Parameter, ParameterNotes, ParameterValue
from glocal.design.parameters import bind
from glocal.design.region import RegionProfile
from glocal.design.region_edits import Change, Edits, differences, edited, edits_as_json
from glocal.design.region_errors import EditRefused, SizeOutOfRange
from glocal.design.region_materials import MaterialFacts, MaterialVerdict, judge_materials
from glocal.design.region_standards import choose_standards
from glocal.design.region_text import ChosenText, choose_text, direction_of_language
from glocal.design.sizes import size_system
from glocal.design.units import INCH, LengthUnit, nearest_multiple_mm, shown_range, to_shown
from glocal.values import canonical_json, sha256_hex

_SHOP = "the shop's choice"
NEAT_FROM_MM = 25.4
NEAT_STEP_IN = Fraction(1, 8)
"""In inches a default of at least 1 in is offered on the nearest eighth: at most 1.6 mm away. Smaller ones are walls,
clearances and screws, whose millimetres have a reason."""


@dataclass(frozen=True, slots=True)
class ShownLength:
    """A length parameter in the region's unit: default and range on the grid of :mod:`glocal.design.units`."""

    unit: LengthUnit
    default: Decimal
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class ShownSize:
    """A parameter in the region's size system; ``label`` is the default's size."""

    system: str
    label: str


@dataclass(frozen=True, slots=True)
class RegionalVariant:
    """A template with a region's defaults, options, units, materials and texts.

    Parameters
    ----------
    template : DesignTemplate
        What it was made from; ``template.hash`` is the link.
    region : RegionProfile
    materials_known : tuple of MaterialFacts
        What the shop knew of materials.
    edits : mapping of path to value
        The shop's own changes (:mod:`glocal.design.region_edits`).
    design : DesignTemplate
        The variant as a template: everything that takes a template takes this. Its hash is the variant's.
    language, direction : str
        The first of the region's languages in which the design has a title, and how it is written.
    lengths, sizes : mapping by parameter
    standards : mapping of standard to choice
        None where no choice is known to fit here.
    materials : tuple of MaterialVerdict
        The design's favourite first.
    changes : tuple of Change
        How it differs from the template, and why.
    notes : tuple of str
        What could not be decided, in words.
    """

    template: DesignTemplate
    region: RegionProfile
    materials_known: tuple[MaterialFacts, ...]
    edits: Edits
    design: DesignTemplate
    language: str
    direction: Literal["ltr", "rtl"]
    lengths: Mapping[str, ShownLength]
    sizes: Mapping[str, ShownSize]
    standards: Mapping[str, str | None]
    materials: tuple[MaterialVerdict, ...]
    changes: tuple[Change, ...]
    notes: tuple[str, ...]

    @property
    def template_hash(self) -> str:
        """Return the identity of the template that this varies."""
        return self.template.hash

    @property
    def hash(self) -> str:
        """Return the identity of the variant."""
        return self.design.hash

    @property
    def values(self) -> dict[str, ParameterValue]:
        """Return the default of every parameter here."""
        return {parameter.name: parameter.initial for parameter in self.design.parameters}

    @property
    def offered_materials(self) -> tuple[str, ...]:
        """Return the ids of the materials that are offered."""
        return tuple(verdict.material_id for verdict in self.materials if verdict.offered)

    def text(self, texts: Mapping[str, str]) -> ChosenText | None:
        """Return one of the design's texts as it is read here."""
        return choose_text(texts, self.region.languages)

    def words(self) -> tuple[str, ...]:
        """Return how the variant differs from its template, a line each."""
        return tuple(change.words() for change in self.changes)

    def as_dict(self) -> dict[str, Any]:
        """Return the variant as it stands in JSON."""
        return {
            "hash": self.hash,
            "template": {"id": self.template.id, "version": self.template.version, "hash": self.template_hash},
            "region": self.region.as_dict(),
            "edits": edits_as_json(self.edits),
            "language": self.language,
            "direction": self.direction,
            "values": {n: list(v) if isinstance(v, tuple) else v for n, v in self.values.items()},
            "lengths": {name: _length_dict(shown) for name, shown in self.lengths.items()},
            "sizes": {name: {"system": shown.system, "label": shown.label} for name, shown in self.sizes.items()},
            "standards": dict(self.standards),
            "materials": [_verdict_dict(verdict) for verdict in self.materials],
            "changes": list(self.words()),
            "notes": list(self.notes),
        }


def adapt(
    template: DesignTemplate,
    region: RegionProfile,
    materials: Sequence[MaterialFacts] = (),
    edits: Edits | None = None,
) -> RegionalVariant:
    """Return a template adapted to a region.

    Defaults change in this order, each step only where the design allows the result: the standard that fits here
    (thread, plug), the nearest size of the region's size system, the nearest eighth of an inch, the shop's own value.

    Parameters
    ----------
    materials : sequence of MaterialFacts
        All that the shop knows, such as :class:`glocal.production.model.Material`.
    edits : mapping of path to value
        The shop's own changes.

    Raises
    ------
    EditRefused
        When a change of the shop is not possible in this design; ``data["path"]`` names it.
    """
    own = dict(edits or {})
    defaults = {path: value for path, value in own.items() if path[:1] == ("parameter",) and path[2:] == ("default",)}
    start = edited(template, {path: value for path, value in own.items() if path not in defaults})
    steps = _Steps(start, frozenset(path[1] for path in defaults))
    standards, notes = choose_standards(template, region)
    steps.follow_standards(standards, region)
    steps.take_sizes(region)
    steps.make_neat(region.length_unit)
    design = _allowed_presets(_checked(edited(steps.design, defaults), own), notes)
    language = _language(design, region, notes)
    changes = (*steps.changes, *differences(steps.design, edited(steps.design, defaults), _SHOP))
    changes += differences(template, start, _SHOP)
    shown_sizes = dict(_sizes(design, region, notes))
    verdicts = judge_materials(design, region, materials)
    notes += [verdict.reason for verdict in verdicts if verdict.offered is None]
    return RegionalVariant(
        template=template,
        region=region,
        materials_known=tuple(materials),
        edits=own,
        design=replace(design, hash=_hash(template, region, own)),
        language=language,
        direction=direction_of_language(language),
        lengths=dict(_lengths(design, region)),
        sizes=shown_sizes,
        standards={name: choice.name if choice else None for name, choice in standards.items()},
        materials=verdicts,
        changes=changes,
        notes=tuple(dict.fromkeys([*region.notes, *notes, *steps.notes])),
    )


class _Steps:
    """The defaults on their way from the template to the region; every step that the design forbids is left out."""

    def __init__(self, design: DesignTemplate, fixed: frozenset[str]) -> None:
        self.design = design
        self.changes: tuple[Change, ...] = ()
        self.notes: list[str] = []
        self._fixed = set(fixed)

    def follow_standards(self, standards: Mapping[str, Any], region: RegionProfile) -> None:
        for name, choice in standards.items():
            if choice is None:
                continue
            values = {key: value for key, value in choice.values.items() if key not in self._fixed}
            if not self._take(values, f"{choice.name} is the {name} in {region.name} ({choice.source})"):
                self.notes.append(
                    f"{choice.name} ({name}) does not go together with the other defaults of this design."
                )
            self._fixed |= set(values)

    def take_sizes(self, region: RegionProfile) -> None:
        for parameter, notes in _numbers(self.design):
            system_id = region.size_systems.get(notes.measures or "")
            if system_id is None or parameter.name in self._fixed:
                continue
            self._fixed.add(parameter.name)
            system = size_system(system_id, notes.measures)
            try:
                label = system.label_of(_float(parameter))
            except SizeOutOfRange:
                continue
            self._take({parameter.name: system.span(label).mm}, f"{system.name} {label} ({system.standard})")

    def make_neat(self, unit: LengthUnit) -> None:
        if unit is not INCH:
            return
        for parameter, notes in _numbers(self.design):
            if parameter.name in self._fixed or notes.origin != "chosen" or parameter.options:
                continue
            if _float(parameter) >= NEAT_FROM_MM:
                neat = nearest_multiple_mm(_float(parameter), unit, NEAT_STEP_IN)
                self._take({parameter.name: neat}, f"{to_shown(neat, unit)} in is a round length here")

    def _take(self, values: Mapping[str, ParameterValue], why: str) -> bool:
        changed = edited(self.design, {("parameter", name, "default"): value for name, value in values.items()})
        if not _allowed(changed):
            return False
        self.changes += differences(self.design, changed, why)
        self.design = changed
        return True


def _numbers(design: DesignTemplate) -> list[tuple[Parameter, ParameterNotes]]:
    """Return the parameters that are one length each, with their notes."""
    return [
        (parameter, notes)
        for parameter in design.parameters
        if isinstance(parameter.initial, float)
        and (notes := design.notes.get(parameter.name) or ParameterNotes()).unit == "mm"
    ]


def _float(parameter: Parameter) -> float:
    if not isinstance(parameter.initial, float):
        raise TypeError(f"{parameter.name} is no single number")
    return parameter.initial


def _allowed(design: DesignTemplate) -> bool:
    try:
        bind(design, {parameter.name: parameter.initial for parameter in design.parameters}, derive=False)
    except ParameterError:
        return False
    return True


def _checked(design: DesignTemplate, edits: Edits) -> DesignTemplate:
    """Return the design with the shop's defaults as they are bound; raise EditRefused for one that is not allowed."""
    try:
        values = bind(design, {parameter.name: parameter.initial for parameter in design.parameters}, derive=False)
    except ParameterError as error:
        named = {error.data.get("parameter"), *error.data.get("parameters", ())}
        guilty = [
            path
            for path in sorted(edits)
            if path[:1] == ("parameter",) and path[1] in named and path[2:] in (("default",), ("options",))
        ]
        if not guilty:
            return design  # the design's own defaults break its own rule: its author hears of it when a part is built
        raise EditRefused(f"{' › '.join(guilty[0])}: {error.message}", help=error.help, path=list(guilty[0])) from error
    return edited(design, {path: values[path[1]] for path in edits if path[2:] == ("default",)})


def _allowed_presets(design: DesignTemplate, notes: list[str]) -> DesignTemplate:
    """Return the design without presets that use an option which is not offered here."""
    kept = {}
    for name, values in design.presets.items():
        gone = [key for key, value in values.items() if not _is_offered(design.parameter(key), value)]
        if gone:
            notes.append(f"The preset {name} is left out: its {gone[0]} is not offered here.")
        else:
            kept[name] = values
    return replace(design, presets=kept)


def _is_offered(parameter: Parameter | None, value: ParameterValue) -> bool:
    return parameter is None or not parameter.options or value in {option.value for option in parameter.options}


def _language(design: DesignTemplate, region: RegionProfile, notes: list[str]) -> str:
    for language in region.languages:
        chosen = choose_text(design.title, [language])
        if chosen and chosen.wanted:
            if language != region.languages[0]:
                notes.append(f"This design has no texts in {region.languages[0]}; it is shown in {language}.")
            return language
    chosen = choose_text(design.title, [])
    fallback = chosen.language if chosen else "en"
    notes.append(f"This design has no texts in {', '.join(region.languages)}; it is shown in {fallback}.")
    return fallback


def _lengths(design: DesignTemplate, region: RegionProfile) -> Iterator[tuple[str, ShownLength]]:
    unit = region.length_unit
    for parameter, notes in _numbers(design):
        lows = [low for low in (parameter.min, notes.hard_min) if low is not None]
        highs = [high for high in (parameter.max, notes.hard_max) if high is not None]
        low, high = shown_range(max(lows, default=None), min(highs, default=None), unit)
        yield parameter.name, ShownLength(unit, to_shown(_float(parameter), unit), low, high)


def _sizes(design: DesignTemplate, region: RegionProfile, notes: list[str]) -> Iterator[tuple[str, ShownSize]]:
    for parameter, about in _numbers(design):
        if about.measures is None:
            continue
        system_id = region.size_systems.get(about.measures)
        if system_id is None:
            notes.append(f"No size system for {parameter.name} is sure in {region.name}; the measure itself is shown.")
            continue
        try:
            yield parameter.name, ShownSize(system_id, size_system(system_id).label_of(_float(parameter)))
        except SizeOutOfRange as error:
            notes.append(f"{parameter.name}: {error.message}")


def _hash(template: DesignTemplate, region: RegionProfile, edits: Edits) -> str:
    content = {"template": template.hash, "region": region.as_dict(), "edits": edits_as_json(edits)}
    return sha256_hex(canonical_json(content))


def _length_dict(shown: ShownLength) -> dict[str, Any]:
    ends = {"low": shown.low, "high": shown.high}
    return {
        "unit": shown.unit.code,
        "default": str(shown.default),
        **{name: None if end is None else str(end) for name, end in ends.items()},
    }


def _verdict_dict(verdict: MaterialVerdict) -> dict[str, Any]:
    return {
        "material": verdict.material_id, "offered": verdict.offered, "code": verdict.code, "reason": verdict.reason,
        "softens_c": verdict.softens_c, "needs_c": verdict.needs_c,
    }  # fmt: skip
