"""``glocal serve``: the whole shop in one process; ``glocal worker``: more hands for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import click

from glocal.cli.algebra import one_thread_of_algebra
from glocal.cli.numbers import Number
from glocal.cli.output import progress
from glocal.cli.own_shop import set_up_django

DEMO_PRINTER_SPEED = 60.0
"""How many times faster than a real machine the demonstration's printer runs: an hour's print takes a minute."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen at.")
@click.option("--with-demo-printer", is_flag=True, help="Start a real OctoPrint with its virtual printer as well.")
@click.option(
    "--demo-printer-speed",
    default=DEMO_PRINTER_SPEED,
    show_default=True,
    type=Number(1, endless=True),
    help="How many times faster than a real machine the virtual printer runs.",
)
@click.option(
    "--no-demo",
    is_flag=True,
    help="Do not set up or refresh the demonstration shop; beside a shop of its own it never is.",
)
def serve(host: str, port: int, with_demo_printer: bool, demo_printer_speed: float, no_demo: bool) -> None:
    """Start the shop's web application, with a worker that carries its orders.

    State lies in GLOCAL_HOME (see its default with `glocal serve --help`: the directory var of a checkout, else the
    user's data directory). End it with Ctrl-C: orders that are on their way go on at the next start.
    """
    os.environ.setdefault("GLOCAL_URL", f"http://{f'[{host}]' if ':' in host else host}:{port}")
    one_thread_of_algebra()
    set_up_django()
    from glocal.cli.web_server import check_port_is_free, end_stragglers, run_web_server
    from glocal.shop.people.actions import first_owner
    from glocal.shop.products.shelf_watch import shelf_being_kept
    from glocal.shop.workers.run import embedded_worker
    from glocal.shop.workflow.engine import migrate
    from glocal.shop.workflow.pace import pace

    check_port_is_free(host, port)
    migrate()
    with ExitStack() as stack:
        owner = first_owner() if _is_without_demo(no_demo, with_demo_printer) else _seed_demo_shop()
        if with_demo_printer:
            stack.enter_context(_demo_printer(demo_printer_speed))
        stack.enter_context(embedded_worker())
        stack.enter_context(shelf_being_kept(pace().shelf_s))
        run_web_server(host, port, on_ready=partial(_greet, owner=owner))
    end_stragglers()


@click.command()
def worker() -> None:
    """Run a worker that carries orders, without the web pages; end it with Ctrl-C."""
    one_thread_of_algebra()
    set_up_django()
    from glocal.shop.workers.run import run_worker
    from glocal.shop.workflow.engine import migrate

    migrate()
    progress("The worker carries orders. End it with Ctrl-C.")
    run_worker()


def _is_without_demo(no_demo: bool, with_demo_printer: bool) -> bool:
    """Say whether the demonstration is to stay away: its makers and its password have no place beside an own shop."""
    from glocal.shop.demo_shop import own_shop
    from glocal.shop.errors import NotNow

    shop = own_shop()
    if with_demo_printer and (no_demo or shop):
        raise NotNow(
            "The demonstration's printer belongs to the demonstration shop, which is not set up here.",
            help="Start without --with-demo-printer, or give the demonstration a GLOCAL_HOME of its own.",
        )
    if shop and not no_demo:
        progress(f"This is the home of {shop.name}: the demonstration shop is not set up beside it.")
    return no_demo or shop is not None


def _seed_demo_shop() -> tuple[str, str] | None:
    """Set the demonstration up; return the owner's name and password where they are to be told."""
    from glocal.shop.demo_shop import seed
    from glocal.shop.people.demo import ensure_owner

    shop = seed()
    progress(f"The demonstration shop is set up: {shop.name}, {shop.town}.")
    return ensure_owner()


@contextmanager
def _demo_printer(speed: float) -> Iterator[None]:
    """Run a real OctoPrint with its virtual printer, connected to the shop's own machine."""
    from django.conf import settings

    from glocal.production.octoprint_server import VirtualOctoPrint
    from glocal.shop.demo_shop import connect_virtual_printer

    progress("Starting OctoPrint with its virtual printer …")
    with VirtualOctoPrint(Path(settings.GLOCAL_HOME) / "octoprint", speed=speed) as server:
        machine = connect_virtual_printer(server.url, server.api_key, speed=speed)
        progress(f"{machine.name}: {server.url}, {speed:g} times as fast as a real one.")
        yield


def _greet(url: str, *, owner: tuple[str, str] | None) -> None:
    """Say where the shop is, once it answers."""
    from glocal.shop.makers.links import link_of
    from glocal.shop.makers.models import Maker

    click.echo(f"The shop is open at {url}/")
    maker = Maker.objects.filter(is_active=True, machines__connection__isnull=False).order_by("created_at").first()
    if maker is not None:
        click.echo(f"The page of its maker {maker.name}: {url}/maker/{link_of(maker)}/")
    signs_in = f" (sign in as {owner[0]} with the password {owner[1]})" if owner else ""
    click.echo(f"The owner's desk: {url}/desk/{signs_in}")
    click.echo("End with Ctrl-C.")
