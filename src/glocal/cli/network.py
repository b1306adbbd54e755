"""``glocal makers`` and ``glocal match``: who can make a part, and why the others cannot."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import glocal
from glocal.cli.output import json_option, print_result, progress

if TYPE_CHECKING:
    from glocal.network.model import MakerMachine, MatchResult, Need
    from glocal.values import Estimate


def parse_place(_context: click.Context, _option: click.Parameter, text: str) -> tuple[float, float]:
    """Return latitude and longitude from ``"52.5,13.4"``."""
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError as wrong:
        raise click.BadParameter(f"{text!r} is not LAT,LON in degrees, for example 52.5,13.4") from wrong
    return latitude, longitude


def parse_moment(_context: click.Context, _option: click.Parameter, text: str | None) -> datetime | None:
    """Return an aware moment; a bare date is the end of that day, and no time zone means UTC."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise click.BadParameter(f"{text!r} is not an ISO 8601 date, for example 2026-05-01") from wrong
    if len(text) == len("2026-05-01"):
        moment = moment.replace(hour=23, minute=59, second=59)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


makers_option = click.option(
    "--makers",
    "makers_file",
    type=click.Path(path_type=Path),
    help="A list of makers to use instead of the imported one.",
)


def stored_makers() -> Path:
    """Return where imported makers lie."""
    from glocal.shop.home import state_directory

    return state_directory(os.environ, Path(glocal.__file__).parent) / "makers.json"


@click.group()
def makers() -> None:
    """Read and write lists of makers (Open Know-Where, JSON or YAML)."""


@makers.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def import_(file: Path, as_json: bool) -> None:
    """Add the makers in FILE to the list; a maker with a known id is replaced. Each deviation is listed."""
    from glocal.network.maker_files import read_makers, write_makers

    found, deviations = read_makers(file)
    stored = stored_makers()
    known = {maker.id: maker for maker in (read_makers(stored)[0] if stored.exists() else ())}
    known |= {maker.id: maker for maker in found}
    write_makers(stored, list(known.values()))
    lines = [f"{len(found)} makers read, {len(known)} in the list now."]
    lines += [f"  {note.maker or '?'}: {note.field}: {note.message}" for note in deviations]
    result = {
        "imported": len(found),
        "stored": len(known),
        "deviations": [deviation.as_dict() for deviation in deviations],
        "file": str(stored),
    }
    print_result(result, as_json=as_json, text="\n".join(lines))


@makers.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@makers_option
@json_option
def export(file: Path, makers_file: Path | None, as_json: bool) -> None:
    """Write all makers to FILE as Open Know-Where facilities, without loss."""
    from glocal.network.maker_files import read_makers, write_makers

    found, _ = read_makers(makers_file or stored_makers())
    write_makers(file, found)
    print_result({"exported": len(found), "file": str(file)}, as_json=as_json, text=f"{len(found)} makers in {file}.")


@makers.command("list")
@makers_option
@json_option
def list_(makers_file: Path | None, as_json: bool) -> None:
    """List the makers and what their records say."""
    from glocal.network.maker_files import read_makers
    from glocal.network.records import maker_record

    found, _ = read_makers(makers_file or stored_makers())
    lines = []
    for maker in found:
        machines = ", ".join(machine.machine.name for machine in maker.machines) or "machines not known"
        place = "place not known" if maker.latitude is None else f"{maker.latitude:.3f}, {maker.longitude:.3f}"
        lines.append(f"{maker.id}  {maker.name}  ({place})  {machines}")
    print_result({"makers": [maker_record(maker) for maker in found]}, as_json=as_json, text="\n".join(lines))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--near", required=True, metavar="LAT,LON", callback=parse_place, help="Where the customer is, degrees.")
