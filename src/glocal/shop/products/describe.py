"""How a product is told to a screen or a program, in the reader's language."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from glocal.design.library_trim import trimmed_files
from glocal.design.model import DesignTemplate, Option, Parameter, ParameterNotes
from glocal.design.openscad_source import draft_source, engine_source
from glocal.design.parameters import matters
from glocal.production.materials import get_material
from glocal.shop.makers.queries import spools_at_hand
from glocal.shop.measures import measure
from glocal.shop.products.models import Product
from glocal.shop.regions.queries import not_offered, shown_in, variant_of
from glocal.shop.shops.models import OfferedMaterial, choice_of
from glocal.shop.texts import in_language

NO_NOTES = ParameterNotes()
LONGEST_LABEL = 60
"""Characters; authors of Customizer files write whole paragraphs above a parameter."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
SHOWN_UNITS: dict[str, str | None] = {"count": None, "deg": "°", "ratio": None}
"""Units of manifests that people write in another way, or not at all."""


def describe_parameter(parameter: Parameter, notes: ParameterNotes, language: str) -> dict[str, Any]:
    """Return one parameter as the component and the interface for programs show it.

    The label is the manifest's, else the Customizer's caption, else the name itself in words. A caption that explains
    rather than names becomes the help.
    """
    label, help_text = in_language(notes.labels, language), in_language(notes.help, language)
    if not label and len(parameter.caption) <= LONGEST_LABEL:
        label = parameter.caption
    elif not label:
        help_text = help_text or parameter.caption
    return {
        "name": parameter.name,
        "type": parameter.type,
        "group": parameter.group,
        "initial": _plain(parameter.initial),
        "min": _tightest(max, parameter.min, notes.hard_min),
        "max": _tightest(min, parameter.max, notes.hard_max),
        "step": parameter.step or parameter.spinner_step,
        "max_length": parameter.max_length,
        "options": [
            {"value": _plain(option.value), "label": _option_label(option, notes, language)}
            for option in (parameter.options or _fonts(parameter))
        ],
        "label": label or _name_in_words(parameter.name),
        "help": help_text,
        "unit": SHOWN_UNITS.get(notes.unit or "", notes.unit),
        "origin": notes.origin,
        "widget": parameter.widget,
        "derived": notes.origin == "derived" or parameter.widget == "file",  # a file of the package, no customer's text
        "soft_min": notes.soft_min,
        "soft_max": notes.soft_max,
        "only_with": {name: [_plain(value) for value in wanted] for name, wanted in notes.only_with.items()},
    }


def _name_in_words(name: str) -> str:
    """Return ``wallThickness`` or ``wall_thickness`` as “Wall thickness”; abbreviations stay as they are."""
    words = _CAMEL.sub(" ", name).replace("_", " ").split()
    text = " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)
    return text[:1].upper() + text[1:] or name


def _fonts(parameter: Parameter) -> tuple[Option, ...]:
    from glocal.design.chosen_fonts import offered_fonts

    return offered_fonts(parameter) if parameter.widget == "font" else ()


def _option_label(option: Option, notes: ParameterNotes, language: str) -> str:
    key = f"{option.value:g}" if isinstance(option.value, float) else str(option.value)
    return in_language(notes.option_labels.get(key, {}), language) or option.label


def _tightest(choose: Callable[[list[float]], float], *limits: float | None) -> float | None:
    known = [limit for limit in limits if limit is not None]
    return choose(known) if known else None


def describe_parameters(template: DesignTemplate, language: str) -> list[dict[str, Any]]:
    """Return all parameters in the design's order, their groups named in the language."""
    described = []
    for parameter in template.parameters:
        row = describe_parameter(parameter, template.notes.get(parameter.name, NO_NOTES), language)
        group = in_language(template.group_labels.get(parameter.group, {}), language) or parameter.group
        described.append({**row, "group": group})
    return described


