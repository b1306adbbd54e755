"""``glocal makers``: who there is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

import glocal
from glocal.cli.output import json_option, print_result

if TYPE_CHECKING:
    from glocal.network.model import Maker
    from glocal.network.okw import Deviation

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


def known_makers(makers_file: Path | None) -> tuple[tuple[Maker, ...], tuple[Deviation, ...]]:
    """Return the makers of a file that was named, or the imported ones, with what the reader noted.

    Raises
    ------
    NoMakers
        When none was named and none were ever imported.
    """
    from glocal.network.errors import NoMakers
    from glocal.network.maker_files import read_makers

    if makers_file is None and not stored_makers().exists():
        raise NoMakers(
            "There is no list of makers yet.",
            help="Import one with 'glocal makers import FILE', or name one with --makers FILE.",
        )
    return read_makers(makers_file or stored_makers())


@click.group()
def makers() -> None:
    """Read and write lists of makers (Open Know-Where: JSON, YAML or a table)."""


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
@click.option(
    "--shape",
    type=click.Choice(["facility", "tables"]),
    default="facility",
    show_default=True,
    help="Flat facilities, as Open Hardware Manager reads them, or the tables of the schema of 2024.",
)
@makers_option
@json_option
def export(file: Path, shape: str, makers_file: Path | None, as_json: bool) -> None:
    """Write all makers to FILE as Open Know-Where, without loss in either shape."""
    from datetime import UTC, datetime

    from glocal.network.maker_files import write_makers

    found, _ = known_makers(makers_file)
    write_makers(file, found, tables_of=datetime.now(UTC).date() if shape == "tables" else None)
    print_result({"exported": len(found), "file": str(file)}, as_json=as_json, text=f"{len(found)} makers in {file}.")


@makers.command("list")
@makers_option
@json_option
def list_(makers_file: Path | None, as_json: bool) -> None:
    """List the makers and what their records say."""
    from glocal.network.records import maker_record

    found, _ = known_makers(makers_file)
    lines = []
    for maker in found:
        machines = ", ".join(machine.machine.name for machine in maker.machines) or "machines not known"
        place = "place not known" if maker.latitude is None else f"{maker.latitude:.3f}, {maker.longitude:.3f}"
        lines.append(f"{maker.id}  {maker.name}  ({place})  {machines}")
    print_result({"makers": [maker_record(maker) for maker in found]}, as_json=as_json, text="\n".join(lines))
