"""``glocal commons``: the shop's signed log, and what others share."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

import glocal
from glocal.cli.output import json_option, print_result, progress
from glocal.shop.home import state_directory

log_option = click.option(
    "--log",
    "log_directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="The log's directory; by default 'commons' in the shop's state directory.",
)
passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with the passphrase of the root key.",
)


def log_path(chosen: Path | None) -> Path:
    """Return the log directory that was named, or the shop's."""
    return chosen or state_directory(os.environ, Path(glocal.__file__).parent) / "commons"


def passphrase_in(file: Path | None) -> bytes | None:
    """Return the passphrase of a file without its line end."""
    return file.read_bytes().rstrip(b"\r\n") if file else None


@click.group()
def commons() -> None:
    """Read, publish and verify the shop's signed log."""


@commons.command()
@click.argument("name")
@log_option
@passphrase_option
@json_option
def init(name: str, log_directory: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Begin a log called NAME, best the address at which it will be served, such as shop.example/commons."""
    from glocal.commons.keys import ROOT_FILE, create_keys
    from glocal.commons.log import Log
    from glocal.commons.notes import check_name

    directory = log_path(log_directory)
    keys = create_keys(
        directory / "private" / "keys", passphrase=passphrase_in(passphrase_file) if check_name(name) else None
    )
    log = Log.create(directory, name, keys)
    root_file = keys.directory / ROOT_FILE
    result = {
        "name": log.name,
        "directory": str(directory),
        "public": str(log.public),
        "root_vkey": log.root_vkey,
        "vkey": log.vkey,
        "root_key_file": str(root_file),
    }
    text = (
        f"The log {name} begins in {directory}.\nOthers follow it with this key:\n  {log.root_vkey}\n"
        f"Now move {root_file} to a memory stick and keep it safe: daily work does not need it."
    )
    print_result(result, as_json=as_json, text=text)


@commons.command()
@log_option
@json_option
def status(log_directory: Path | None, as_json: bool) -> None:
    """Say what the log holds and under which keys."""
    from glocal.commons.log import Log

    log = Log.open(log_path(log_directory))
    checkpoint = log.checkpoint()
    kinds: dict[str, int] = {}
    for _, record in log.records():
        kinds[record["kind"]] = kinds.get(record["kind"], 0) + 1
    result = {
        "name": log.name,
        "epoch": log.epoch,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "kinds": kinds,
        "erased": checkpoint.size - sum(kinds.values()),
        "root_vkey": log.root_vkey,
        "vkey": log.vkey,
        "public": str(log.public),
    }
    listed = "\n".join(f"  {count:>7} {kind}" for kind, count in sorted(kinds.items()))
    text = f"{log.name}, epoch {log.epoch}: {checkpoint.size} entries\n{listed}\nkey {log.root_vkey}"
    print_result(result, as_json=as_json, text=text)


@commons.command()
@click.argument("source", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--key", help="The root key, or an epoch's operating key; by default that of the own log.")
@log_option
@json_option
def verify(source: Path | None, key: str | None, log_directory: Path | None, as_json: bool) -> None:
    """Check every byte of a log against its key: the own one, or any copy in the directory SOURCE."""
    from glocal.commons.log import Log
    from glocal.commons.verify import verify_log

    own = log_path(log_directory)
    if key is None:
        key = Log.open(own).root_vkey
    verified = verify_log(source or own, key)
    result = {
        "verified": True,
        "origin": verified.origin,
        "size": verified.size,
        "root": verified.root,
        "records": verified.records,
        "erased": verified.erased,
    }
    text = f"{verified.origin}: all {verified.size} entries are as signed ({verified.erased} erased)."
    print_result(result, as_json=as_json, text=text)


@commons.command()
@click.argument("file", type=click.File("rb"))
@click.option("--month", help="YYYY-MM; by default this month.")
@log_option
@json_option
def append(file: Any, month: str | None, log_directory: Path | None, as_json: bool) -> None:
    """Add the record in FILE (one JSON object; '-' reads standard input); the same id is added once."""
    from glocal.commons.errors import RecordRefused
    from glocal.commons.log import Log
    from glocal.commons.model import MAX_RECORD_BYTES

    try:
        record = json.loads(file.read(4 * MAX_RECORD_BYTES))
    except (ValueError, RecursionError) as error:
        raise RecordRefused("The file is not one JSON object.", help="Give one record as JSON.") from error
    if not isinstance(record, dict):
        raise RecordRefused("The file is not one JSON object.", help="Give one record as JSON.")
    appended = Log.open(log_path(log_directory)).append(record, month=month or f"{datetime.now(UTC):%Y-%m}")
    result = {
        "index": appended.index,
        "id": appended.id,
        "leaf_hash": appended.leaf_hash,
        "created": appended.created,
        "size": appended.checkpoint.size,
        "root": appended.checkpoint.root.hex(),
    }
    verb = "is" if appended.created else "was already"
    print_result(result, as_json=as_json, text=f"Record {appended.id} {verb} entry {appended.index}.")


@commons.command()
@click.argument("target", type=click.Path(path_type=Path))
@log_option
@json_option
def export(target: Path, log_directory: Path | None, as_json: bool) -> None:
    """Copy the public part of the log to the directory TARGET, such as a memory stick, and verify the copy."""
    from glocal.commons.errors import LogExists
    from glocal.commons.log import Log
    from glocal.commons.verify import verify_log

    log = Log.open(log_path(log_directory))
    if target.exists() and any(target.iterdir()):
        raise LogExists(f"{target} is not empty.", help="Name a new directory.", directory=str(target))
    progress(f"Copying {log.public} …")
    shutil.copytree(log.public, target, dirs_exist_ok=True)
    verified = verify_log(target, log.root_vkey)
    result = {"directory": str(target), "size": verified.size, "root": verified.root, "root_vkey": log.root_vkey}
    print_result(result, as_json=as_json, text=f"{verified.size} entries are in {target}.")


@commons.command()
@click.argument("record_id")
@click.option("--reason", help="One public word: mistake, privacy, owner_asked, superseded, unsafe, spam, wrong.")
@log_option
@json_option
def retract(record_id: str, reason: str | None, log_directory: Path | None, as_json: bool) -> None:
    """Erase the record RECORD_ID of the own log and leave a tombstone, which followers obey."""
    from glocal.commons.erase import retract as take_back
    from glocal.commons.log import Log

    log = Log.open(log_path(log_directory))
    tombstone = take_back(log, record_id, month=f"{datetime.now(UTC):%Y-%m}", reason=reason)
    result = {"id": tombstone.id, "index": tombstone.index, "created": tombstone.created, "target": record_id}
    print_result(result, as_json=as_json, text=f"Record {record_id} is erased; entry {tombstone.index} says so.")


@commons.command()
@click.option(
    "--root-key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The root key's file, when it is kept elsewhere.",
)
@click.option(
    "--from",
    "mirrors",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A directory with a copy of this log, asked first for entries that a restored backup lacks; may be repeated.",
)
@passphrase_option
@log_option
@json_option
def successor(
    root_key: Path | None,
    mirrors: tuple[Path, ...],
    passphrase_file: Path | None,
    log_directory: Path | None,
    as_json: bool,
) -> None:
    """Go on in a new epoch with a fresh key: after a restored backup, a lost or a stolen key."""
    from glocal.commons.keys import load_keys
    from glocal.commons.log import Log
    from glocal.commons.successor import begin_epoch, catch_up
    from glocal.commons.verify import reader_of

    log = Log.open(log_path(log_directory))
    gained = catch_up(log, [reader_of(mirror) for mirror in mirrors])
    keys = load_keys(log.keys.directory, root_file=root_key, passphrase=passphrase_in(passphrase_file))
    identity = begin_epoch(log, keys)
    result = {"epoch": identity.epoch, "vkey": identity.vkey, "caught_up": gained, "root_vkey": identity.root_vkey}
    text = f"{gained} entries came back. {log.name} goes on in epoch {identity.epoch}. Take the root key away again."
    print_result(result, as_json=as_json, text=text)


@commons.command()
@log_option
@json_option
def moved(log_directory: Path | None, as_json: bool) -> None:
    """Say that the log was moved here and that no other copy of it is written to."""
    from glocal.commons.log import Log

    log = Log.open(log_path(log_directory))
    log.mark_home()
    result = {"directory": str(log.directory), "size": log.checkpoint().size}
    print_result(result, as_json=as_json, text=f"{log.name} is written in {log.directory} from now on.")
