"""What ``glocal demand`` says to people: sentences and tables for who is no statistician."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glocal.demand.evaluate import Cell
    from glocal.demand.model import Default, Model, Preference
    from glocal.demand.question import Key, Question
    from glocal.demand.run_size import RunSize
    from glocal.demand.verdict import Verdict

_COUNTING = "(An order or a wish counts as one choice, a value that was only tried as a fifth of one.)"


def counting_words(model: Model) -> list[str]:
    """Return how choices are counted, where that shows."""
    found = [evidence.choices for question in model.questions.values() for evidence in question.regions.values()]
    return [_COUNTING] if any(choices % 1 for choices in found) else []


def share_text(share: float) -> str:
    """Return a share as people say it: no decimals, and never 0 of what is possible."""
    return "under 1%" if 0 < share < 0.005 else f"{share:.0%}"


def amount(number: float) -> str:
    """Return an amount of choices with one decimal at most."""
    return f"{number:,.1f}".removesuffix(".0")


def question_words(key: Key, question: Question) -> list[str]:
    """Return what one question teaches."""
    shares = zip(question.options, question.network_shares().tolist(), strict=True)
    choices = sum(found.choices for found in question.regions.values())
    weight = amount(round(question.hierarchy.weight_in_choices()))
    many = "1 region" if len(question.regions) == 1 else f"{len(question.regions)} regions"
    lines = [f"{key[0]}, {key[1]}: {amount(choices)} choices in {many}"]
    ordered = shares if question.edges is not None else sorted(shares, key=lambda each: -each[1])
    lines += [f"    {share_text(share):>8}  {option}" for option, share in ordered]
    lines.append(f"    what all regions want weighs as much as {weight} of a region's own choices")
    lines.append(f"    {question.parts().in_words()}")
    lines += [f"    note: {note}" for note in question.notes]
    local = question.change.local.items()
    return lines + [f"    note: {trend.in_words(question.options, f'in {name}')}" for name, trend in local]


def answer_words(
    key: Key, region: str, preferences: Sequence[Preference], default: Default, question: Question
) -> list[str]:
    """Return what a region wants."""
    lines = [f"{key[0]}, {key[1]} in {region} ({preferences[0].share.source}):"]
    for preference in preferences:
        share = preference.share
        low, high = share_text(share.low), share_text(share.high)
        wish = "" if preference.offered else "  (wished for, not offered)"
        lines.append(f"    {share_text(share.value):>8}  {f'({low} to {high})':<20}  {preference.option}{wish}")
    lines.append("    in brackets: where the share lies, 8 times in 10")
    voice = preferences[0].own_voice
    lines.append(f"    {voice:.0%} of this is what {region} said itself, the rest what all regions say")
    return [*lines, f"    {_default_words(default, question)}", f"    {question.parts().in_words()}"]


def _default_words(default: Default, question: Question) -> str:
    from glocal.demand.intervals import shown_digits

    shown: Callable[[str | float], str] = str
    if question.edges is not None:
        digits = shown_digits(question.edges)

        def shown(value: str | float) -> str:
            return f"{value:.{digits}f} (half choose that or less)"

    if default.regional:
        sure = min(default.odds_better, 0.99)  # the draws cannot tell more
        instead = shown(default.network_option)
        return f"default here: {shown(default.option)}; {sure:.0%} sure to suit more people than {instead}"
    return f"default: {shown(default.option)}, as everywhere"


def run_words(asked: tuple[str, str], costs: tuple[float, float], ahead: str, answer: RunSize) -> str:
    """Return how many to make of a variant for a region; ``ahead`` is the time, as "13 weeks"."""
    region, variant = asked
    expected, (under, over) = answer.demand, costs
    asked_for = f"{expected.low:g} to {expected.high:g} will be asked for (8 times in 10)"
    voice = f"{answer.own_voice:.0%} of this is what {region} bought itself, the rest what all regions buy"
    return (
        f"Make {answer.quantity} of {variant} for {region}: in {ahead}, {asked_for}, in half of all cases "
        f"{expected.value:g} or fewer. One too few costs {under:g}, one too many {over:g}. {voice}."
    )


def cell_lines(cells: Sequence[Cell], when: Callable[[int], str]) -> list[str]:
    """Return the table of an evaluation; ``when`` names a period."""
    lines = ["learnt before  choices/region  held back  model          nats      by region  80 %    95 %    CPU s"]
    for cell in cells:
        per_region = "all" if cell.per_region is None else cell.per_region
        about = f"{when(cell.origin):>14} {per_region!s:>15} {amount(cell.choices):>10}  {cell.model:<13}"
        nats = f"{cell.log_likelihood:8.4f}  {cell.macro_log_likelihood:9.4f}"
        lines.append(f"{about} {nats}  {cell.coverage_80:.3f}   {cell.coverage_95:.3f}  {cell.cpu_s:6.1f}")
    return lines


def verdict_words(found: Sequence[Verdict]) -> list[str]:
    """Return what an evaluation comes to."""
    held = f"{amount(found[0].choices)} choices were held back"
    ours = f"{held}; predict gave what was chosen {share_text(found[0].ours)} on average."
    return [ours, *(f"    {verdict.in_words()}" for verdict in found)]
