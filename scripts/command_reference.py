"""Write ``docs/commands.md`` from the commands' own help: ``python scripts/command_reference.py``.

A test compares the file with what this would write, so that no command and no option goes undocumented.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from glocal.cli import COMMANDS, cli

TARGET = Path(__file__).parents[1] / "docs" / "commands.md"
HEAD = """# Commands

Every command prints for people, and one JSON object with `--json`; progress goes to standard error.
Exit codes: 0 done, 2 wrong usage, 3 bad input, 4 cannot be made, 5 an outside part (slicer, printer, peer) failed.

This page is written by `python scripts/command_reference.py` from the commands themselves.
"""


def walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, click.Command]]:
    """Yield a command and all below it, with the words that call each."""
    yield " ".join(path), command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from walk(below, (*path, name))


def every_command() -> Iterator[tuple[str, click.Command]]:
    """Yield all commands of ``glocal`` in order."""
    context = click.Context(cli)
    for name in sorted(COMMANDS):
        command = cli.get_command(context, name)
        if command is not None:
            yield from walk(command, ("glocal", name))


def section(words: str, command: click.Command) -> str:
    """Return one command's section."""
    arguments = [p.make_metavar(click.Context(command)) for p in command.params if isinstance(p, click.Argument)]
    level = "##" if words.count(" ") == 1 else "###"
    lines = [f"{level} `{' '.join([words, *arguments])}`", "", inspect.cleandoc(command.help or "").replace("\b\n", "")]
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    if options:
        lines += ["", "| option | meaning |", "|---|---|"]
    for option in options:
        names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
        lines.append(f"| {names} | {(option.help or '').replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n"


def reference() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(section(words, command) for words, command in every_command())])


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