@click.option("--by", metavar="DATE", callback=parse_moment, help="When it is wanted, ISO 8601.")
@click.option("--now", metavar="DATE", callback=parse_moment, help="Answer as of this moment instead of the present.")
@click.option("--material", default="pla", show_default=True, help="Material id; `glocal quote` knows the same.")
@click.option("--quantity", default=1, show_default=True, type=click.IntRange(1, 10_000), help="Pieces.")
@click.option("--hold-at", type=float, metavar="°C", help="Temperature that the part must stand.")
@click.option("--enclosure", is_flag=True, help="It must be printed in a closed chamber.")
@click.option(
    "--prefer",
    type=click.Choice(["near", "cheap", "soon", "green"]),
    default="cheap",
    show_default=True,
    help="What makers who can are ranked by.",
)
@click.option(
    "--pickup-within",
    type=click.FloatRange(0),
    default=50.0,
    show_default=True,
    metavar="KM",
    help="How far the customer would go to fetch it.",
)
@makers_option
@json_option
def match(
    *,
    file: Path,
    near: tuple[float, float],
    by: datetime | None,
    now: datetime | None,
    material: str,
    quantity: int,
    hold_at: float | None,
    enclosure: bool,
    prefer: Any,
    pickup_within: float,
    makers_file: Path | None,
    as_json: bool,
) -> None:
    """Find who can make FILE (STL, OBJ, OFF, 3MF, or a JSON need), and each reason why others cannot.

    A JSON need says what a mesh cannot: {"extent_mm": [x, y, z], "material_id": "pla", "print_s": {"value": 7200,
    "low": 6000, "high": 9000, "source": "…"}} and, optionally, quantity, hold_at_c, enclosure, uses, reorient and
    handover ("any", "pickup" or "delivery").
    """
    from glocal.network.maker_files import read_makers
    from glocal.network.match import match as find

    if file.suffix == ".json":
        need = need_from_json(file)
    else:
        need = need_from_mesh(file, material_id=material, quantity=quantity, hold_at_c=hold_at, enclosure=enclosure)
    known, deviations = read_makers(makers_file or stored_makers())
    for deviation in deviations[:20]:
        progress(f"{deviation.maker or '?'}: {deviation.field}: {deviation.message}")
    result = find(
        need,
        known,
        near=near,
        by=by,
        now=now or datetime.now(UTC),
        preference=prefer,
        pickup_within_km=pickup_within,
    )
    print_result(result.as_dict(), as_json=as_json, text=as_text(result))


def need_from_json(file: Path) -> Need:
    """Return the need that a JSON file describes."""
    from glocal.network.errors import NeedBroken
    from glocal.network.model import Need
    from glocal.values import Estimate

    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        times = Estimate(**values.pop("print_s"))
        extent = tuple(float(length) for length in values.pop("extent_mm"))
        values["uses"] = tuple(values.get("uses", ()))
        if material := known_material(str(values["material_id"])):
            values.setdefault("material", material)
        return Need(extent_mm=extent, print_s_by_machine=times, **values)  # type: ignore[arg-type]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise NeedBroken(
            f"{file.name} does not describe a need: {wrong}.", help="See `glocal match --help` for the fields."
        ) from wrong


def need_from_mesh(file: Path, *, material_id: str, quantity: int, hold_at_c: float | None, enclosure: bool) -> Need:
    """Return the need of a part in a mesh file; its time is estimated for each machine that is calibrated."""
    from glocal.cli.quote import calibration_directory, slicer
    from glocal.design.meshfile import read_mesh
    from glocal.errors import GlocalError
    from glocal.network.model import Need
    from glocal.production.materials import get_material
    from glocal.production.recipes import default_recipe
    from glocal.quoting.calibration import load_calibration
    from glocal.quoting.estimate import estimate

    version = slicer().version
    mesh = read_mesh(file)
    material = get_material(material_id)
    times: dict[str, Estimate | None] = {}

    def print_s(machine: MakerMachine) -> Estimate | None:
        kind = machine.machine
        if kind.id not in times:
            try:
                recipe = default_recipe(kind)
                calibration = load_calibration(version, kind.id, recipe.id, calibration_directory())
                times[kind.id] = estimate(mesh, kind, material, recipe, calibration).time_s
            except GlocalError:  # a machine that the slicer does not know, or a shape that only slicing can price
                times[kind.id] = None
        return times[kind.id]

    x, y, z = (float(length) for length in mesh.extent_mm)
    return Need((x, y, z), material_id, print_s, quantity, hold_at_c, enclosure, material)


def known_material(material_id: str) -> Any:
    """Return what is known of a material, or None."""
    from glocal.errors import GlocalError
    from glocal.production.materials import get_material

    try:
        return get_material(material_id)
    except GlocalError:
        return None


