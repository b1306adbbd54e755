"""The group ``glocal commons`` and the options that its commands share."""

from __future__ import annotations

import os
from pathlib import Path

import click

import glocal
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
    """Read, publish and verify the shop's signed log; ask what the network knows."""
