"""``glocal commons ask`` and ``search``: what the network knows, for this printer, filament, room and part."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glocal.cli.algebra import one_thread_of_algebra
from glocal.cli.commons_group import log_option, log_path
from glocal.cli.numbers import Number
from glocal.cli.output import json_option, print_result, progress

if TYPE_CHECKING:
    from glocal.commons.ask import Advice, Context
    from glocal.commons.knowledge import Known
    from glocal.commons.search import SearchIndex
    from glocal.values import Estimate

MOST_NEW_PASSAGES = 2000
UNANSWERED = (
    "Nothing that is known here answers this. Say what is seen on the print, and where: "
    "“corners lift off the plate”, “thin hairs between the towers”. English, French, Arabic and Yoruba are "
    "understood. Follow more shops to know more, or publish what helped once it is solved."
)


def filled_index(log_directory: Path, known: list[Known]) -> tuple[SearchIndex, int]:
    """Return the search index with what is known now, and how many records it holds."""
    from glocal.commons.minilm import encoder
    from glocal.commons.search import SearchIndex

    index = SearchIndex(log_directory / "search.sqlite", encoder())
    if not index.path.exists():
        progress("Reading what is known for the first time …")
    return index, index.refill(known, most_new=MOST_NEW_PASSAGES)


def forget(log_directory: Path) -> None:
    """Let the search index, where there is one, hold no more than is still known: what was erased is gone at once."""
    from glocal.commons.heard import everything_heard
    from glocal.commons.search import SearchIndex

    index = SearchIndex(log_directory / "search.sqlite")
    if index.path.exists():
        index.refill(everything_heard(log_directory)[0], most_new=0)


@click.command()
@click.argument("question")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="How many at most.")
@log_option
@json_option
def search(question: str, limit: int, log_directory: Path | None, as_json: bool) -> None:
    """Find problems, answers, recipes and designs of the own and all followed shops that fit QUESTION."""
    one_thread_of_algebra()
    from glocal.commons.cases import title_in
    from glocal.commons.heard import everything_heard
    from glocal.commons.relevance import RELEVANT

    directory = log_path(log_directory)
    known, _ = everything_heard(directory)
    index, searched = filled_index(directory, known)
    hits = index.search(question, limit=limit)
    result = {
        "searched": searched,
        "method": index.method,
        "hits": [
            {
                "reference": hit.reference,
                "score": hit.score,
                "relevance": hit.evidence.chance(),
                "record": hit.record,
                "answers": list(hit.answers),
            }
            for hit in hits
        ],
    }
    lines = [f"{hit.reference}  {title_in(hit.record)}\n  {first_answer(hit)}" for hit in hits]
    if hits and all(hit.evidence.chance() < RELEVANT for hit in hits):
        lines.insert(0, "Nothing here is likely to answer this. The nearest, which may mean something else:")
    print_result(result, as_json=as_json, text="\n".join(lines) or f"Nothing fits among {searched} records.")


@click.command()
@click.argument("question", default="")
@click.option("--machine", "machine_id", default="", help="Machine id, as 'glocal machines' lists them, or its model.")
@click.option("--material", "material_id", default="", help="Material id or type, such as petg.")
@click.option("--nozzle", "nozzle_mm", type=Number(0.05, 5), help="Nozzle width in mm.")
@click.option("--room", "room_c", type=Number(-30, 80), help="Temperature of the room in °C.")
@click.option("--humidity", type=Number(0, 100), help="Relative humidity of the room in %.")
@click.option("-s", "--setting", "settings", multiple=True, help="A setting to ask about, name=value; repeatable.")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 50), help="How many answers at most.")
@log_option
@json_option
def ask(  # noqa: PLR0917
    question: str,
    machine_id: str,
    material_id: str,
    nozzle_mm: float | None,
    room_c: float | None,
    humidity: float | None,
    settings: tuple[str, ...],
    limit: int,
    log_directory: Path | None,
    as_json: bool,
) -> None:
    """Ask what the network knows about QUESTION: odds, settings, who solved it, and what to try next."""
    one_thread_of_algebra()
    from glocal.commons.ask import ask as asked
    from glocal.commons.cases import title_in
    from glocal.commons.heard import everything_heard
    from glocal.commons.shapes import FILE, shapes_at_once
    from glocal.commons.trials import trials_of

    directory = log_path(log_directory)
    known, own = everything_heard(directory)
    context, recipes, notes = context_of(
        machine_id, material_id, nozzle_mm=nozzle_mm, room_c=room_c, humidity=humidity, settings=settings
    )
    index, searched = filled_index(directory, known)
    shapes = shapes_at_once(directory / FILE, trials_of(known), context.material.casefold())
    told = asked(question, context, [*known, *recipes], index, own=own, shapes=shapes, limit=limit)
    result = {
        "question": question,
        "machine": context.machine,
        "material": context.material,
        "symptoms": list(told.symptoms),
        "odds": odds_json(told.odds),
        "unsure": told.unsure,
        "basis": {
            "prints": told.basis.prints,
            "shops": told.basis.shops,
            "own_prints": told.basis.own_prints,
            "alike": told.basis.alike,
            "learnt_from": told.basis.learnt_from,
        },
        "settings": [advice_json(entry) for entry in told.advice],
        "next": advice_json(told.next_try) if told.next_try else None,
        "solved": [
            {
                "reference": hit.reference,
                "title": title_in(hit.record),
                "symptom": hit.record.get("symptom"),
                "text": hit.record.get("text", ""),
                "relevance": hit.evidence.chance(),
                "answers": list(hit.answers),
            }
            for hit in told.solved
        ],
        "perhaps": [title_in(hit.record) for hit in told.perhaps],
        "unanswered": UNANSWERED if question.strip() and not told.solved else "",
        "searched": searched,
        "method": index.method,
        "notes": notes,
    }
    print_result(result, as_json=as_json, text=ask_text(result))


def context_of(
    machine_id: str,
    material_id: str,
    *,
    nozzle_mm: float | None = None,
    room_c: float | None = None,
    humidity: float | None = None,
    settings: tuple[str, ...] = (),
) -> tuple[Context, list[Known], list[str]]:
    """Return the context, the library's recipes for it, and what to tell about names that are not known here."""
    from glocal.commons.ask import Context
    from glocal.commons.starter import starter_recipes
    from glocal.production.errors import ProductionError
    from glocal.production.materials import get_material
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.production.recipes import default_recipe

    machine = material = None
    notes = []
    try:
        machine = get_machine(machine_id) if machine_id else None
    except ProductionError as error:
        notes.append(f"{error.message} It is taken as a model's name.")
    try:
        material = get_material(material_id, machine=machine) if material_id else None
    except ProductionError as error:
        notes.append(f"{error.message} It is taken as a type's name.")
    recipes = [(machine, material, default_recipe(machine))] if machine and material else []
    context = Context(
        machine=machine.model if machine else machine_id,
        material=material.type if material else material_id,
        nozzle_mm=nozzle_mm or (machine.nozzle_mm if machine else None),
        enclosure=machine.has_enclosure if machine else None,
        room_c=room_c,
        humidity_percent=humidity,
        settings=settings_in(settings),
    )
    return context, list(starter_recipes(recipes)), notes


