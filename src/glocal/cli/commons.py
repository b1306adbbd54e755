"""``glocal commons``: the shop's signed log. What the network knows is in :mod:`glocal.cli.commons_ask`."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from glocal.cli import (
    commons_ask,
    commons_capacity,
    commons_designs,
    commons_evaluate,
    commons_follow,
    commons_tried,
)
from glocal.cli.commons_group import commons, log_option, log_path, passphrase_in, passphrase_option
from glocal.cli.output import json_option, print_result, progress


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
def publish(file: Any, month: str | None, log_directory: Path | None, as_json: bool) -> None:
    """Add the record in FILE (one JSON object; '-' reads standard input); the same id is added once.

    Which kinds and fields there are says docs/protocol.md, section 8. A new id, the version and the usual licence are
    filled in where FILE has none.
    """
    from glocal.commons.errors import RecordRefused
    from glocal.commons.log import Log
    from glocal.commons.model import MAX_RECORD_BYTES
    from glocal.commons.records import with_head

    try:
        record = json.loads(file.read(4 * MAX_RECORD_BYTES))
    except (ValueError, RecursionError) as error:
        raise RecordRefused("The file is not one JSON object.", help="Give one record as JSON.") from error
    if not isinstance(record, dict):
        raise RecordRefused("The file is not one JSON object.", help="Give one record as JSON.")
    record = with_head(record, new_id=str(uuid4()))
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
        better = "Name a new directory; 'glocal commons mirror' brings one that is there up to date."
        raise LogExists(f"{target} is not empty.", help=better, directory=str(target))
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
    commons_ask.forget(log.directory)
    result = {"id": tombstone.id, "index": tombstone.index, "created": tombstone.created, "target": record_id}
    text = (
        f"Record {record_id} is erased; entry {tombstone.index} says so. Followers erase it when they next sync, "
        "mirrors and memory sticks when they are written anew."
    )
    print_result(result, as_json=as_json, text=text)


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


@commons.command()
@click.argument("target", type=click.Path(path_type=Path))
@log_option
@json_option
def mirror(target: Path, log_directory: Path | None, as_json: bool) -> None:
    """Copy the own log and those of all followed shops to TARGET, each verified, for a web server or a memory stick."""
    from dataclasses import asdict

    from glocal.commons.mirror import write_mirror

    logs = write_mirror(log_path(log_directory), target)
    result = {"directory": str(target), "logs": [asdict(entry) for entry in logs]}
    text = "\n".join(f"{entry.path}: {entry.name}, {entry.size} entries" for entry in logs)
    print_result(result, as_json=as_json, text=text or "There is nothing to mirror yet.")


@commons.command()
@click.argument("proof", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
def judge(proof: Path, as_json: bool) -> None:
    """Check the file PROOF that somebody hands on as evidence that a shop signed two histories."""
    from glocal.commons.evidence import Contradiction, check_contradiction

    evidence = Contradiction.from_json(proof.read_text(encoding="utf-8"))
    first, second = check_contradiction(evidence)
    result = {"holds": True, "vkey": evidence.vkey, "sizes": [first.size, second.size], "origin": first.origin}
    text = f"The proof holds: {first.origin} signed two histories, of {first.size} and {second.size} entries."
    print_result(result, as_json=as_json, text=text)


@commons.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=8700, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 takes any that is free."
)
@click.option("--directory", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Serve this instead.")
@log_option
@json_option
def serve(host: str, port: int, directory: Path | None, log_directory: Path | None, as_json: bool) -> None:
    """Serve the public part of the log until stopped; any static web server does as well."""
    from glocal.cli.web_server import check_port_is_free
    from glocal.commons.serve import LogServer

    check_port_is_free(host, port)
    with LogServer(directory or log_path(log_directory) / "public", host, port) as server:
        print_result({"url": server.url}, as_json=as_json, text=f"Serving at {server.url}; stop with Ctrl-C.")
        sys.stdout.flush()
        server.serve_forever()


for further in (
    commons_follow.follow,
    commons_follow.unfollow,
    commons_follow.block,
    commons_follow.sync,
    commons_ask.search,
    commons_ask.ask,
    commons_evaluate.evaluate,
    commons_designs.import_,
    commons_designs.convert,
    commons_designs.publish_design,
    commons_designs.fetch_design,
    commons_designs.use_design,
    commons_capacity.offer,
    commons_capacity.offers,
    commons_tried.tried,
):
    commons.add_command(further)
