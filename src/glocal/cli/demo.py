"""``glocal demo``: one real order, from a wish to a printed part and a signed record, in front of the user's eyes."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import click

from glocal.cli.numbers import Number
from glocal.cli.output import json_option, print_result

STATE = ".shop"  # inside the output directory: the demonstration shop's database, files and keys


@click.command()
@click.option(
    "--output",
    "output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-output"),
    show_default=True,
    help="Where the 3MF, the G-code, the picture and the trace are left.",
)
@click.option("--name", default="أمينة", show_default=True, help="The customer's name, engraved; any script.")
@click.option(
    "--motor-speed",
    type=Number(1, 100_000),
    default=250.0,
    show_default=True,
    help="How many times faster than a real machine the virtual motor moves.",
)
@json_option
def demo(output: Path, name: str, motor_speed: float, as_json: bool) -> None:
    """Send one real order from a wish to a printed part.

    A demonstration shop sells a sign with the customer's own name. It is shaped, checked, priced, ordered, sliced by
    PrusaSlicer, matched to one of five makers, printed by a real OctoPrint server (only the motor at its end is
    virtual), learnt from, and recorded in the shop's signed log. Nothing leaves this machine.
    """
    output = output.absolute()
    start_afresh(output)
    prepare_django(output / STATE)
    from glocal.cli.demo_walk import Walk

    trace = Walk(output, name, motor_speed=motor_speed, say=lambda line: click.echo(f"  {line}", err=as_json)).run()
    path = output / "trace.json"
    trace["files"]["trace"] = str(path)
    path.write_text(json.dumps(trace, ensure_ascii=False, indent=1), encoding="utf-8")
    text = f"One order in {trace['seconds']:.0f} s; 3MF, G-code, picture and trace are in {output}"
    print_result(trace, as_json=as_json, text=text)


def start_afresh(output: Path) -> None:
    """Remove what an earlier demonstration left in its own directory, and nothing else."""
    output.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(output / STATE, ignore_errors=True)
    for name in ("part.3mf", "part.gcode", "part.png", "trace.json"):
        (output / name).unlink(missing_ok=True)


def prepare_django(state: Path) -> None:
    """Point the application at the demonstration's own state: SQLite, and quick looks at the printer."""
    os.environ.pop("DATABASE_URL", None)
    os.environ["GLOCAL_HOME"] = str(state)
    os.environ["GLOCAL_PACE"] = json.dumps({"poll_s": 0.5, "queue_poll_s": 0.1, "wait_s": 0.5, "share_within_s": 1.0})
    os.environ["DJANGO_SETTINGS_MODULE"] = "glocal.settings"
    import django

    django.setup()