def as_text(result: MatchResult) -> str:
    """Return the answer for people."""
    lines = ["Can make it:" if result.accepted else "Nobody can make it as asked."]
    for offer in result.accepted:
        price = f"{offer.cost.minor / 100:.2f} {offer.cost.currency}"
        head = f"  {offer.maker_name}: {price}, ready {offer.ready_at:%a %d %b %H:%M} UTC, {offer.distance_km:.1f} km"
        lines.append("; ".join([head, *offer.reasons]))
    if result.rejected:
        lines.append("Cannot:")
        lines += [f"  {r.maker_name}: {'; '.join(w.message for w in r.reasons)}" for r in result.rejected]
    if result.unknown:
        lines.append("Not known, worth asking:")
        lines += [f"  {r.maker_name}: {'; '.join(w.message for w in r.reasons)}" for r in result.unknown]
    if result.possible_with:
        lines.append("What would help: " + "; ".join(reason.message for reason in result.possible_with))
    return "\n".join(lines)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--rounds", type=click.IntRange(1, 100_000), default=100, show_default=True, help="Orders to try.")
@click.option("--turns", type=click.IntRange(1, 64), default=8, show_default=True, help="Rotations of each piece.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Same seed, same layout.")
@json_option
def nest(*, file: Path, rounds: int, turns: int, seed: int, as_json: bool) -> None:
    """Lay the pieces of FILE on as few plates as can be found, true to their outlines.

    FILE is JSON: {"bed_x_mm": 250, "bed_y_mm": 210, "spacing_mm": 2, "parts": [{"id": "a", "outline": [[x, y], …],
    "quantity": 1}, …]} and optionally "exclusions", polygons where nothing may lie. A piece is turned by angle_deg
    about its own origin, anticlockwise, then moved by x_mm and y_mm. Each layout is checked exactly before it is given.
    """
    from glocal.network.nest import nest as lay
    from glocal.network.nest_files import read_nesting

    found = lay(*read_nesting(file), rounds=rounds, turns=turns, seed=seed)
    lines = [f"{len(found.plates)} plates"]
    for number, (plate, filled) in enumerate(zip(found.plates, found.filled, strict=True), start=1):
        lines.append(f"plate {number}: {len(plate)} pieces, {filled:.0%} of the bed")
        lines += [f"    {p.id}: x {p.x_mm:.1f}  y {p.y_mm:.1f}  turned {p.angle_deg:g}°" for p in plate]
    print_result(found.as_dict(), as_json=as_json, text="\n".join(lines))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--rounds", type=click.IntRange(0), help="Neighbourhoods to search.  [default: more for more orders]")
@click.option(
    "--exact-s",
    type=click.FloatRange(0),
    default=5.0,
    show_default=True,
    help="Seconds to prove a small plan the best.",
)
@click.option("--nest/--no-nest", "layouts", default=True, show_default=True, help="Nest and verify every plate.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Same seed, same plan.")
@json_option
def plan(*, file: Path, rounds: int | None, exact_s: float, layouts: bool, seed: int, as_json: bool) -> None:
    """Plan the orders in FILE over machines: what to accept, what shares a plate, where and when.

    FILE is JSON with "orders" and "machines" (times in hours from now, money in minor units, lengths in mm) and "fill",
    the share of a bed that parts may cover; docs/planning-files.md has every field. The bound is what no plan of this
    kind can exceed, gap how far from it this plan is. Each job says where its parts lie; every plate has been checked.
    """
    from glocal.network.plan import plan as work_out
    from glocal.network.plan_files import read_problem

    problem = read_problem(file)
    found = work_out(problem, rounds=rounds, seed=seed, exact_s=exact_s, layouts=layouts)
    made = len(problem.orders) - len(found.declined)
    lines = [
        f"{made} of {len(problem.orders)} orders on {len(found.jobs)} plates earn {found.objective / 100:,.2f}; "
        f"at least {1 - found.gap:.1%} of the best, which is below {found.bound / 100:,.2f}"
    ]
    lines += [
        f"  {job.machine}  {job.begin_h:7.1f} to {job.end_h:7.1f} h  {', '.join(job.orders)}" for job in found.jobs
    ]
    print_result(found.as_dict(), as_json=as_json, text="\n".join(lines))
