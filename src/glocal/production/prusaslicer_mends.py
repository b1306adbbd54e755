"""What some vendors' profiles lack, so that the slicer refuses them or their files would lean on the last print.

Each was found by slicing a box for all the machines of PrusaSlicer 2.5: 32 of 346 could print nothing without them.
"""

from __future__ import annotations

import re

from glocal.production.prusaslicer_numbers import first_number, is_share, number_or_share

Settings = dict[str, str]

_FIRST_MOVE = re.compile(r"(?m)^\s*G[0-3]\b")
_ABSOLUTE = re.compile(r"(?m)^\s*G90\b")
_OWN_COMMAND = re.compile(r"(?m)^\s*[A-Za-z_]{2}")  # a macro of the printer: what it switches off is not told here
_HEATERS_OFF = {
    re.compile(rf"(?m)^\s*{command}\b.*\bS0\b"): f"{command} S0"
    for command in ("M104", "M140")  # nozzle, bed
}
# what the slicer writes where a profile says nothing
_USUAL_START = r"G28 ; home all axes\nG1 Z5 F5000 ; lift nozzle\n"
_USUAL_END = r"M104 S0 ; turn off temperature\nG28 X0  ; home X axis\nM84     ; disable motors\n"
_E_TO_ZERO = re.compile(r"(?m)^\s*G92\s+E0?(\.0+)?\b")


def mended(settings: Settings) -> Settings:
    """Return a print's settings with what its profile lacks; settings that lack nothing come back as they are.

    Parameters
    ----------
    settings : dict
        All settings of a print, as :func:`glocal.production.prusaslicer_profiles.flat_settings` puts them together.
    """
    lacking = (_first_layer_in_mm, _absolute_from_the_start, _e_to_zero, _heaters_off_at_the_end)
    return settings | {key: value for mend in lacking for key, value in mend(settings).items()}


def _first_layer_in_mm(settings: Settings) -> Settings:
    """Return the first layer's height in mm: loaded from a file, the slicer takes ``125%`` for 125 mm."""
    share, layer = settings.get("first_layer_height", ""), settings.get("layer_height", "")
    if not is_share(share) or not layer:
        return {}
    return {"first_layer_height": f"{number_or_share(share, first_number(layer)):g}"}


def _absolute_from_the_start(settings: Settings) -> Settings:
    """Return start G-code that says that coordinates are absolute before it moves."""
    start = settings.get("start_gcode", _USUAL_START)
    lines = _lines(start)
    move, said = _FIRST_MOVE.search(lines), _ABSOLUTE.search(lines)
    if move is None or (said is not None and said.start() < move.start()):
        return {}
    return {"start_gcode": f"G90\\n{start}"}


def _e_to_zero(settings: Settings) -> Settings:
    """Return layer G-code that sets the extruder to zero, which the slicer demands where it counts relatively."""
    before, after = settings.get("before_layer_gcode", ""), settings.get("layer_gcode", "")
    said = _E_TO_ZERO.search(_lines(before)) or _E_TO_ZERO.search(_lines(after))
    if settings.get("use_relative_e_distances") != "1" or said:
        return {}
    return {"layer_gcode": f"{after}\\nG92 E0"}


def _heaters_off_at_the_end(settings: Settings) -> Settings:
    """Return end G-code that switches off nozzle and bed, unless it leaves that to the printer's own commands."""
    end = settings.get("end_gcode", _USUAL_END)
    missing = [off for heater, off in _HEATERS_OFF.items() if not heater.search(_lines(end))]
    if not missing or _OWN_COMMAND.search(_lines(end)):
        return {}
    return {"end_gcode": "\\n".join([end.removesuffix("\\n"), *missing])}


def _lines(gcode: str) -> str:
    return gcode.replace("\\n", "\n")
