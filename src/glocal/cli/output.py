"""How commands speak: text for people, JSON for programs, errors as both."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from glocal.errors import BadInput, CannotBeMade, GlocalError, OutsidePartFailed

Command = TypeVar("Command", bound=Callable[..., Any])

EXIT_CODES: tuple[tuple[type[GlocalError], int], ...] = ((BadInput, 3), (CannotBeMade, 4), (OutsidePartFailed, 5))

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")


def exit_code_for(error: GlocalError) -> int:
    """Return the exit code that tells a program what kind of error this was."""
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), 1)


class FileTrouble(BadInput):
    """A file or a directory that was named cannot be read or written."""

    code = "file_trouble"


def file_trouble(error: OSError) -> FileTrouble:
    """Return what the operating system says of a file, in our words."""
    return FileTrouble(
        f"{error.filename or 'A file'} cannot be read or written: {error.strerror or error}.",
        help="Look whether it is there, whether it is a file or a directory as asked for, and whether you may use it.",
    )


def print_error(error: GlocalError, *, as_json: bool) -> None:
    """Print an error: as JSON on standard output for programs, always in words on standard error."""
    if as_json:
        click.echo(json.dumps({"error": error.as_dict()}, ensure_ascii=False))
    click.echo(f"Error: {error.message}", err=True)
    if error.help:
        click.echo(f"What would help: {error.help}", err=True)


def print_result(result: Mapping[str, Any], *, as_json: bool, text: str) -> None:
    """Print a result as JSON or as ``text``."""
    click.echo(json.dumps(result, ensure_ascii=False, allow_nan=False) if as_json else text)


def progress(message: str) -> None:
    """Tell a person on standard error what is going on."""
    click.echo(message, err=True)


@contextmanager
def told_to_wait(most_s: float, *, every_s: float = 10.0) -> Iterator[None]:
    """Tell on standard error, now and then, that the work goes on, how long it may last and how to end it."""
    done = threading.Event()

    def tell() -> None:
        spent_s = every_s
        while not done.wait(every_s):
            progress(f"Still at work after {spent_s:g} s of at most {most_s:g} s; Ctrl-C ends it.")
            spent_s += every_s

    threading.Thread(target=tell, daemon=True).start()
    try:
        yield
    finally:
        done.set()
