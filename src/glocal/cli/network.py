"""``glocal makers``, ``glocal nest`` and ``glocal plan``: who there is, what shares a plate, who makes what when."""

from __future__ import annotations

import os
from pathlib import Path

import click

import glocal
from glocal.cli.output import json_option, print_result

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
