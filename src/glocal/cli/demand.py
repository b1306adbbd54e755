"""``glocal demand``: learn from choices what a region wants."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glocal.cli.demand_words import answer_words, cell_lines, counting_words, question_words, run_words, verdict_words
from glocal.cli.numbers import Number
from glocal.cli.output import json_option, print_result

if TYPE_CHECKING:
    from glocal.demand.model import Default, Model, Preference

file_argument = click.argument("file")
product_option = click.option("--product", help="Only this product.")
parameter_option = click.option("--parameter", help="Only this parameter.")


@click.group()
def demand() -> None:
    """Learn from choices what a region wants, and how much to make of it.

    Choices come as CSV or Parquet with the columns product, parameter, offered (labels separated by |, empty for a
    number), chosen, region, at (ISO 8601), kind (looked, configured, wished, ordered, returned) and optionally weight,
    prices (of what was offered, separated by |) and source (a session's token, so that one voice is not taken for a
    crowd); or as the address of a glocal database, a SQLite file or postgresql://….

    Sales come as CSV or Parquet with the columns region, period (a whole number), option, count and any number of x_…
    (what varies with option and period; x_log_price is the logarithm of the price shown) and z_… (what is known of a
    region). Every command takes either; evaluate counts choices by week, run-size counts orders by week.
    """


@demand.command()
@file_argument
@json_option
def fit(file: str, as_json: bool) -> None:
    """Say what the choices in FILE teach: per parameter the network's shares, and how far regions stray from them."""
    model = _learnt(file)
    questions: list[dict[str, Any]] = []
    lines: list[str] = []
    for (product, parameter), question in model.questions.items():
        shares = dict(zip(question.options, question.network_shares().tolist(), strict=True))
        strength = question.hierarchy.weight_in_choices()
        questions.append(
            {
                "product": product,
                "parameter": parameter,
                "regions": len(question.regions),
                "choices": sum(evidence.choices for evidence in question.regions.values()),
                "network_shares": shares,
                "network_weight_in_choices": strength,
                "overdispersion": question.rho,
                "memory": question.change.memory,
                "trend": question.change.drift is not None,
                "local_trends": {
                    name: {"option": question.options[trend.option], "log_odds": trend.level, "error": trend.error}
                    for name, trend in question.change.local.items()
                },
                "price_slope": None if question.price is None else question.price.slope,
                "parts": asdict(question.parts()),
                "notes": list(question.notes),
            }
        )
        lines += question_words((product, parameter), question)
    lines += counting_words(model)
    print_result({"questions": questions}, as_json=as_json, text="\n".join(lines))


@demand.command()
@file_argument
@click.option("--region", required=True, help="ISO 3166 code or the name that the file uses.")
@product_option
@parameter_option
@click.option("--offered", help="Foretell the choice from these options, separated by |.")
@click.option("--prices", help="At these prices, in the order of --offered, separated by |.")
@json_option
def predict(
    *,
    file: str,
    region: str,
    product: str | None,
    parameter: str | None,
    offered: str | None,
    prices: str | None,
    as_json: bool,
) -> None:
    """Say what a region wants, with 80 % intervals, and whether it should get a default of its own."""
    from glocal.demand.errors import UnknownQuestion

    model = _learnt(file)
    asked = [key for key in model.questions if product in {None, key[0]} and parameter in {None, key[1]}]
    if not asked:
        raise UnknownQuestion("The file holds no choice of this product and parameter.")
    answers: list[dict[str, Any]] = []
    lines: list[str] = []
    for key in asked:
        preferences, default = model.preferences(region, *key), model.default(region, *key)
        names, amounts = offered.split("|") if offered else [], numbers(prices) if prices else []
        if names:
            preferences = model.predict(region, *key, names, amounts)
        question = model.questions[key]
        notes = list(question.caveats(region))
        intervals_95 = question.wide_intervals(region, names, amounts)
        answer = _answer(key, region, preferences, default, intervals_95)
        answers.append({**answer, "parts": asdict(question.parts()), "notes": notes})
        lines += answer_words(key, region, preferences, default, question)
        lines += [f"    note: {note}" for note in notes]
    lines += counting_words(model)
    print_result({"region": region, "answers": answers}, as_json=as_json, text="\n".join(lines))


def _answer(
    key: tuple[str, str],
    region: str,
    preferences: tuple[Preference, ...],
    default: Default,
    intervals_95: dict[str, tuple[float, float]],
) -> dict[str, Any]:
    return {
        "product": key[0],
        "parameter": key[1],
        "region": region,
        "own_voice": preferences[0].own_voice,
        "source": preferences[0].share.source,
        "preferences": [
            {
                "option": preference.option,
                "share": preference.share.value,
                "low": preference.share.low,
                "high": preference.share.high,
                "interval_95": intervals_95[preference.option],
                "offered": preference.offered,
            }
            for preference in preferences
        ],
        "default": {
            "option": default.option,
            "regional": default.regional,
            "odds_better": default.odds_better,
            "network_option": default.network_option,
            "candidate": default.candidate,
        },
    }


