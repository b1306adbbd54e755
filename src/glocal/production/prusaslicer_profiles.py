"""Machines and processes, read from the profiles of the PrusaSlicer that is installed.

Nothing is copied into this project: the profiles are the slicer's (AGPL) and follow its version. Parsing all vendors
takes a tenth of a second; it is done once and again when a file changes.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from glocal.production.errors import MaterialNotForMachine, ProfilesMissing, UnknownMachine
from glocal.production.model import Machine, Material, Recipe
from glocal.production.own_machine import differing, split_id
from glocal.production.prusaslicer_conditions import ConditionError, holds
from glocal.production.prusaslicer_ini import Settings, VendorBundle, read_bundle, split_names, unquote
from glocal.production.prusaslicer_mends import mended

REFERENCE_ID = "reference"
_REFERENCE_PRINTER = "Original Prusa i3 MK3S & MK3S+"
_REFERENCE_PRINT = "0.20mm QUALITY @MK3"
_TEMPLATES = "Templates.ini"

# keys that describe presets to the slicer's window and are no settings
_NOT_SETTINGS = frozenset(
    {
        "alias",
        "compatible_printers",
        "compatible_printers_condition",
        "compatible_prints",
        "compatible_prints_condition",
        "default_filament_profile",
        "default_print_profile",
        "filament_vendor",
        "renamed_from",
    }
)


def profile_directory() -> Path:
    """Return where the installed slicer keeps its vendors' profiles.

    ``GLOCAL_SLICER_PROFILES`` wins; then beside the program that is on the path; then where Debian puts it.
    """
    named = os.environ.get("GLOCAL_SLICER_PROFILES")
    candidates = [Path(named)] if named else []
    program = shutil.which("prusa-slicer")
    if program and not named:
        root = Path(program).resolve().parent
        candidates += [
            root.parent / "share/PrusaSlicer/profiles",
            root / "resources/profiles",
            root / "../resources/profiles",
        ]
    if not named:
        candidates += [Path("/usr/share/PrusaSlicer/profiles"), Path("/usr/local/share/PrusaSlicer/profiles")]
    for directory in candidates:
        if any(directory.glob("*.ini")):
            return directory
    raise ProfilesMissing(
        "The slicer's printer profiles were not found.",
        help="Install PrusaSlicer (Debian: apt install prusa-slicer), or set GLOCAL_SLICER_PROFILES to the directory "
        "with its vendors' .ini files.",
        looked_in=[str(directory) for directory in candidates],
    )


def _usual_directories() -> list[Path]:
    usual = [Path("/usr/share/PrusaSlicer/profiles"), Path("/usr/local/share/PrusaSlicer/profiles")]
    program = shutil.which("prusa-slicer")
    if program is None:
        return usual
    bin_directory = Path(program).resolve().parent
    beside = [
        bin_directory / "resources",
        bin_directory.parent / "resources",
        bin_directory.parent / "share/PrusaSlicer",
    ]
    return [*(directory / "profiles" for directory in beside), *usual]


def bundles(directory: Path | None = None) -> tuple[VendorBundle, ...]:
    """Return all vendors' bundles, read again only when a file has changed.

    The installed slicer's are looked after once a second: a price asks for them dozens of times.
    """
    if directory is None:
        return _installed(os.environ.get("GLOCAL_SLICER_PROFILES"), int(time.monotonic()))
    return _read_changed(directory)


@lru_cache(maxsize=1)
def _installed(_named: str | None, _second: int) -> tuple[VendorBundle, ...]:
    return _read_changed(profile_directory())


def _read_changed(directory: Path) -> tuple[VendorBundle, ...]:
    files = tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(directory.glob("*.ini")))
    return _read_all(files)


@lru_cache(maxsize=4)
def _read_all(files: tuple[tuple[Path, int, int], ...]) -> tuple[VendorBundle, ...]:
    return tuple(read_bundle(path.read_text(encoding="utf-8", errors="replace"), path.name) for path, _, _ in files)


def find_machines(text: str = "", *, directory: Path | None = None) -> list[Machine]:
    """Search the slicer's machines by name, the closest first.

    Machines with several nozzles and resin printers are left out. Upper case, spaces and dashes do not matter. Where no
    machine fits, those of the manufacturer named first are returned.
    """
    machines = list(_machines(bundles(directory)).values())
    wanted = _letters(text)
    if not wanted:
        return machines
    hits = [machine for machine in machines if wanted in _letters(f"{machine.vendor} {machine.name} {machine.id}")]
    if not hits:
        words = [_letters(word) for word in text.split()]
        hits = [m for m in machines if all(w in _letters(f"{m.vendor} {m.name} {m.model}") for w in words)]
        hits = hits or [machine for machine in machines if words[0] == _letters(machine.vendor)]
    return sorted(hits, key=lambda m: (not _letters(m.model).endswith(wanted), abs(m.nozzle_mm - 0.4), len(m.name)))


def get_machine(machine_id: str, *, directory: Path | None = None) -> Machine:
    """Return one machine by its id, or raise :class:`UnknownMachine`.

    The id may say in what it differs from its model: see :mod:`glocal.production.own_machine`.
    """
    machines = _machines(bundles(directory))
    model_id, differences = split_id(machine_id)
    if model_id in machines:
        return differing(machines[model_id], differences) if differences.suffix else machines[model_id]
    close = [machine.id for machine in find_machines(machine_id.replace("-", " "), directory=directory)[:5]]
    raise UnknownMachine(
        "No machine has the id “{machine_id}”.",
        help="Close ones: {close}." if close else "`glocal machines TEXT` searches all machines by name.",
        machine_id=machine_id,
        close=close,
    )


def printer_settings(machine: Machine, *, directory: Path | None = None) -> Settings:
    """Return the slicer's settings of the machine itself."""
    return dict(_bundle_of(machine, directory).resolve("printer", machine.printer_preset))


