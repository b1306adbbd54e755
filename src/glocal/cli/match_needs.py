"""What ``glocal match`` is asked for: the needs that a mesh, a design, an Open Know-How manifest or JSON describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glocal.network.errors import NeedBroken

if TYPE_CHECKING:
    from glocal.commons.okh_parts import OkhPart
    from glocal.design.model import Part
    from glocal.network.model import Need

MANIFESTS = ("datapackage.json", "okh.toml", "okh.yml", "okh.yaml", "okh.json")
OKH_SUFFIXES = (".toml", ".yml", ".yaml")
DEFAULT_MATERIAL = "pla"
MOST_NAMED = 8  # parts in one refusal; the others stand in its data


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be made.

    Parameters
    ----------
    title : str
    needs : mapping of str to Need
        By the part's name; at least one.
    not_asked : tuple of (str, str)
        Parts that no maker of this network can be asked for, with the reason.
    notes : tuple of str
        What in the file is not as its standard wants it.
    """

    title: str
    needs: Mapping[str, Need]
    not_asked: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def what_is_asked(options: Mapping[str, Any]) -> Asked:
    """Return what the command's options ask for."""
    from glocal.cli.quote import load_part

    file: Path = options["file"]
    if (manifest := okh_manifest(file)) is not None:
        return _from_okh(manifest, options)
    if file.suffix.lower() == ".json" and file.name != "datapackage.json":
        return Asked(file.stem, {file.stem: need_from_json(file)})
    design = file.parent if file.name == "datapackage.json" else file
    part, notes = load_part(design, options["pairs"])
    return Asked(part.title, {part.title: _need(part, notes, options)})


def okh_manifest(file: Path) -> Path | None:
    """Return the manifest of somebody else that a file is or a directory holds; None when it is something else."""
    from glocal.design.package import is_own_design

    if is_own_design(file if file.is_dir() else file.parent) and (file.is_dir() or file.name == "datapackage.json"):
        return None
    if file.is_dir():
        return next((file / name for name in MANIFESTS if (file / name).is_file()), None)
    if file.name == "datapackage.json":
        return file
    return file if file.suffix.lower() in OKH_SUFFIXES or _is_okh_json(file) else None


def _is_okh_json(file: Path) -> bool:
    """Say whether a JSON file is a manifest, as Open Hardware Manager writes them, rather than a need."""
    from glocal.commons.okh_parse import MAX_MANIFEST_BYTES, is_marked

    if file.suffix.lower() != ".json" or not file.is_file():
        return False
    with file.open(encoding="utf-8", errors="replace") as stream:
        return is_marked(stream.read(MAX_MANIFEST_BYTES))


def _from_okh(file: Path, options: Mapping[str, Any]) -> Asked:
    from glocal.commons.okh import read_manifest
    from glocal.commons.okh_parse import MAX_MANIFEST_BYTES
    from glocal.commons.okh_parts import parts_of

    try:
        with file.open("rb") as stream:
            manifest = read_manifest(stream.read(MAX_MANIFEST_BYTES + 1), file.name)
    except OSError as missing:
        raise NeedBroken(f"{file} cannot be read: {missing.strerror or missing}.") from missing
    needs: dict[str, Need] = {}
    not_asked: list[tuple[str, str]] = []
    for part in parts_of(manifest):
        name = part.name if part.name not in needs else f"{part.name} ({len(needs) + 1})"
        answer = _need_of_okh(file.resolve().parent, part, options)
        if isinstance(answer, str):
            not_asked.append((name, answer))
        else:
            needs[name] = answer
    notes = tuple(str(deviation) for deviation in manifest.deviations)
    if not needs:
        why = [f"{name}: {reason}" for name, reason in not_asked[:MOST_NAMED]]
        why = why or ["it names no part and no printable file"]
        why += [f"and {len(not_asked) - MOST_NAMED} more"] if len(not_asked) > MOST_NAMED else []
        raise NeedBroken(
            f"Nothing in {file.name} can be asked for: {'; '.join(why)}.",
            help="Put the parts' STL, 3MF or OpenSCAD files beside the manifest, or give their outer dimensions.",
            not_asked=[{"part": name, "reason": reason} for name, reason in not_asked],
            notes=list(notes),
        )
    return Asked(manifest.title or file.stem, needs, tuple(not_asked), notes)


