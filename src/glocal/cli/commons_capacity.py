"""``glocal commons offer`` and ``offers``: idle machine time between shops."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from glocal.cli.numbers import Number
from glocal.cli.output import json_option, print_result
from glocal.cli.own_shop import need_shop, set_up_django
from glocal.commons.schema import WEEKDAYS

if TYPE_CHECKING:
    from glocal.network.peers import PeerOffer


def offers_of_others(now: datetime) -> list[PeerOffer]:
    """Return what the shops that this one follows offer."""
    set_up_django()
    from glocal.shop.commons.capacity import peer_offers

    return peer_offers(now)


@click.command()
@click.argument("machine")
@click.option("--material", "materials", multiple=True, help="A material that may be asked for; may be repeated.")
@click.option("--until", metavar="YYYY-MM", help="The last month of the offer.  [default: this month]")
@click.option(
    "--hourly", "hour_minor", type=click.IntRange(0), help="Price of an hour in cents; without, it is to be asked."
)
@click.option("--most", nargs=3, type=Number(1), metavar="X Y Z", help="The largest part that is taken, mm.")
@click.option("--day", "days", multiple=True, type=click.Choice(WEEKDAYS), help="An idle day; may be repeated.")
@click.option("--wait-days", default=1, show_default=True, type=click.IntRange(0, 60), help="Until it can begin.")
@click.option("--hours", type=Number(1, 1000), help="Machine hours that are offered in all.")
@click.option("--tell-place", is_flag=True, help="Say roughly where it is, to a tenth of a degree.")
@click.option("--take-back", is_flag=True, help="Erase the machine's offer instead.")
@json_option
def offer(machine: str, take_back: bool, until: str | None, as_json: bool, **said: Any) -> None:
    """Offer the idle time of the shop's MACHINE to other shops, under conditions; it replaces an earlier offer."""
    shop = need_shop()
    from glocal.shop.commons.capacity import Conditions, offer_idle_time, take_back_offer
    from glocal.shop.errors import NotFound
    from glocal.shop.makers.models import MakerMachine

    row = MakerMachine.objects.filter(slug=machine).select_related("maker").first()
    if row is None:
        known = ", ".join(MakerMachine.objects.values_list("slug", flat=True)[:20])
        raise NotFound(f"There is no machine “{machine}”.", help=f"Name one of: {known or 'none yet'}.")
    if take_back:
        taken = take_back_offer(row)
        text = "The offer is erased." if taken else "Nothing was offered of this machine."
        print_result({"machine": machine, "taken_back": taken}, as_json=as_json, text=text)
        return
    most = said.pop("most")
    conditions = Conditions(
        **{**said, "materials": tuple(said["materials"]), "days": tuple(said["days"])},
        until=until or f"{datetime.now(UTC):%Y-%m}",
        max_extent_mm=most or None,
    )
    published = offer_idle_time(shop, row, conditions, said_by="owner")
    result = {"machine": machine, "id": published.record_id, "conditions": published.conditions}
    text = f"Offered until {conditions.until}: {', '.join(conditions.materials)}. Record {published.record_id}."
    print_result(result, as_json=as_json, text=text)


@click.command()
@json_option
def offers(as_json: bool) -> None:
    """List the idle machines that followed shops offer; to use one, ask the shop."""
    found: list[dict[str, Any]] = [
        {
            "id": each.id,
            "shop": each.shop,
            "url": each.url,
            "machine": each.model,
            "materials": list(each.materials),
            "ends": each.ends.isoformat(),
            "days": list(each.days),
            "wait_days": each.wait_days,
            "hours": each.hours_left,
            "max_extent_mm": each.max_extent_mm,
            "hour_minor": each.hour.minor if each.hour else None,
            "currency": each.hour.currency if each.hour else None,
        }
        for each in offers_of_others(datetime.now(UTC))
    ]
    lines = [
        f"{one['shop']}: {one['machine']}, {', '.join(one['materials'])}, until {one['ends'][:10]}" for one in found
    ]
    print_result({"offers": found}, as_json=as_json, text="\n".join(lines) or "No shop that you follow offers any.")
