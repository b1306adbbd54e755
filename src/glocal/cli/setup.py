"""``glocal setup``: a whole shop from one file, without questions."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import click

from glocal.cli.output import json_option, print_result
from glocal.cli.own_shop import set_up_django


@click.command("setup")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--owner", default="owner", show_default=True, help="Name with which the owner signs in.")
@json_option
def setup(file: Path, owner: str, as_json: bool) -> None:
    """Set a shop up from FILE (TOML, see docs/setup.toml) and open it; then start it with `glocal serve --no-demo`.

    The owner's password is taken from GLOCAL_OWNER_PASSWORD; without it one is made up and told once.
    """
    set_up_django()
    from glocal.shop.people.actions import set_owner
    from glocal.shop.shops.setup_file import read_setup, set_up
    from glocal.shop.workflow.engine import migrate

    wanted = read_setup(file)
    migrate()
    shop = set_up(wanted)
    given = os.environ.get("GLOCAL_OWNER_PASSWORD", "")
    password = given or secrets.token_urlsafe(12)
    set_owner(owner, password)
    products = [product.slug for product in shop.products.all()]
    result = {"shop": shop.slug, "name": shop.name, "currency": shop.currency, "products": products, "owner": owner}
    told = {} if given else {"password": password}
    lines = [
        f"{shop.name} in {shop.town} is set up: {', '.join(products)}.",
        f"The owner signs in as {owner}" + (f" with the password {password}" if told else "") + ".",
        "Start it with: glocal serve --no-demo",
    ]
    print_result({**result, **told}, as_json=as_json, text="\n".join(lines))
