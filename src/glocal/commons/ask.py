"""Answer a question for this printer, this filament, this room and this part, from everything that the network knows.

Three answers in one: who has solved this (search), how likely is it to come out well here and with which settings
(odds), and what to try next. Where too little is known, there are no odds, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from glocal.commons.errors import NothingKnown
from glocal.commons.knowledge import Known
from glocal.commons.odds import FEWEST, Experience, Setting, Shape, Trial, told_by
from glocal.commons.relevance import PERHAPS, RELEVANT
from glocal.commons.search import Hit, SearchIndex
from glocal.commons.shapes import Shapes, asked_among
from glocal.commons.taxonomy import classes_of
from glocal.commons.trials import CAN_BE_SET, setting_of, trials_of
from glocal.values import Estimate, canonical_json

YOURS = "your settings"  # the source of the settings that somebody asks about
UNSURE_WIDTH, SAFE_LOSS, MOST_CANDIDATES, MOST_PERHAPS = 0.6, 0.1, 60, 2


@dataclass(frozen=True, slots=True)
class Context:
    """Where the question is asked.

    Parameters
    ----------
    machine, material : str
        Model and type as records name them, such as ``"MK3S"`` and ``"PETG"``; empty when not said.
    nozzle_mm, room_c, humidity_percent : float, optional
        As far as known.
    part : mapping
        Features as ``features.part_of`` gives them.
    settings : mapping
        What one would print with; empty to be advised.
    """

    machine: str = ""
    material: str = ""
    nozzle_mm: float | None = None
    enclosure: bool | None = None
    room_c: float | None = None
    humidity_percent: float | None = None
    part: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def record(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return the context as an outcome that has not happened yet."""
        return {
            "machine": {"model": self.machine, "enclosure": self.enclosure},
            "material": {"type": self.material, "dried": settings.get("dried")},
            "nozzle_mm": self.nozzle_mm,
            "settings": settings,
            "part": self.part,
            "room": {"temperature_c": self.room_c, "humidity_percent": self.humidity_percent},
        }


@dataclass(frozen=True, slots=True)
class Advice:
    """Settings with their odds, and who recommends them.

    Parameters
    ----------
    settings : mapping
        In canonical units.
    odds : Estimate or None
        Chance that the part comes out well, with its 80 % interval.
    source : str
        Reference of the recipe or of an outcome that used them.
    """

    settings: Mapping[str, Any]
    odds: Estimate | None
    source: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What stands behind the odds: prints that tell something, of how many shops, and of this one.

    ``alike`` of them were this material on this machine. How alike prints are was learnt from ``learnt_from`` prints;
    it is as shipped when that is 0.
    """

    prints: int = 0
    shops: int = 0
    own_prints: int = 0
    alike: int = 0
    learnt_from: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """The answer.

    Parameters
    ----------
    symptoms : tuple of str
        Classes of failure that the question names; none where nothing answers it.
    odds : Estimate or None
        For the settings of the context, or the best advised ones; None when too little is known.
    unsure : str
        Why there are no odds, or why they are wide; empty when neither.
    advice : tuple of Advice
        Best first.
    next_try : Advice or None
        What would teach most without being likely to fail; None where nothing is better than the best.
    solved : tuple of Hit
        Problems with answers that are likely to be meant, best first; none where nothing here answers the question.
    basis : Basis
        What the odds rest on.
    perhaps : tuple of Hit
        Where nothing answers: what might still be meant, to be asked back.
    """

    symptoms: tuple[str, ...]
    odds: Estimate | None
    unsure: str
    advice: tuple[Advice, ...]
    next_try: Advice | None
    solved: tuple[Hit, ...]
    basis: Basis
    perhaps: tuple[Hit, ...] = ()


def ask(
    question: str,
    context: Context,
    known: Sequence[Known],
    index: SearchIndex,
    *,
    own: str = "",
    shapes: Shapes | None = None,
    limit: int = 5,
) -> Told:
    """Answer ``question`` in its context.

    Parameters
    ----------
    question : str
        In a person's words; may be empty when only odds are wanted.
    known : sequence of Known
        What all logs say together, with the starter.
    index : SearchIndex
        Filled with the same.
    own : str
        Root key of the shop that asks; its prints count as its own experience.
    shapes : mapping, optional
        What was learnt of how alike prints are (:mod:`glocal.commons.shapes`); as shipped where nothing was.
    """
    found = index.search(question, limit=4 * limit, material=context.material) if question.strip() else []
    likely = sorted(found, key=lambda hit: -hit.evidence.chance())
    solved = tuple(_fitting((hit for hit in found if hit.evidence.chance() >= RELEVANT), context))[:limit]
    perhaps = () if solved else tuple(hit for hit in likely if hit.evidence.chance() >= PERHAPS)[:MOST_PERHAPS]
    candidates = _candidates(known, context)
    odds, unsure, basis = odds_of([settings for settings, _ in candidates], context, known, own=own, shapes=shapes)
    advice = [Advice(settings, chance, source) for (settings, source), chance in zip(candidates, odds, strict=True)]
    best = sorted(advice, key=lambda entry: -(entry.odds.value if entry.odds else 0.0))
    chosen = advice[0].odds if context.settings and advice else (best[0].odds if best else None)
    return Told(
        tuple(sorted(classes_of(question))) if solved else (),
        chosen,
        unsure,
        tuple(best[:limit]),
        _worth_trying(best),
        solved,
        basis,
        perhaps,
    )


def odds_of(
    settings: Sequence[Mapping[str, Any]],
    context: Context,
    known: Iterable[Known],
    *,
    own: str = "",
    shapes: Shapes | None = None,
) -> tuple[list[Estimate | None], str, Basis]:
    """Return the odds of each of the settings here, why they are unsure, and what they rest on."""
    name, trials = asked_among(trials_of(known), context.material.casefold())
    learnt = (shapes or {}).get(name)
    theirs, mine = [t for t in trials if t.setting.node != own], [t for t in trials if own and t.setting.node == own]
    alike = sum(_alike(trial, context) for trial in trials)
    shops = len({trial.setting.node for trial in trials})
    basis = Basis(len(trials), shops, len(mine), alike, learnt.prints if learnt else 0)
    questions = [setting_of(context.record(wanted), node=own) for wanted in settings]
    try:
        found = _found(questions, theirs, mine, learnt.shape if learnt else None)
    except NothingKnown as nothing:
        return [None] * len(questions), nothing.message, basis
    wide = [chance for chance in found if chance and chance.high - chance.low > UNSURE_WIDTH]
    unsure = ""
    if not alike:
        unsure = "Nobody has shared prints of this material on this machine; the odds rest on others that differ."
    elif found and len(wide) == len(found):
        unsure = "The prints that are known differ too much from this one to be sure."
    return found, unsure, basis


def _found(
    questions: Sequence[Setting], theirs: Sequence[Trial], mine: Sequence[Trial], shape: Shape | None
) -> list[Estimate | None]:
    """Return the odds from others' prints and from own ones, each print counted once."""
    if len(theirs) >= FEWEST:
        return list(Experience(theirs, shape).odds(questions, mine)) if questions else []
    together = Experience([*theirs, *mine], shape)
    if not questions:
        return []
    if len(mine) >= FEWEST:  # so few of others add nothing, and nobody could judge them
        return list(together.alone().odds(questions, mine))
    source = told_by(len(theirs), len({t.setting.node for t in theirs}), len(mine))
    return [replace(estimate, source=source) for estimate in together.odds(questions)]