def print_settings(machine: Machine, *, directory: Path | None = None) -> Settings:
    """Return the slicer's settings of the machine's default process."""
    return dict(_bundle_of(machine, directory).resolve("print", machine.print_preset))


def processes(machine: Machine, *, directory: Path | None = None) -> list[str]:
    """Return the names of all processes that the slicer offers for a machine."""
    bundle = _bundle_of(machine, directory)
    return _compatible_prints(bundle, machine.printer_preset)


def with_process(machine: Machine, print_preset: str, *, directory: Path | None = None) -> Machine:
    """Return the machine with another of its processes as the default."""
    if print_preset not in processes(machine, directory=directory):
        raise UnknownMachine(
            "{machine} has no process called “{said}”.",
            help="Choose one of: {allowed}.",
            machine=machine.name,
            said=print_preset[:200],
            allowed=processes(machine, directory=directory),
        )
    return replace(machine, print_preset=print_preset)


def filament_preset(
    machine: Machine, slicer_types: tuple[str, ...], *, directory: Path | None = None
) -> tuple[str, Settings] | None:
    """Return name and settings of the slicer's best filament preset of these types for a machine.

    The machine's default comes first, then the generic one, then the first that the vendor lists; the slicer's
    templates (2.6 and later) answer where the vendor has none.
    """
    templates = tuple(bundle for bundle in bundles(directory) if bundle.file_name == _TEMPLATES)
    found = _filament_preset(_bundle_of(machine, directory), templates, machine.printer_preset, slicer_types)
    return (found[0], dict(found[1])) if found else None