def settings_in(given: tuple[str, ...]) -> dict[str, Any]:
    """Return ``name=value`` settings as numbers and flags."""
    from glocal.commons.trials import CAN_BE_SET

    found: dict[str, Any] = {}
    for setting in given:
        name, _, value = setting.partition("=")
        if name not in CAN_BE_SET:
            raise click.BadParameter(f"{name!r} is no setting; there are {', '.join(CAN_BE_SET)}.")
        try:
            found[name] = {"yes": True, "true": True, "no": False, "false": False}.get(value.lower()) or float(value)
        except ValueError:
            if value.lower() not in {"no", "false"}:
                raise click.BadParameter(f"{value!r} is neither a number nor yes or no.") from None
            found[name] = False
    return found


def odds_json(odds: Estimate | None) -> dict[str, Any] | None:
    """Return odds with their interval and source."""
    if odds is None:
        return None
    return {"value": odds.value, "low": odds.low, "high": odds.high, "source": odds.source}


def advice_json(advice: Advice) -> dict[str, Any]:
    """Return settings with their odds."""
    return {"settings": dict(advice.settings), "odds": odds_json(advice.odds), "source": advice.source}


def first_answer(hit: Any) -> str:
    """Return the best answer of a hit, else the record's own text."""
    return str(hit.answers[0]["text"]) if hit.answers else str(hit.record.get("text", ""))


def ask_text(result: dict[str, Any]) -> str:
    """Return the answer in words."""
    from glocal.commons.ask import YOURS
    from glocal.design.counted import counted

    lines = list(result["notes"])
    odds, basis = result["odds"], result["basis"]
    if odds:
        lines.append(
            f"Chance that it comes out well: {odds['value']:.0%} ({odds['low']:.0%} to {odds['high']:.0%}), "
            f"from {odds['source']}."
        )
    about = result["machine"] or result["material"] or result["settings"]  # who only asks how to mend it wants no odds
    if result["unsure"] and (odds or about):
        lines.append(f"{'Unsure' if odds else 'No odds'}: {result['unsure']}")
    if basis["alike"]:
        were = counted(basis["alike"], "of these prints was", "of these prints were")
        lines.append(f"{were} this material on this machine.")
    if odds and basis["learnt_from"]:
        lines.append(f"Which settings matter, and how much, was learnt from {basis['learnt_from']} prints.")
    known_odds = [entry for entry in result["settings"] if entry["odds"] or entry["source"] != YOURS]
    for entry in known_odds[:3]:
        words = settings_text(entry["settings"])
        chance = f"{entry['odds']['value']:.0%}  " if entry["odds"] else ""
        lines.append(f"  {chance}{words}  ({entry['source']})")
    if result["next"]:
        lines.append(f"Worth trying next, and safe to try: {settings_text(result['next']['settings'])}")
    if result["unanswered"]:
        lines.append(result["unanswered"])
        lines += [f"If this is meant, ask so: {title}" for title in result["perhaps"]]
    for hit in result["solved"]:
        lines.append(f"\n{hit['title']}  [{hit['reference']}]")
        lines += [f"  {answer['text']}{_confirmed(answer)}" for answer in hit["answers"][:2]]
    return "\n".join(lines) or "Nothing is known about this."


def _confirmed(answer: Any) -> str:
    from glocal.design.counted import counted

    if not answer["confirmed"] and not answer["denied"]:
        return ""
    return f"  (worked for {counted(answer['confirmed'], 'shop', 'shops')}, not for {answer['denied']})"


def settings_text(settings: Mapping[str, Any]) -> str:
    """Return settings as the option ``-s`` takes them."""
    words = {True: "yes", False: "no"}
    return ", ".join(
        f"{name}={words[value] if isinstance(value, bool) else f'{value:g}'}" for name, value in settings.items()
    )