def _alike(trial: Trial, context: Context) -> bool:
    return (trial.setting.material, trial.setting.machine) == (
        context.material.casefold(),
        context.machine.casefold(),
    )


def _candidates(known: Iterable[Known], context: Context) -> list[tuple[Mapping[str, Any], str]]:
    """Return settings worth asking about: those of the context, of recipes for this material, and of good prints."""
    found: dict[bytes, tuple[Mapping[str, Any], str]] = {}
    if context.settings:
        found[canonical_json(_settable(context.settings))] = dict(context.settings), YOURS
    ranked: list[tuple[bool, Mapping[str, Any], str]] = []
    for entry in known:
        record = entry.record
        if record["kind"] == "recipe" or (record["kind"] == "outcome" and record["phase"] == "ok"):
            kind = str(record["material"]["type"]).casefold()
            if context.material and kind != context.material.casefold():
                continue
            if context.nozzle_mm is not None and abs(record["nozzle_mm"] - context.nozzle_mm) > 0.01:
                continue
            machine = record["machine"] if isinstance(record["machine"], str) else record["machine"]["model"]
            other = machine.casefold() != context.machine.casefold()
            ranked.append((other, _settable(record["settings"]), entry.reference))
    for _, settings, source in sorted(ranked, key=lambda entry: entry[0]):
        if settings and len(found) < MOST_CANDIDATES:
            found.setdefault(canonical_json(settings), (settings, source))
    return list(found.values())


def _settable(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: settings[name] for name in CAN_BE_SET if name in settings}


def _worth_trying(best: Sequence[Advice]) -> Advice | None:
    """Return the settings with most to gain whose low end is not far below that of the best (safe exploration)."""
    if not best or best[0].odds is None:
        return None
    floor, top = best[0].odds.low - SAFE_LOSS, best[0].odds.high
    hopeful = [entry for entry in best[1:] if entry.odds and entry.odds.low >= floor and entry.odds.high > top]
    return max(hopeful, key=lambda entry: entry.odds.high if entry.odds else 0.0, default=None)


def _fitting(hits: Iterable[Hit], context: Context) -> Iterable[Hit]:
    """Yield problems and answers; those about another material come after the others."""
    asked = context.material.casefold()

    def other(hit: Hit) -> bool:
        about = str(hit.record.get("context", {}).get("material", "")).casefold().split()
        return bool(asked and about and asked not in about)

    problems = [hit for hit in hits if hit.record["kind"] in {"problem", "answer"}]
    return sorted(problems, key=other)


__all__ = ["Advice", "Basis", "Context", "Setting", "Told", "ask", "odds_of"]