@lru_cache(maxsize=1024)
def _filament_preset(
    bundle: VendorBundle, templates: tuple[VendorBundle, ...], printer_preset: str, slicer_types: tuple[str, ...]
) -> tuple[str, Settings] | None:
    scope = bundle.resolve("printer", printer_preset)
    default = unquote(scope.get("default_filament_profile", ""))
    for source in (bundle, *templates):
        fitting = [
            name
            for name in source.names("filament")
            if source.resolve("filament", name).get("filament_type", "").upper() in slicer_types
            and _is_compatible(source.resolve("filament", name), printer_preset, scope)
        ]
        if fitting:
            best = min(fitting, key=lambda name: (name != default, not name.startswith("Generic"), fitting.index(name)))
            return best, source.resolve("filament", best)
    return None


def offered_types(machine: Machine, *, directory: Path | None = None) -> list[str]:
    """Return the filament types for which the slicer has settings on a machine."""
    bundle = _bundle_of(machine, directory)
    scope = bundle.resolve("printer", machine.printer_preset)
    types = {
        source.resolve("filament", name).get("filament_type", "")
        for source in (bundle, *(b for b in bundles(directory) if b.file_name == _TEMPLATES))
        for name in source.names("filament")
        if _is_compatible(source.resolve("filament", name), machine.printer_preset, scope)
    }
    return sorted(types - {""})


def flat_settings(
    machine: Machine, material: Material, recipe: Recipe, *, directory: Path | None = None
) -> dict[str, str]:
    """Return every setting of a print, inheritance resolved, as the slicer takes it with ``--load``.

    Printer, process and filament presets, then what the recipe says (layer height, infill, supports, brim and its
    ``settings``), then the material's density and own ``settings``.

    Raises
    ------
    MaterialNotForMachine
        When the slicer has no preset for this type of filament on this machine.
    """
    from glocal.production.materials import slicer_types_of

    found = filament_preset(machine, slicer_types_of(material), directory=directory)
    if found is None:
        offered = ", ".join(offered_types(machine, directory=directory))
        raise MaterialNotForMachine(
            "The slicer has no settings for {material} on {machine}.",
            help="It has settings for: {offered}." if offered else "Choose another machine.",
            material=material.name,
            machine=machine.name,
            offered=offered,
            machine_id=machine.id,
            material_id=material.id,
        )
    preset, filament = found
    settings = printer_settings(machine, directory=directory)
    settings |= print_settings(machine, directory=directory) | filament | dict(machine.settings)
    settings |= {
        "printer_settings_id": machine.printer_preset,
        "print_settings_id": machine.print_preset,
        "filament_settings_id": preset,
        "filament_density": f"{material.density_g_cm3:g}",
    }
    settings |= _recipe_settings(recipe, settings) | dict(recipe.settings) | dict(material.settings)
    return {key: value for key, value in sorted(mended(settings).items()) if key not in _NOT_SETTINGS}


def _recipe_settings(recipe: Recipe, preset: Settings) -> Settings:
    settings = {
        "layer_height": f"{recipe.layer_height_mm:g}",
        "fill_density": f"{recipe.infill_percent:g}%",
        "support_material": "1" if recipe.supports else "0",
        "brim_width": f"{recipe.brim_mm:g}",
    }
    if recipe.supports:
        settings["support_material_auto"] = "1"
    if recipe.brim_mm > 0 and preset.get("brim_type") == "no_brim":
        settings["brim_type"] = "outer_only"
    if recipe.infill_percent == 100:
        settings["fill_pattern"] = "rectilinear"  # the only kind that the slicer accepts without gaps
    return settings


def _bundle_of(machine: Machine, directory: Path | None) -> VendorBundle:
    for bundle in bundles(directory):
        if bundle.has("printer", machine.printer_preset) and _vendor(bundle) == machine.vendor:
            return bundle
    raise ProfilesMissing(
        f"The installed slicer no longer has a profile for {machine.name}.",
        help="Choose the machine again from `glocal machines`.",
        printer_preset=machine.printer_preset,
    )


