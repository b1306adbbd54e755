"""``glocal match``: who can make a part, a design or a thing of several parts, and why the others cannot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glocal.cli.network import known_makers, makers_option
from glocal.cli.numbers import Number
from glocal.cli.output import json_option, print_result, progress

if TYPE_CHECKING:
    from glocal.cli.match_needs import Asked
    from glocal.network.match_kit import KitMatch
    from glocal.network.model import MatchResult, Rejection

NOTED = 5  # deviations told; `glocal makers import` lists all
SHOWN = 12  # makers per list on a terminal; programs get all


def parse_place(_context: click.Context, _option: click.Parameter, text: str) -> tuple[float, float]:
    """Return latitude and longitude from ``"52.5,13.4"``."""
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError as wrong:
        raise click.BadParameter(f"{text!r} is not LAT,LON in degrees, for example 52.5,13.4") from wrong
    return latitude, longitude


def parse_moment(_context: click.Context, _option: click.Parameter, text: str | None) -> datetime | None:
    """Return an aware moment; a bare date is the end of that day, and no time zone means UTC."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise click.BadParameter(f"{text!r} is not an ISO 8601 date, for example 2026-05-01") from wrong
    if len(text) == len("2026-05-01"):
        moment = moment.replace(hour=23, minute=59, second=59)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-P", "--parameter", "pairs", multiple=True, metavar="NAME=VALUE", help="A design's parameter; repeatable."
)
@click.option("--near", required=True, metavar="LAT,LON", callback=parse_place, help="Where the customer is, degrees.")
@click.option("--by", metavar="DATE", callback=parse_moment, help="When it is wanted, ISO 8601.")
@click.option("--now", metavar="DATE", callback=parse_moment, help="Answer as of this moment instead of the present.")
@click.option("--material", help="Material id; `glocal quote` knows the same.  [default: what FILE says, else pla]")
@click.option("--quantity", default=1, show_default=True, type=click.IntRange(1, 10_000), help="Pieces.")
@click.option("--hold-at", type=Number(), metavar="°C", help="Temperature that the part must stand.")
@click.option("--enclosure", is_flag=True, help="It must be printed in a closed chamber.")
@click.option(
    "--prefer",
    type=click.Choice(["balanced", "near", "cheap", "soon", "green"]),
    default="cheap",
    show_default=True,
    help="What makers who can are ranked by; balanced: by price and day together.",
)
@click.option(
    "--waiting",
    type=Number(0, 100),
    default=1.35,
    show_default=True,
    metavar="PERCENT",
    help="What a day of waiting counts for `balanced`, % of the price.",
)
@click.option(
    "--pickup-within",
    type=Number(0),
    default=50.0,
    show_default=True,
    metavar="KM",
    help="How far the customer would go to fetch it.",
)
@click.option("--peers", is_flag=True, help="Also say which idle machines of followed shops are worth asking about.")
@makers_option
@json_option
def match(**options: Any) -> None:
    """Find who can make FILE, and each reason why others cannot.

    FILE is a shape (STL, OBJ, OFF, 3MF, STEP), an OpenSCAD design, a design package, the name of a product that ships
    with glocal, an Open Know-How manifest (YAML, TOML, JSON) whose parts lie beside it, or a JSON need. A maker of whom
    too little is known is no match: what to ask them is under `unknown`.

    A JSON need says what a mesh cannot: {"extent_mm": [x, y, z], "material_id": "pla", "print_s": {"value": 7200,
    "low": 6000, "high": 9000, "source": "…"}} and, optionally, quantity, hold_at_c, enclosure, uses, reorient and
    handover ("any", "pickup" or "delivery").
    """
    from glocal.cli.match_needs import what_is_asked
    from glocal.network.match_kit import match_kit

    asked = what_is_asked(options)
    for note in asked.notes:
        progress(note)
    known, deviations = known_makers(options["makers_file"])
    for deviation in deviations[:NOTED]:
        progress(f"{deviation.maker or '?'}: {deviation.field}: {deviation.message}")
    if len(deviations) > NOTED:
        progress(f"… and {len(deviations) - NOTED} more things that are not as the standard wants them")
    found = match_kit(
        asked.needs,
        known,
        near=options["near"],
        by=options["by"],
        now=options["now"] or datetime.now(UTC),
        preference=options["prefer"],
        pickup_within_km=options["pickup_within"],
        wait_rate=options["waiting"] / 100,
    )
    text, result = as_text(found.whole, asked, found.parts), _as_dict(asked, found, options["by"])
    if options["peers"]:
        result["peers"] = _peers(asked, options)
        text += "".join(
            f"\nAsk {answer['name']} about {part}: {answer['machine']}, until {answer['until']}"
            for part, told in result["peers"].items()
            for answer in told["ask"]
        )
    print_result(result, as_json=options["as_json"], text=text)


def _peers(asked: Asked, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return, part by part, which idle machines of other shops are worth asking about, and why not the others."""
    from glocal.cli.commons_capacity import offers_of_others
    from glocal.network.peers import ask_peers

    now = options["now"] or datetime.now(UTC)
    offers = offers_of_others(now)
    return {
        name: ask_peers(need, offers, near=options["near"], by=options["by"], now=now).as_dict()
        for name, need in asked.needs.items()
    }


def _as_dict(asked: Asked, found: KitMatch, by: datetime | None) -> dict[str, Any]:
    from glocal.network.invitation import invitation

    letters = {name: invitation(need, by, ()) for name, need in asked.needs.items()}
    return {
        **found.whole.as_dict(),
        "title": asked.title,
        "invitation": "\n".join(letters.values()),
        "parts": [{"part": name, **answer.as_dict()} for name, answer in found.parts.items()],
        "not_asked": [{"part": name, "reason": reason} for name, reason in asked.not_asked],
        "notes": list(asked.notes),
    }


def as_text(result: MatchResult, asked: Asked, parts: Mapping[str, MatchResult]) -> str:
    """Return the answer for people."""
    what = "it" if len(parts) == 1 else f"all {len(parts)} parts"
    lines = [f"Can make {what}:" if result.accepted else f"Nobody can make {what} as asked."]
    for offer in result.accepted:
        head = (
            f"  {offer.maker_name}: {offer.cost}, ready {offer.ready_at:%a %d %b %H:%M} UTC, {offer.distance_km:.1f} km"
        )
        sure = f"nine times in ten by {offer.ready_high:%a %d %b %H:%M}"
        lines.append("; ".join([head, sure, *offer.reasons]))
    lines += _listed("Cannot:", result.rejected)
    lines += _listed("Not known, worth asking:", result.unknown)
    for unknown in result.unknown[:1]:
        lines.append("  Ask for example: " + " ".join(unknown.ask) + (f" ({unknown.url})" if unknown.url else ""))
    if len(parts) > 1:
        lines.append("Part by part:")
        lines += [f"  {name}: {len(answer.accepted)} can, {len(answer.rejected)} cannot, {len(answer.unknown)} to ask"
                  for name, answer in parts.items()]  # fmt: skip
    lines += [f"Not asked for: {name}: {reason}" for name, reason in asked.not_asked]
    if result.possible_with:
        lines.append("What would help: " + "; ".join(reason.message for reason in result.possible_with))
    return "\n".join(lines)


def _listed(title: str, answers: tuple[Rejection, ...]) -> list[str]:
    if not answers:
        return []
    lines = [f"  {r.maker_name}: {'; '.join(reason.message for reason in r.reasons)}" for r in answers[:SHOWN]]
    more = [f"  … and {len(answers) - SHOWN} more, farther away"] if len(answers) > SHOWN else []
    return [title, *lines, *more]
