"""``glocal grow QUESTION``: simulate the neighbourhood and compare the ways to go."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glocal.cli.numbers import Number
from glocal.cli.output import json_option, print_result, progress
from glocal.cli.own_shop import own_shop
from glocal.cli.strategy import EstimateType, grow

if TYPE_CHECKING:
    from glocal.strategy.questions import Question
    from glocal.strategy.world import World
    from glocal.values import Estimate

Command = Callable[..., Any]


def world_options(command: Command) -> Command:
    """Add the options that say what is simulated, and how often."""
    for option in (
        json_option,
        click.option("--workers", type=click.IntRange(1, 64), help="Processes; as many as processors without."),
        click.option(
            "--replications", type=click.IntRange(2, 100_000), default=200, show_default=True, help="Courses of chance."
        ),
        click.option(
            "--set",
            "changes",
            multiple=True,
            metavar="PATH=VALUE",
            help="Change an assumption: offers.sign.print_h=1..2..3. Repeatable.",
        ),
        click.option(
            "--world",
            "world_file",
            type=click.Path(path_type=Path),
            help="Assumptions as JSON or TOML; the own shop's without, or an example before there is one.",
        ),
    ):
        command = option(command)
    return command


def load(world_file: Path | None, changes: tuple[str, ...]) -> tuple[World, str]:
    """Return the world that is asked about, and in words where it comes from."""
    from glocal.strategy.errors import AssumptionBroken
    from glocal.strategy.example import example_world
    from glocal.strategy.world import assumptions, with_estimates
    from glocal.strategy.world_file import estimate_from, read_world

    if world_file is not None:
        world, source = read_world(world_file), str(world_file)
    else:
        own = _own_world()
        world, source = (own, "the own shop") if own else (example_world(), "an example, not a real shop")
    if not changes:
        return world, source
    known = dict(assumptions(world))
    values: dict[str, Estimate] = {}
    for change in changes:
        path, _, value = change.partition("=")
        if path not in known:
            raise AssumptionBroken(
                f"There is no uncertain assumption {path!r}.", help=f"For example {', '.join(list(known)[:4])}."
            )
        values[path] = estimate_from(value, path)
    return with_estimates(world, values), f"{source}, changed"


def _own_world() -> World | None:
    """Return the own shop's world, None before there is a shop that has priced something."""
    from datetime import UTC, datetime

    shop = own_shop()
    if shop is None:
        return None
    from glocal.shop.growth.queries import own_world

    own = own_world(shop, datetime.now(UTC))
    if own is not None and own.left_out:
        progress(f"Left out, because nobody has priced them yet: {', '.join(own.left_out)}.")
    return None if own is None else own.world


def answer(
    question: Question, source: str, currency: str, *, replications: int, workers: int | None, as_json: bool
) -> None:
    """Simulate and print."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from babel.numbers import format_currency, get_currency_precision

    from glocal.strategy.compare import compare

    workers = workers or os.cpu_count() or 1
    if not as_json:
        progress(f"{len(question.ways)} scenarios × {replications} courses of chance …")
    if workers == 1 or replications <= 20:
        rows = compare(question.ways, replications=replications)
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            rows = compare(question.ways, replications=replications, executor=pool)
    result = {
        "question": question.name,
        "title": question.title,
        "assumptions_from": source,
        "currency": currency,
        "replications": replications,
        "scenarios": [row.scenario().as_dict() for row in rows],
    }
    unit = 10 ** get_currency_precision(currency)

    def money(minor: float) -> str:
        return format_currency(minor / unit, currency, format="¤#,##0", locale="en", currency_digits=False)

    lines = [question.title, f"Assumptions from {source}. Intervals hold 8 of 10 courses.", ""]
    for row in rows:
        one = row.scenario()
        gain = one.data["gain"]
        lines += [
            one.name,
            f"  profit {money(one.profit_mean)} ({money(one.profit_low)} to {money(one.profit_high)}), "
            f"{one.data['sold']:,.0f} sold, {one.data['on_time']:.0%} on time, {one.data['km']:,.0f} km",
        ]
        if row is not rows[0]:
            lines.append(
                f"  against {rows[0].name}: {money(gain['mean'])} ({money(gain['low'])} to {money(gain['high'])}), "
                f"better in {one.data['odds_better']:.0%} of the courses"
            )
            for driver in row.drivers:
                lines.append(f"    hangs on {driver.assumption} ({driver.correlation:+.2f})")
    print_result(result, as_json=as_json, text="\n".join(lines))


@grow.command("second-printer")
@world_options
def second_printer(world_file: Path | None, changes: tuple[str, ...], **how: Any) -> None:
    """Buy a second printer, or use a neighbour's?"""
    from glocal.strategy.questions import second_printer as ask

    world, source = load(world_file, changes)
    answer(ask(world), source, world.currency, **how)


