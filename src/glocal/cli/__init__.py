"""The command line: every command prints for people, and JSON with ``--json``.

Commands live in one module per room and are loaded only when they are called, so that ``glocal --help`` starts fast.
"""

from __future__ import annotations

import importlib
import os
import sys

import click

from glocal import __version__
from glocal.cli.output import exit_code_for, file_trouble, print_error
from glocal.errors import GlocalError

# command name -> (module, attribute, one-line help); the help stands here so that listing commands imports nothing
COMMANDS: dict[str, tuple[str, str, str]] = {
    "calibrate": ("glocal.cli.quote", "calibrate", "Fit the instant estimate to the installed slicer."),
    "check": ("glocal.cli.design", "check", "Say whether a mesh can be printed, and what stands in the way."),
    "commons": ("glocal.cli.commons", "commons", "Share and verify the shop's signed log; ask what the network knows."),
    "demand": ("glocal.cli.demand", "demand", "Learn from choices what a region wants."),
    "demo": ("glocal.cli.demo", "demo", "Send one real order from a wish to a printed part."),
    "design": ("glocal.cli.design", "design", "Inspect and build parametric designs."),
    "embed": ("glocal.cli.embed", "embed", "Let your own web site show the shop's products."),
    "grow": ("glocal.cli.strategy_questions", "grow", "Ask which step pays."),
    "makers": ("glocal.cli.network", "makers", "Read and write lists of makers."),
    "machines": ("glocal.cli.production", "machines", "Search the machines that the slicer knows."),
    "match": ("glocal.cli.match", "match", "Find who can make a part or a design, and why others cannot."),
    "nest": ("glocal.cli.planning", "nest", "Lay pieces on as few plates as can be found."),
    "people": ("glocal.cli.people", "people", "Hand out or erase what is known about a person."),
    "plan": ("glocal.cli.planning", "plan", "Decide which orders to make, where, together with what, and when."),
    "orient": ("glocal.cli.mesh", "orient", "Find which way up a mesh prints best, and why."),
    "products": ("glocal.cli.products", "products", "Sell designs of your own."),
    "quote": ("glocal.cli.quote", "quote", "Price one piece, line by line."),
    "repair": ("glocal.cli.mesh", "repair", "Mend a mesh where that is safe."),
    "replan": ("glocal.cli.planning", "replan", "Take what happened into a plan: what changes for whom, and why."),
    "serve": ("glocal.cli.serve", "serve", "Start the shop's web application."),
    "setup": ("glocal.cli.setup", "setup", "Set a shop up from one file, without questions."),
    "slice": ("glocal.cli.production", "slice_", "Slice a part for a machine and a material."),
    "worker": ("glocal.cli.serve", "worker", "Run a worker that carries orders, without the web pages."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are first needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*COMMANDS, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their one-line help without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][2]) for name in sorted(COMMANDS)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="glocal")
def cli() -> None:
    """Sell what your customers help design and your neighbours print.

    Exit codes: 0 done, 2 wrong usage, 3 bad input, 4 cannot be made, 5 an outside part (slicer, printer, peer) failed.
    """


def main() -> None:
    """Run the command line and map every error to its exit code."""
    try:
        cli(standalone_mode=False)
    except GlocalError as error:
        print_error(error, as_json="--json" in sys.argv)
        sys.exit(exit_code_for(error))
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:  # who read the answer has read enough: `glocal … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        trouble = file_trouble(error)
        print_error(trouble, as_json="--json" in sys.argv)
        sys.exit(exit_code_for(trouble))
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
