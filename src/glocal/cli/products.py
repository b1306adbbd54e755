"""``glocal products``: what the own shop sells, a design of one's own onto its shelf, and off it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glocal.cli.numbers import Number
from glocal.cli.output import json_option, print_result
from glocal.cli.own_shop import need_shop

if TYPE_CHECKING:
    from glocal.shop.products.models import Product

existing = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def products() -> None:
    """Sell designs of your own: bring them, show them, hide them."""


@products.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the products of the shop of this machine."""
    need_shop()
    from glocal.shop.products.catalogue import catalogue

    rows = [described(each.product) for each in catalogue()]
    lines = [f"{row['slug']:<32} {row['state']:<12} {row['title']}" for row in rows]
    print_result({"products": rows}, as_json=as_json, text="\n".join(lines) or "The shop sells nothing yet.")


@products.command()
@click.argument("file", type=existing)
@click.option("--title", default="", help="What it is called; needed where FILE does not say it.")
@click.option("--author", default="", help="Who designed it, with commas between several; usual: the shop.")
@click.option("--licence", default="", help="SPDX expression, or LicenseRef-all-rights-reserved for yours alone.")
@click.option("--description", default="", help="What it is for, in a sentence.")
@click.option("--language", default="en", show_default=True, help="Of title and description.")
@click.option("--material", "materials", multiple=True, help="That suits it, the best first; else all.")
@click.option("--minutes", default=10.0, show_default=True, type=Number(0, 600), help="Own work on a piece.")
@click.option("--replaces", metavar="SLUG", help="The product of which FILE is a newer version.")
@json_option
def add(file: Path, minutes: float, replaces: str | None, as_json: bool, **said: Any) -> None:
    """Make a product of FILE: an OpenSCAD design (.scad), or a zip with one and all that it needs.

    Only its address leads to it until 'glocal products show' puts it on the shelf.
    """
    shop = need_shop()
    from glocal.shop.products.own_designs import Said, bring_design

    product = bring_design(
        shop,
        file.read_bytes(),
        file.name,
        Said(**said),
        work_min=minutes,
        replaces=_product(replaces) if replaces else None,
    )
    result = {**described(product), "version": product.template().version}
    text = f"{result['title']} ({product.slug}), version {result['version']}: {result['state']}."
    print_result(result, as_json=as_json, text=text)


@products.command()
@click.argument("slug")
@click.option("--title", help="What customers read it is called; empty: as the design says.")
@click.option("--description", help="What it is for, in a sentence; empty: as the design says.")
@click.option("--language", default="en", show_default=True, help="Of title and description.")
@click.option("--minutes", type=Number(0, 600), help="Own work on a piece.")
@click.option("--margin", type=Number(0, 1000), metavar="PERCENT", help="On top of the costs.")
@click.option("--minimum", type=Number(0), metavar="SUM", help="Least that an order brings, before tax.")
@click.option("--usual-prices", is_flag=True, help="Margin and least sum as for the whole shop again.")
@click.option("--position", type=click.IntRange(0, 10_000), help="Place on the shelf; 0 stands first.")
@json_option
def edit(slug: str, language: str, as_json: bool, **changes: Any) -> None:
    """Change what customers read of the product SLUG, and how it is priced; what is ordered stays as it was bought."""
    need_shop()
    from glocal.shop.products.edit import Edit, edit_product

    if not any(value is not None and value is not False for value in changes.values()):
        raise click.UsageError("Say what to change, for example --title.")
    usual = changes.pop("usual_prices")
    product = edit_product(_product(slug), Edit(language=language, usual_prices=usual, **changes))
    texts = {name: product.text(field, language) for name, field in (("title", "title"), ("description", "summary"))}
    result = {**described(product), **texts, "language": language, "price_rules": product.price_rules}
    print_result(result, as_json=as_json, text=f"{texts['title']} ({product.slug}): {texts['description']}")


@products.command()
@click.argument("slug")
@json_option
def show(slug: str, as_json: bool) -> None:
    """Put the product SLUG on the shelf."""
    _set(slug, live=True, as_json=as_json)


@products.command()
@click.argument("slug")
@json_option
def hide(slug: str, as_json: bool) -> None:
    """Take the product SLUG off the shelf; what was ordered goes on."""
    _set(slug, live=False, as_json=as_json)


@products.command()
@click.argument("slug")
@click.option("--from", "made_from", metavar="HASH", default="", help="The published design that it was made from.")
@click.option("--relation", default="remix", show_default=True, help="How: remix, port, fix or regional_variant.")
@json_option
def share(slug: str, made_from: str, relation: str, as_json: bool) -> None:
    """Share the design of the product SLUG with other shops, or tell anew what prints of it have taught since."""
    need_shop()
    from glocal.shop.commons.share_design import share_design

    product = _product(slug)
    shared = share_design(product, made_from=made_from, relation=relation)
    result = {**described(product), "hash": product.shared_as, "record": shared.record_id, "version": shared.version}
    text = f"{result['title']}, version {shared.version}, is shared as {product.shared_as}."
    print_result(result, as_json=as_json, text=text)


@products.command("take-back")
@click.argument("slug")
@json_option
def take_back(slug: str, as_json: bool) -> None:
    """Take the shared design of the product SLUG back; whoever follows the shop erases it too."""
    need_shop()
    from glocal.shop.commons.share_design import take_back_design

    product = _product(slug)
    take_back_design(product)
    print_result(described(product), as_json=as_json, text=f"{product.text('title', 'en')} is taken back.")


def described(product: Product) -> dict[str, Any]:
    """Return a product as the commands tell it; to one that is unlisted only its address leads."""
    state = "hidden" if not product.is_live else "shown" if product.is_listed else "unlisted"
    return {"slug": product.slug, "title": product.text("title", "en"), "state": state, "package": product.package}


def _set(slug: str, *, live: bool, as_json: bool) -> None:
    need_shop()
    from glocal.shop.products.actions import set_live

    result = described(set_live(_product(slug), live=live))
    print_result(result, as_json=as_json, text=f"{result['title']}: {result['state']}.")


def _product(slug: str) -> Product:
    from glocal.shop.access import Actor
    from glocal.shop.products.catalogue import access_product

    return access_product(slug, actor=Actor(owner=True))
