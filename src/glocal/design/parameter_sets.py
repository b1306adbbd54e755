"""OpenSCAD's parameter-set files (``design.json`` beside ``design.scad``), read and written."""

from __future__ import annotations

import json
from collections.abc import Mapping

from glocal.design.errors import PackageInvalid
from glocal.design.model import ParameterValue
from glocal.design.openscad_source import parameter_set_values

MAX_BYTES = 5_000_000


def read_parameter_sets(data: bytes) -> dict[str, dict[str, str]]:
    """Return the named sets in a file: set name to parameter name to value as text.

    The values are for :func:`glocal.design.parameters.bind`, which reads texts as numbers, truths and vectors. Files
    of OpenSCAD keep values of parameters that a design no longer has; drop those before binding.

    Raises
    ------
    PackageInvalid
    """
    if len(data) > MAX_BYTES:
        raise PackageInvalid(f"The preset file has {len(data)} bytes, at most {MAX_BYTES} are read.")
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise PackageInvalid(f"The preset file is not JSON: {error}") from error
    sets = document.get("parameterSets") if isinstance(document, dict) else None
    if not isinstance(sets, dict) or not all(isinstance(values, dict) for values in sets.values()):
        raise PackageInvalid('The preset file has no "parameterSets".', help="OpenSCAD writes one beside the design.")
    return {name: {key: _as_text(value) for key, value in values.items()} for name, values in sets.items()}


def write_parameter_sets(sets: Mapping[str, Mapping[str, ParameterValue]]) -> bytes:
    """Return sets as a file that OpenSCAD's Customizer opens."""
    document = {
        "fileFormatVersion": "1",
        "parameterSets": {name: parameter_set_values(values) for name, values in sets.items()},
    }
    return (json.dumps(document, ensure_ascii=False, indent=4) + "\n").encode()


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, bool | int | float | list) else ""