@demand.command("run-size")
@file_argument
@click.option("--region", required=True, help="A region of FILE.")
@click.option("--variant", required=True, help="An option of FILE.")
@click.option("--cost-under", type=Number(), required=True, help="What each piece too few loses: its margin.")
@click.option("--cost-over", type=Number(), required=True, help="What each piece too many loses.")
@click.option("--horizon", type=int, default=13, show_default=True, help="Periods that the run is for.")
@product_option
@parameter_option
@click.option("--at", multiple=True, help="What will be otherwise then: an x_… column, such as log_price=2.3.")
@json_option
def run_size(
    *,
    file: str,
    region: str,
    variant: str,
    cost_under: float,
    cost_over: float,
    horizon: int,
    product: str | None,
    parameter: str | None,
    at: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say how many of a variant to make for a region, from the sales in FILE."""
    from datetime import UTC, datetime

    from glocal.demand.count_regression import fit_count_regression
    from glocal.demand.run_size import fit_run_sizes
    from glocal.demand.sales_files import is_sales, read_sold

    panel, notes = read_sold(file, datetime.now(UTC), product=product, parameter=parameter)
    costs = {"cost_under": cost_under, "cost_over": cost_over}
    if at:
        answer = fit_count_regression(panel).run_size(region, variant, _settings(at), **costs, horizon=horizon)
    else:
        answer = fit_run_sizes(panel, horizon=horizon).run_size(region, variant, **costs, horizon=horizon)
    expected, notes = answer.demand, (*notes, *answer.notes)
    result = {
        "region": region,
        "variant": variant,
        "horizon": horizon,
        "quantity": answer.quantity,
        "demand": {"value": expected.value, "low": expected.low, "high": expected.high, "source": expected.source},
        "expected_cost": answer.expected_cost,
        "own_voice": answer.own_voice,
        "notes": list(notes),
    }
    ahead = f"{horizon} {'periods' if is_sales(file) else 'weeks'}"
    text = run_words((region, variant), (cost_under, cost_over), ahead, answer)
    text = "\n".join([text, *(f"note: {note}" for note in notes)])
    print_result(result, as_json=as_json, text=text)


@demand.command()
@file_argument
@click.option("--origins", help="First periods to foretell, for example 80,100; the default is three at the end.")
@click.option("--horizon", type=click.IntRange(1), help="Periods to foretell; the default is a tenth of them.")
@click.option("--volumes", default="all,1000,100,20", show_default=True, help="Training choices per region.")
@product_option
@parameter_option
@json_option
def evaluate(
    *,
    file: str,
    origins: str | None,
    horizon: int | None,
    volumes: str,
    product: str | None,
    parameter: str | None,
    as_json: bool,
) -> None:
    """Measure the models on the sales in FILE: learn before each origin, foretell what follows.

    One row per origin, amount of training data and model, with the log-likelihood per held-out choice (nats), the
    coverage of the 80 % and 95 % intervals, and the CPU seconds. The row "predict" is what `glocal demand predict`
    answers with, and a last line says whether that is better than simpler answers, or too little was held back to
    tell. Of choices that name their source, each source counts by the week as in fit.
    """
    from datetime import UTC, datetime

    from glocal.demand.evaluate import all_models, late_origins
    from glocal.demand.evaluate import evaluate as measure
    from glocal.demand.sales_files import is_sales, read_panel, week_name
    from glocal.demand.verdict import verdicts

    panel, notes = read_panel(file, datetime.now(UTC), product=product, parameter=parameter)
    begins, ahead = late_origins(panel, horizon)
    if origins:
        begins = whole_numbers(origins)
    amounts = [None if amount.strip() == "all" else whole_numbers(amount)[0] for amount in volumes.split(",")]
    cells = list(measure(panel, origins=begins, horizon=ahead, volumes=amounts, models=all_models()))
    found, by_week = verdicts(cells), not is_sales(file)
    lines = [*cell_lines(cells, week_name if by_week else str), *(f"note: {note}" for note in notes)]
    rows = [{**cell.as_dict(), "week": week_name(cell.origin) if by_week else None} for cell in cells]
    about = {"horizon": ahead, "models": sorted({cell.model for cell in cells}), "notes": list(notes)}
    print_result(
        {**about, "cells": rows, "verdicts": [asdict(verdict) for verdict in found]},
        as_json=as_json,
        text="\n".join([*lines, *verdict_words(found)]),
    )


def _settings(texts: tuple[str, ...]) -> dict[str, float]:
    """Return ``("log_price=2.3",)`` as a mapping."""
    pairs = [text.partition("=") for text in texts]
    return {name.removeprefix("x_"): numbers(value)[0] for name, _, value in pairs}


def numbers(text: str) -> list[float]:
    """Return the numbers of ``"9.90|12"``."""
    try:
        return [float(part) for part in text.split("|")]
    except ValueError as wrong:
        raise click.BadParameter(f"{text!r} is not a list of numbers, for example 9.90|12") from wrong


def _learnt(file: str) -> Model:
    """Learn from choices, or from sales as if each were a choice."""
    from datetime import UTC, datetime

    from glocal.demand.event_files import read_events
    from glocal.demand.fit import fit as learn
    from glocal.demand.sales_files import events_of_panel, is_sales, read_sales

    if not is_sales(file):
        return learn(read_events(file), now=datetime.now(UTC))
    panel = read_sales(Path(file))  # its periods are numbers: none of them is in the future
    return learn(events_of_panel(panel, Path(file).name), counted=True, known=panel)


def whole_numbers(text: str) -> list[int]:
    """Return the numbers of ``"80,100"``."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError as wrong:
        raise click.BadParameter(f"{text!r} is not a list of whole numbers, for example 80,100") from wrong