def describe_design(template: DesignTemplate, language: str) -> dict[str, Any]:
    """Return the design as the browser's engine needs it: the source, and the same with coarser curves for a draft."""
    any_text = {parameter.name: "x" * 10_000 for parameter in template.parameters}
    source = engine_source(template.source, template.parameters, any_text)
    return {
        "hash": template.hash,
        "source": source,
        "draft_source": draft_source(source),
        "files": [
            {"path": path, "base64": base64.b64encode(content).decode()}
            for path, content in trimmed_files(template).items()
        ],
        "parameters": describe_parameters(template, language),
        "presets": [
            {
                "name": name,
                "label": _preset_label(template, name, language),
                "values": {key: _plain(value) for key, value in values.items()},
            }
            for name, values in template.presets.items()
        ],
    }


def _preset_label(template: DesignTemplate, name: str, language: str) -> str:
    return in_language(template.preset_labels.get(name, {}), language) or name.replace("_", " ").capitalize()


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def describe_materials(product: Product, offered: Sequence[OfferedMaterial]) -> list[dict[str, str]]:
    """Return the materials that suit the product and that the shop offers, the best first, each in its colours.

    A material that is on nobody's machine is left out; a colour that no maker has comes last.
    """
    colours: dict[str, list[str]] = {}
    for each in offered:
        colours.setdefault(each.material_id, []).append(each.colour)
    withheld = not_offered(product)
    suited = [name for name in product.materials if name in colours and name not in withheld]
    choices = [
        (material_id, colour, len(colours[material_id]) == 1)
        for material_id in suited or [name for name in colours if name not in withheld]
        for colour in colours[material_id]
    ]
    at_hand = spools_at_hand()
    choices.sort(key=lambda each: (each[0], "" if each[2] else each[1].casefold()) not in at_hand)
    return [_described(material_id, colour, alone=alone) for material_id, colour, alone in choices]


def _described(material_id: str, colour: str, *, alone: bool) -> dict[str, str]:
    """Return one thing that can be chosen: a material, in a colour where the shop offers several of it."""
    material = get_material(material_id)
    return {
        "id": material_id if alone else choice_of(material_id, colour),
        "name": material.name if alone else material_words(material_id, colour),
        "note": _("Keeps its shape up to {heat} °C.").format(heat=round(material.heat_resistance_c)),
        "colour": colour,
    }


def material_words(material_id: str, colour: str) -> str:
    """Return a material with its colour, as people read it."""
    name = get_material(material_id).name
    return _("{material}, {colour}").format(material=name, colour=colour) if colour else name


def regional_parameters(product: Product, language: str) -> list[dict[str, Any]]:
    """Return all parameters as :func:`describe_parameters` does, with the units and sizes of the shop's region."""
    shown = shown_in(variant_of(product))
    return [{**row, **shown.get(row["name"], {})} for row in describe_parameters(product.template(), language)]


def describe_values(product: Product, values: Mapping[str, Any], language: str) -> list[dict[str, str]]:
    """Return the customer's values as label and text, in the design's order, without those that do not matter."""
    rows, notes = [], product.template().notes
    for parameter in regional_parameters(product, language):
        name = parameter["name"]
        if parameter["derived"] or values.get(name, "") == "" or not matters(notes.get(name, NO_NOTES), values):
            continue
        rows.append({"label": parameter["label"], "text": value_in_words(parameter, values[parameter["name"]])})
    return rows


def value_in_words(parameter: Mapping[str, Any], value: Any) -> str:
    """Return a value as people write it, with its unit; ``parameter`` is one of :func:`describe_parameters`."""
    for option in parameter["options"]:
        if option["value"] == value:
            return str(option["label"])
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    unit = parameter["unit"]
    if isinstance(value, (int, float)) and "shown_unit" in parameter:
        value, unit = round(value / parameter["shown_unit"]["mm"], 3), parameter["shown_unit"]["name"]
    language = get_language() or "en"
    if isinstance(value, (list, tuple)):
        return " × ".join(measure(number, None, language) for number in value)
    return measure(value, unit, language) if isinstance(value, (int, float)) else str(value)