def _need_of_okh(root: Path, part: OkhPart, options: Mapping[str, Any]) -> Need | str:
    """Return what is needed for a part, or why it cannot be asked for."""
    from glocal.cli.quote import load_part
    from glocal.errors import GlocalError
    from glocal.network.model import Need

    if not part.printed:
        how = ", ".join(part.processes)
        return f"is made by {how}, the makers here print" if how else "names no shape that can be printed"
    chosen = {**options, "material": options["material"] or _material_in(part.material), "hold_at": options["hold_at"]}
    chosen["quantity"] = options["quantity"] * part.quantity
    problem = ""
    for shape in part.shapes:
        path = _beside(root, shape)
        if path is None:
            problem = f"{shape} does not lie beside the manifest"
            continue
        try:
            return _need(*load_part(path, ()), chosen)
        except GlocalError as refusal:
            problem = f"{shape}: {refusal.message}"
    if part.outer_mm is None:
        return problem or "names neither a shape nor its outer dimensions"
    material = chosen["material"] or DEFAULT_MATERIAL
    return Need(part.outer_mm, material, lambda machine: None, chosen["quantity"], options["hold_at"],
                options["enclosure"], known_material(material))  # fmt: skip


def _beside(root: Path, name: str) -> Path | None:
    """Return the plain file of this name below the manifest's directory; nothing is fetched and nothing is followed."""
    if "://" in name or "\0" in name or Path(name).is_absolute():
        return None
    try:
        path = (root / name).resolve(strict=True)
    except (OSError, ValueError):
        return None
    return path if path.is_file() and path.is_relative_to(root) else None


def _material_in(words: str) -> str | None:
    """Return the id of the first material that the words name."""
    for word in words.lower().replace("/", " ").replace(",", " ").split():
        if known_material(word) is not None:
            return word
    return None


def _need(part: Part, notes: Mapping[str, Any], options: Mapping[str, Any]) -> Need:
    """Return the need of a part, with its time on each kind of machine."""
    from glocal.cli.match_times import PieceTimes
    from glocal.network.model import Need
    from glocal.production.materials import get_material

    material = get_material(options["material"] or DEFAULT_MATERIAL)
    times = PieceTimes(part, material)
    x, y, z = (float(length) for length in part.mesh.extent_mm)
    return Need(
        (x, y, z),
        material.id,
        times,
        options["quantity"],
        options["hold_at"] if options["hold_at"] is not None else notes.get("hold_at_c"),
        options["enclosure"] or bool(notes.get("enclosure", False)),
        material,
        mass_g=times.mass_g(),
        reorient=notes.get("orientation") != "as_modelled",
    )


def need_from_json(file: Path) -> Need:
    """Return the need that a JSON file describes."""
    from glocal.network.json_files import checked, reading
    from glocal.network.model import Need
    from glocal.values import Estimate

    with reading(file, NeedBroken) as content:
        values = checked(_Written, file.name, content, NeedBroken)
        times, mass = (
            Estimate(**checked(Estimate, name, values[name], NeedBroken)) if values.get(name) is not None else None
            for name in ("print_s", "mass_g")
        )
        if times is None or times.low < 0 or (mass is not None and mass.low < 0):
            raise NeedBroken(f"{file.name}: print_s is missing or negative, or mass_g is negative.")
        values |= {"print_s_by_machine": times, "mass_g": mass, "material": known_material(values["material_id"])}
        del values["print_s"]
        return Need(**values)


@dataclass(frozen=True, slots=True)
class _Written:
    """A need as JSON says it; see :class:`glocal.network.model.Need`."""

    extent_mm: tuple[float, float, float]
    material_id: str
    print_s: Any
    quantity: int = 1
    hold_at_c: float | None = None
    enclosure: bool = False
    mass_g: Any = None
    uses: tuple[str, ...] = ()
    reorient: bool = True
    handover: str = "any"


def known_material(material_id: str) -> Any:
    """Return what is known of a material, or None."""
    from glocal.errors import GlocalError
    from glocal.production.materials import get_material

    try:
        return get_material(material_id)
    except GlocalError:
        return None
