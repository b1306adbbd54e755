"""``glocal embed``: which web sites may show the shop's products inside their own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from glocal.cli.output import json_option, print_result
from glocal.cli.own_shop import need_shop

if TYPE_CHECKING:
    from glocal.shop.models import Shop


@click.group()
def embed() -> None:
    """Let your own web site show the shop's products."""


@embed.command()
@click.argument("site")
@json_option
def allow(site: str, as_json: bool) -> None:
    """Let pages of SITE, such as https://www.example.org, show the shop in a frame."""
    shop = need_shop()
    from glocal.shop.embedding import actions

    origin = actions.allow(shop, site)
    _print(shop, as_json, f"{origin} may show the shop now.", origin)


@embed.command()
@click.argument("site")
@json_option
def forbid(site: str, as_json: bool) -> None:
    """Let pages of SITE show the shop no more."""
    shop = need_shop()
    from glocal.shop.embedding import actions

    origin = actions.forbid(shop, site)
    _print(shop, as_json, f"{origin} may not show the shop any more.", origin)


@embed.command(name="list")
@json_option
def list_sites(as_json: bool) -> None:
    """List the web sites that may show the shop."""
    _print(need_shop(), as_json, "", None)


def _print(shop: Shop, as_json: bool, done: str, origin: str | None) -> None:
    from glocal.shop.embedding.queries import allowed_origins

    sites = allowed_origins(shop)
    text = done or "\n".join(sites) or "No other web site may show the shop."
    print_result({"origin": origin, "sites": sites}, as_json=as_json, text=text)
