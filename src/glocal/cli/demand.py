"""``glocal demand``: learn from choices what a region wants."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glocal.cli.output import json_option, print_result

if TYPE_CHECKING:
    from glocal.demand.model import Default, Preference

file_argument = click.argument("file", type=click.Path(path_type=Path))


@click.group()
def demand() -> None:
    """Learn from choices what a region wants, and how much to make of it.

    Choices come as CSV with the columns product, parameter, offered (labels separated by |, empty for a number),
    chosen, region, at (ISO 8601), kind (looked, configured, wished, ordered, returned) and optionally weight.
    """


@demand.command()
@file_argument
@json_option
def fit(file: Path, as_json: bool) -> None:
    """Say what the choices in FILE teach: per parameter the network's shares, and how far regions stray from them."""
    from glocal.demand.event_files import read_events
    from glocal.demand.fit import fit as learn

    model = learn(read_events(file))
    questions: list[dict[str, Any]] = []
    lines: list[str] = []
    for (product, parameter), question in model.questions.items():
        shares = dict(zip(question.options, question.hierarchy.network_shares().tolist(), strict=True))
        strength = float(1.0 / (question.hierarchy.odds @ (1.0 / (1.0 + question.hierarchy.strength))) - 1.0)
        questions.append(
            {
                "product": product,
                "parameter": parameter,
                "regions": len(question.regions),
                "choices": sum(evidence.choices for evidence in question.regions.values()),
                "network_shares": shares,
                "network_weight_in_choices": strength,
                "overdispersion": question.rho,
                "notes": list(question.notes),
            }
        )
        lines.append(f"{product}, {parameter}: {questions[-1]['choices']:g} choices in {len(question.regions)} regions")
        lines += [f"    {share:6.1%}  {option}" for option, share in sorted(shares.items(), key=lambda s: -s[1])]
        lines.append(f"    the network weighs as much as {strength:.0f} choices of a region's own")
        lines += [f"    note: {note}" for note in question.notes]
    print_result({"questions": questions}, as_json=as_json, text="\n".join(lines))


@demand.command()
@file_argument
@click.option("--region", required=True, help="ISO 3166 code or the name that the file uses.")
@click.option("--product", help="Only this product.")
@click.option("--parameter", help="Only this parameter.")
@json_option
def predict(file: Path, region: str, product: str | None, parameter: str | None, as_json: bool) -> None:
    """Say what a region wants, with 80 % intervals, and whether it should get a default of its own."""
    from glocal.demand.errors import UnknownQuestion
    from glocal.demand.event_files import read_events
    from glocal.demand.fit import fit as learn

    model = learn(read_events(file))
    asked = [key for key in model.questions if product in {None, key[0]} and parameter in {None, key[1]}]
    if not asked:
        raise UnknownQuestion("The file holds no choice of this product and parameter.")
    answers: list[dict[str, Any]] = []
    lines: list[str] = []
    for key in asked:
        preferences, default = model.preferences(region, *key), model.default(region, *key)
        answers.append(_answer(key, region, preferences, default))
        lines += _in_words(key, region, preferences, default)
    print_result({"region": region, "answers": answers}, as_json=as_json, text="\n".join(lines))


def _answer(key: tuple[str, str], region: str, preferences: tuple[Preference, ...], default: Default) -> dict[str, Any]:
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


def _in_words(key: tuple[str, str], region: str, preferences: tuple[Preference, ...], default: Default) -> list[str]:
    lines = [f"{key[0]}, {key[1]} in {region} ({preferences[0].share.source}):"]
    for preference in preferences:
        share = preference.share
        wish = "" if preference.offered else "  (wished for, not offered)"
        lines.append(f"    {share.value:6.1%}  ({share.low:.1%} to {share.high:.1%})  {preference.option}{wish}")
    lines.append(f"    own voice {preferences[0].own_voice:.0%}, the rest is the network's")
    if default.regional:
        lines.append(
            f"    default here: {default.option} (better than {default.network_option}: {default.odds_better:.0%} sure)"
        )
    else:
        lines.append(f"    default: {default.option}, as everywhere")
    return lines
