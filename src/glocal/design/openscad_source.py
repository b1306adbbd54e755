"""Prepare a design's text for the engine without changing what it means."""

from __future__ import annotations

import re
from collections.abc import Mapping

from glocal.design.customizer import top_level_assignments
from glocal.design.model import Parameter, ParameterValue

# name -> (the call that makes it coarser, the value of a draft); a draft is never finer than the design
_DRAFT = {"$fn": ("min", 24), "$fa": ("max", 12), "$fs": ("max", 1.5)}

_DOUBLE_COMMA = re.compile(
    r"""("(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/)|(,(?:\s|//[^\n]*|/\*.*?\*/)*),(?=\s*[^\s,])""", re.DOTALL
)


def engine_source(source: str, parameters: tuple[Parameter, ...], values: Mapping[str, ParameterValue]) -> str:
    """Return the design as the engine reads it with these values; line by line the same."""
    return lift_text_limits(_as_newer_openscad(source), parameters, values)


def _as_newer_openscad(source: str) -> str:
    """Return the design with one comma where OpenSCAD up to 2021 let several stand for one (``[90,,0]``)."""
    if not re.search(r",\s*,", source):
        return source
    while (simpler := _DOUBLE_COMMA.sub(lambda found: found[1] or found[2], source)) != source:
        source = simpler
    return source


def draft_source(source: str) -> str:
    """Return the design with coarser curves, for a picture while a slider moves.

    In OpenSCAD the last assignment in a file wins, so ``$fn``, ``$fa`` and ``$fs`` that the design sets for itself
    are set again below it, to the coarser of the design's own expression and that of a draft. What a design asks
    for in a call, ``sphere(5, $fn = 6)``, stays as it is: there it may be meant (a hexagon).
    """
    lines = []
    for assignment in top_level_assignments(source):
        if assignment.name in _DRAFT:
            call, limit = _DRAFT[assignment.name]
            # $fn = 0 means "not set": a draft must not turn it into 24 corners for a tiny circle
            own = f"({assignment.expression})"
            coarser = f"{call}({own}, {limit})"
            value = f"{own} > 0 ? {coarser} : 0" if assignment.name == "$fn" else coarser
            lines.append(f"{assignment.name} = {value};\n")
    return f"{source}\n{''.join(lines)}" if lines else source


def lift_text_limits(source: str, parameters: tuple[Parameter, ...], values: Mapping[str, ParameterValue]) -> str:
    """Return the design without the length notes that would cut a text in the middle of a letter.

    OpenSCAD counts ``// 20`` in UTF-8 bytes and cuts; we count characters and refuse, before the engine runs. A
    text within our limit but beyond OpenSCAD's loses its note, which is a comment.
    """
    longer = {
        parameter.name
        for parameter in parameters
        if parameter.max_length is not None
        and isinstance(value := values.get(parameter.name), str)
        and len(value.encode()) > parameter.max_length
    }
    if not longer:
        return source
    lines = source.split("\n")
    for assignment in top_level_assignments(source):
        if assignment.name in longer:
            lines[assignment.line - 1] = re.sub(r"//\s*[\d.eE+-]+\s*$", "", lines[assignment.line - 1])
    return "\n".join(lines)


def parameter_set_values(values: Mapping[str, ParameterValue]) -> dict[str, str]:
    """Return values as OpenSCAD's parameter sets write them: all as text, vectors as ``[1, 2]``."""
    return {name: _as_text(value) for name, value in values.items()}


def _as_text(value: ParameterValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return f"[{', '.join(_as_text(item) for item in value)}]"
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
