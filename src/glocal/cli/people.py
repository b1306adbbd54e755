"""``glocal people``: hand out and erase what the shop knows about a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from glocal.cli.output import json_option, print_result
from glocal.cli.own_shop import need_shop

if TYPE_CHECKING:
    from glocal.shop.people.data import Person

maker_option = click.option("--maker", is_flag=True, help="WHO is the short name of a maker, not a mail address.")


@click.group()
def people() -> None:
    """Hand out, or erase, what the shop knows about a customer or a maker."""


def _person(who: str, *, maker: bool) -> Person:
    need_shop()
    from glocal.shop.people.data import customer_by_email, maker_by_slug

    return maker_by_slug(who) if maker else customer_by_email(who)


@people.command()
@click.argument("who")
@maker_option
@json_option
def export(who: str, maker: bool, as_json: bool) -> None:
    """Print everything that is known about WHO, a mail address."""
    person = _person(who, maker=maker)
    from glocal.shop.people.data import export_person

    found = export_person(person)
    lines = [f"{each['what']}: {len(each['rows'])}" for each in found["data"]]
    print_result(found, as_json=as_json, text="\n".join([*lines, "With --json: all of it."]))


@people.command()
@click.argument("who")
@maker_option
@click.option("--yes", is_flag=True, help="Do not ask; it cannot be undone.")
@json_option
def erase(who: str, maker: bool, yes: bool, as_json: bool) -> None:
    """Erase WHO, a mail address; sums, dates and what was made stay, without the person."""
    person = _person(who, maker=maker)
    from glocal.shop.people.data import erase_person

    if not yes:
        click.confirm(f"Erase {', '.join(sorted(person.names)) or who} for ever?", abort=True, err=True)
    counts = erase_person(person)
    print_result(
        {"erased": counts},
        as_json=as_json,
        text="Erased: " + ", ".join(f"{name} {count}" for name, count in counts.items()),
    )