@grow.command("next-product")
@click.option("--name", required=True, help="Of the product or variant.")
@click.option("--orders-per-day", type=EstimateType(), required=True, help="Of 10,000 people.")
@click.option("--price", type=Number(), required=True, help="In whole currency units, without tax.")
@click.option("--print-h", type=EstimateType(), required=True, help="Hours to print one.")
@click.option("--mass-g", type=EstimateType(), required=True, help="Grams of one.")
@click.option("--labour-min", type=EstimateType(), default="4..6..10", show_default=True, help="Hands on one, minutes.")
@click.option(
    "--takes-from-others",
    type=EstimateType(),
    default="0",
    show_default=True,
    help="Share of its buyers who would have bought something else here.",
)
@world_options
def next_product(
    *,
    world_file: Path | None,
    changes: tuple[str, ...],
    name: str,
    orders_per_day: Estimate,
    price: float,
    print_h: Estimate,
    mass_g: Estimate,
    labour_min: Estimate,
    takes_from_others: Estimate,
    **how: Any,
) -> None:
    """Which product or variant next?"""
    from babel.numbers import get_currency_precision

    from glocal.strategy.questions import next_product as ask
    from glocal.strategy.world import Offer

    world, source = load(world_file, changes)
    minor = price * 10 ** get_currency_precision(world.currency)
    offer = Offer(name, orders_per_day, minor, print_h, mass_g, labour_min, takes_from_others=takes_from_others)
    answer(ask(world, [offer]), source, world.currency, **how)


@grow.command("next-town")
@click.option("--name", required=True, help="Of the town.")
@click.option("--people", type=Number(), required=True, help="Who live there.")
@click.option("--x-km", type=Number(), required=True, help="East of the shop.")
@click.option("--y-km", type=Number(), required=True, help="North of the shop.")
@click.option("--span-km", type=Number(), default=4.0, show_default=True, help="Side of the square they live in.")
@click.option(
    "--rent-per-day", type=Number(), default=0.0, show_default=True, help="Of a place there; 0 sells without one."
)
@world_options
def next_town(
    *,
    world_file: Path | None,
    changes: tuple[str, ...],
    name: str,
    people: float,
    x_km: float,
    y_km: float,
    span_km: float,
    rent_per_day: float,
    **how: Any,
) -> None:
    """Open in the next town?"""
    from babel.numbers import get_currency_precision

    from glocal.strategy.questions import next_town as ask
    from glocal.strategy.world import Town

    world, source = load(world_file, changes)
    rent_minor = rent_per_day * 10 ** get_currency_precision(world.currency)
    question = ask(world, [Town(name, x_km, y_km, span_km, people)], rent_minor)
    answer(question, source, world.currency, **how)


@grow.command("promise")
@click.option(
    "--hours", type=Number(), multiple=True, default=(24.0, 48.0), show_default=True, help="Ready within; repeatable."
)
@world_options
def promise(world_file: Path | None, changes: tuple[str, ...], hours: tuple[float, ...], **how: Any) -> None:
    """Offer 24 hours?"""
    from glocal.strategy.questions import promise as ask

    world, source = load(world_file, changes)
    answer(ask(world, hours), source, world.currency, **how)


