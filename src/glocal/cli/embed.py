"""``glocal embed``: which web sites may show the shop's products inside their own pages."""

from __future__ import annotations

import click

from glocal.cli.output import json_option, print_result
from glocal.cli.serve import set_up_django


@click.group()
def embed() -> None:
    """Let your own web site show the shop's products."""


@embed.command()
@click.argument("site")
@json_option
def allow(site: str, as_json: bool) -> None:
    """Let pages of SITE, such as https://www.example.org, show the shop in a frame."""
    set_up_django()
    from glocal.shop.embedding import actions
    from glocal.shop.shops.queries import the_shop

    origin = actions.allow(the_shop(), site)
    _print(as_json, f"{origin} may show the shop now.", origin)


@embed.command()
@click.argument("site")
@json_option
def forbid(site: str, as_json: bool) -> None:
    """Let pages of SITE show the shop no more."""
    set_up_django()
    from glocal.shop.embedding import actions
    from glocal.shop.shops.queries import the_shop

    origin = actions.forbid(the_shop(), site)
    _print(as_json, f"{origin} may not show the shop any more.", origin)


@embed.command(name="list")
@json_option
def list_sites(as_json: bool) -> None:
    """List the web sites that may show the shop."""
    set_up_django()
    _print(as_json, "", None)


def _print(as_json: bool, done: str, origin: str | None) -> None:
    from glocal.shop.embedding.queries import allowed_origins
    from glocal.shop.shops.queries import the_shop

    sites = allowed_origins(the_shop())
    text = done or "\n".join(sites) or "No other web site may show the shop."
    print_result({"origin": origin, "sites": sites}, as_json=as_json, text=text)
