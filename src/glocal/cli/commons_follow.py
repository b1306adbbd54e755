"""``glocal commons follow``, ``unfollow``, ``block`` and ``sync``: the shops whose logs are copied here."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from glocal.cli.commons_ask import forget
from glocal.cli.commons_group import log_option, log_path
from glocal.cli.output import json_option, print_result, progress


@click.command()
@click.argument("address")
@click.option(
    "--mirror", "mirrors", multiple=True, help="Another address or directory with the same log; may be repeated."
)
@click.option("--key", help="The shop's root key; without it the address is believed about it, once.")
@click.option("--home", is_flag=True, help="The shop is in the own network or on this computer.")
@click.option("--labels", is_flag=True, help="Leave out what this shop labels as spam, wrong or unsafe, or blocks.")
@log_option
@json_option
def follow(  # noqa: PLR0917
    address: str,
    mirrors: tuple[str, ...],
    key: str | None,
    home: bool,
    labels: bool,
    log_directory: Path | None,
    as_json: bool,
) -> None:
    """Follow the shop at ADDRESS (a web address or a directory); 'sync' then keeps a verified copy."""
    from glocal.commons.following import follow as begin
    from glocal.commons.mirror import logs_in

    for name, path in logs_in(Path(address)) if "://" not in address else ():
        progress(f"{address} is a mirror of several logs; {path} is that of {name}.")
    sources = tuple(place if "://" in place else str(Path(place).resolve()) for place in (address, *mirrors))
    copy = begin(log_path(log_directory) / "peers", sources, root_vkey=key, allow_home=home, labels=labels)
    result = {"root_vkey": copy.following.root_vkey, "directory": str(copy.directory), "addresses": list(sources)}
    trust = "" if key else "\nCompare this key with the shop by another way, such as a call."
    text = f"Following {copy.following.root_vkey}{trust}"
    print_result(result, as_json=as_json, text=text)


@click.command()
@click.argument("root_vkey", metavar="KEY")
@log_option
@json_option
def unfollow(root_vkey: str, log_directory: Path | None, as_json: bool) -> None:
    """Follow the shop with the root key KEY no more; its copy is removed, and nothing of it counts any longer."""
    from glocal.commons.following import unfollow as stop
    from glocal.commons.peer import PeerCopy, peer_id

    copy = PeerCopy.open(log_path(log_directory) / "peers" / peer_id(root_vkey))
    stop(copy)
    result = {"root_vkey": root_vkey, "followed": False}
    print_result(result, as_json=as_json, text=f"{root_vkey.partition('+')[0]} is not followed any more.")


@click.command()
@click.argument("root_vkey", metavar="KEY")
@log_option
@json_option
def block(root_vkey: str, log_directory: Path | None, as_json: bool) -> None:
    """Leave out all that the shop with the root key KEY says, here and at those who heed this shop's labels."""
    from glocal.commons.labels import block_record
    from glocal.commons.log import Log
    from glocal.commons.notes import parse_vkey

    parse_vkey(root_vkey)
    log = Log.open(log_path(log_directory))
    appended = log.append(block_record(root_vkey), month=f"{datetime.now(UTC):%Y-%m}")
    result = {"id": appended.id, "index": appended.index, "created": appended.created, "blocked": root_vkey}
    print_result(result, as_json=as_json, text=f"{root_vkey.partition('+')[0]} is left out; entry {appended.index}.")


@click.command()
@log_option
@json_option
def sync(log_directory: Path | None, as_json: bool) -> None:
    """Bring the copies of all followed shops up to date; exit code 5 when one of them has lied."""
    from glocal.commons.following import sync_followed
    from glocal.commons.peer import followed
    from glocal.commons.sync import EVERYWHERE

    def where(source: str) -> str:
        return "everywhere" if source == EVERYWHERE else f"at {source}"

    peers: list[dict[str, Any]] = []
    for copy in followed(log_path(log_directory) / "peers"):
        name = copy.following.root_vkey.partition("+")[0]
        progress(f"Syncing {name} …")
        report = sync_followed(copy, now=datetime.now(UTC))
        peers.append(
            {
                "name": name,
                "root_vkey": copy.following.root_vkey,
                "epoch": report.epoch,
                "size": report.size,
                "new_entries": report.new_entries,
                "healed": report.healed,
                "erased": report.erased,
                "holes": report.holes,
                "fork": bool(report.accusations) or bool(copy.state.contradicted),
                "proofs": [str(path) for path in copy.proofs],
                "events": [
                    {"code": event.code, "source": event.source, "message": event.message, "evidence": event.evidence}
                    for event in report.events
                ],
            }
        )
    if any(peer["erased"] for peer in peers):
        forget(log_path(log_directory))
    lines = [
        f"{peer['name']}: {peer['size']} entries, {peer['new_entries']} new, {peer['holes']} missing"
        + (f", {peer['erased']} erased" if peer["erased"] else "")
        + "".join(f"\n  {event['code']} {where(event['source'])}: {event['message']}" for event in peer["events"])
        + "".join(
            f"\n  The shop has signed two histories; 'glocal commons judge {path}' proves it."
            for path in peer["proofs"]
        )
        for peer in peers
    ]
    print_result({"peers": peers}, as_json=as_json, text="\n".join(lines) or "Nobody is followed yet.")
    if any(peer["fork"] for peer in peers):
        sys.exit(5)