@lru_cache(maxsize=4)
def _machines(all_bundles: tuple[VendorBundle, ...]) -> dict[str, Machine]:
    machines: dict[str, Machine] = {}
    for bundle in all_bundles:
        for preset in bundle.names("printer"):
            machine = _machine(bundle, preset)
            if machine is None:
                continue
            if preset == _REFERENCE_PRINTER and bundle.has("print", _REFERENCE_PRINT):
                name = f"{machine.name} (0.20 mm QUALITY, the reference)"
                machines[REFERENCE_ID] = replace(machine, id=REFERENCE_ID, name=name, print_preset=_REFERENCE_PRINT)
            while machine.id in machines:
                machine = replace(machine, id=f"{slug(machine.vendor)}-{machine.id}")
            machines[machine.id] = machine
    return machines


def _machine(bundle: VendorBundle, preset: str) -> Machine | None:
    settings = bundle.resolve("printer", preset)
    nozzles = settings.get("nozzle_diameter", "").split(",")
    corners = _bed_corners(settings.get("bed_shape", ""))
    if settings.get("printer_technology", "FFF") != "FFF" or len(nozzles) != 1 or not nozzles[0] or not corners:
        return None
    process = _default_process(bundle, preset, settings)
    if process is None:
        return None
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    model = bundle.sections.get("printer_model", {}).get(unquote(settings.get("printer_model", "")), {})
    version = bundle.sections.get("vendor", {}).get("", {}).get("config_version", "?")
    return Machine(
        id=slug(preset),
        name=preset,
        vendor=_vendor(bundle),
        model=model.get("name", preset).replace("&&", "&"),
        bed_x_mm=max(xs) - min(xs),
        bed_y_mm=max(ys) - min(ys),
        height_mm=float(settings.get("max_print_height") or 200),
        nozzle_mm=float(nozzles[0]),
        gcode_flavor=settings.get("gcode_flavor", "reprap"),
        max_nozzle_c=None,
        max_bed_c=None,
        printer_preset=preset,
        print_preset=process,
        source=f"PrusaSlicer's profile {bundle.file_name}, version {version}",
        bed_origin_x_mm=min(xs),
        bed_origin_y_mm=min(ys),
        bed_is_round=len(corners) > 8,
        family=model.get("family", "") or _vendor(bundle),
    )


def _default_process(bundle: VendorBundle, preset: str, settings: Settings) -> str | None:
    named = unquote(settings.get("default_print_profile", ""))
    if named and bundle.has("print", named) and not named.startswith("*"):
        return named
    fitting = _compatible_prints(bundle, preset)
    half_nozzle = float(settings["nozzle_diameter"].split(",")[0]) / 2
    return min(
        fitting,
        key=lambda name: abs(float(bundle.resolve("print", name).get("layer_height", "0")) - half_nozzle),
        default=None,
    )


def _compatible_prints(bundle: VendorBundle, preset: str) -> list[str]:
    scope = bundle.resolve("printer", preset)
    return [name for name in bundle.names("print") if _is_compatible(bundle.resolve("print", name), preset, scope)]


def _is_compatible(settings: Settings, preset: str, scope: Settings) -> bool:
    listed = split_names(settings.get("compatible_printers", ""))
    if listed:
        return preset in listed
    try:
        return holds(unquote(settings.get("compatible_printers_condition", "")), scope)
    except ConditionError:
        return False


def _bed_corners(shape: str) -> list[tuple[float, float]]:
    corners = []
    for corner in unquote(shape).split(","):
        x, times, y = corner.strip().partition("x")
        if not times:
            return []
        corners.append((float(x), float(y)))
    return corners


def _vendor(bundle: VendorBundle) -> str:
    return bundle.sections.get("vendor", {}).get("", {}).get("name", bundle.file_name.removesuffix(".ini"))


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.lower().replace("+", "plus"))


def slug(text: str) -> str:
    """Return a preset's name as an id: lower case, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower().replace("+", "plus")).strip("-")