@grow.command("share-capacity")
@world_options
def share_capacity(world_file: Path | None, changes: tuple[str, ...], **how: Any) -> None:
    """Share idle machines with other shops?"""
    from glocal.strategy.questions import share_capacity as ask

    world, source = load(world_file, changes)
    answer(ask(world), source, world.currency, **how)


@grow.command("price")
@click.option(
    "--change",
    type=Number(),
    multiple=True,
    default=(-10.0, 5.0, 10.0, 20.0),
    show_default=True,
    help="Per cent; repeatable.",
)
@world_options
def price(world_file: Path | None, changes: tuple[str, ...], change: tuple[float, ...], **how: Any) -> None:
    """Raise the price?"""
    from glocal.strategy.questions import price as ask

    world, source = load(world_file, changes)
    answer(ask(world, [each / 100.0 for each in change]), source, world.currency, **how)


@grow.command("stress")
@world_options
def stress(world_file: Path | None, changes: tuple[str, ...], **how: Any) -> None:
    """Does the plan hold when demand falls, a maker leaves, filament doubles, a rival undercuts?"""
    from glocal.strategy.questions import stress as ask

    world, source = load(world_file, changes)
    answer(ask(world), source, world.currency, **how)


@grow.command("mass-producer")
@world_options
def mass_producer(world_file: Path | None, changes: tuple[str, ...], **how: Any) -> None:
    """Could one central mass producer serve these people better?"""
    from glocal.strategy.questions import mass_producer as ask

    world, source = load(world_file, changes)
    answer(ask(world), source, world.currency, **how)


@grow.command("assumptions")
@click.option("--world", "world_file", type=click.Path(path_type=Path), help="Read these instead of the own shop's.")
@json_option
def list_assumptions(world_file: Path | None, *, as_json: bool) -> None:
    """Print all assumptions; the JSON is a file for --world."""
    from glocal.strategy.world import assumptions
    from glocal.strategy.world_file import as_json as world_as_json

    world, source = load(world_file, ())
    lines = [f"From {source}; low..value..high, where 8 of 10 lie between low and high."]
    lines += [f"  {path:<44} {e.low:g}..{e.value:g}..{e.high:g}  ({e.source})" for path, e in assumptions(world)]
    print_result(world_as_json(world), as_json=as_json, text="\n".join(lines))


@grow.command("back-test")
@click.option(
    "--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="Hold the last days against it."
)
@click.option(
    "--replications", type=click.IntRange(20, 100_000), default=200, show_default=True, help="Courses of chance."
)
@json_option
def back_test(*, days: int, replications: int, as_json: bool) -> None:
    """Would the planner have known? Forecast the last days of the own shop from what was known before them."""
    from datetime import UTC, datetime, timedelta

    from glocal.strategy.backtest import back_test as hold_against
    from glocal.strategy.errors import AssumptionBroken

    now = datetime.now(UTC)
    begin = now - timedelta(days=days)
    shop = own_shop()
    own = None
    if shop is not None:
        from glocal.shop.growth.queries import came_between, own_world

        own = own_world(shop, begin, days=days)
    if shop is None or own is None:
        raise AssumptionBroken(
            f"The shop had priced nothing {days} days ago.",
            help="Take fewer days, or come back when there is a history.",
        )
    rows = hold_against(own.world, came_between(shop, begin, now), replications=replications)
    lines = [f"The last {days} days, as they were forecast before and as they came:"]
    for row in rows:
        verdict = "as forecast" if row.inside else "NOT as forecast"
        lines.append(
            f"  {row.figure:<10} {row.mean:,.1f} ({row.low:,.1f} to {row.high:,.1f}), came {row.actual:,.1f}: {verdict}"
        )
    result = {"question": "back-test", "days": days, "rows": [row.as_dict() for row in rows]}
    print_result(result, as_json=as_json, text="\n".join(lines))
