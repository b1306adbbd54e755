"""Learn from choices: counts by region and week, over-dispersion, and the hierarchy of each question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from glocal.demand.areas import Areas, fit_areas
from glocal.demand.blended import blended
from glocal.demand.bursts import usual_weeks, weigh_bursts
from glocal.demand.change import fit_change
from glocal.demand.dirichlet import Floats, Hierarchy, effective, fit_hierarchy, overdispersion
from glocal.demand.errors import EventBroken, NoEvents
from glocal.demand.events import CLOCK_TOLERANCE, KIND_WEIGHTS, ChoiceEvent, Kind
from glocal.demand.flood import Tamed, tame, weighing
from glocal.demand.intervals import interval_names, interval_of, intervals
from glocal.demand.local_trend import fit_local_trends
from glocal.demand.many_options import MANY, ManyOptions, fit_many_options
from glocal.demand.model import Model
from glocal.demand.panel import Panel
from glocal.demand.price_response import fit_price
from glocal.demand.question import Key, LatestWeek, Question, RegionEvidence
from glocal.demand.region_weeks import RegionWeeks, bursts, in_words, region_weeks

COMPLETION_ROUNDS = 30


def fit(
    events: Iterable[ChoiceEvent],
    *,
    kind_weights: Mapping[Kind, float] = KIND_WEIGHTS,
    now: datetime | None = None,
    counted: bool = False,
    known: Panel | None = None,
) -> Model:
    """Learn what regions want.

    Parameters
    ----------
    events : iterable of ChoiceEvent
        In any order; the offered set of the latest one counts as the current one.
    kind_weights : mapping
        What each kind of event is worth as a choice.
    now : datetime or None
        Choices dated more than a day later are left out, and the model says so.
    counted : bool
        The choices were counted at a till: however many there are in a week, they are no flood.
    known : Panel or None
        The same choices, of one question, with what else is known of offers and regions.

    Raises
    ------
    NoEvents
        When nothing in them counts as a choice.
    EventBroken
        When one parameter was answered both with options and with values.
    """
    by_key: dict[Key, list[ChoiceEvent]] = defaultdict(list)
    future: dict[Key, float] = defaultdict(float)
    for event in events:
        if kind_weights[event.kind] * event.weight <= 0:
            continue
        if now is not None and event.at > now + CLOCK_TOLERANCE:
            future[event.product, event.parameter] += event.weight
        else:
            by_key[event.product, event.parameter].append(event)
    if not by_key and future:
        raise NoEvents("All choices are dated in the future.", help="Look at the clock that wrote them.")
    if not by_key:
        raise NoEvents("There is no choice to learn from.", help="Looks and returns alone do not say what people want.")
    questions = {}
    for key in sorted(by_key):
        question, events = _fit_question(by_key[key], key, kind_weights, counted=counted)
        questions[key] = blended(question, events, kind_weights, known)
    for key, left_out in future.items():
        if key in questions:
            note = f"{left_out:g} choices are dated in the future and were left out"
            questions[key] = replace(questions[key], notes=(*questions[key].notes, note))
    return Model(questions, kind_weights)


def _fit_question(
    events: list[ChoiceEvent], key: Key, kind_weights: Mapping[Kind, float], *, counted: bool
) -> tuple[Question, list[ChoiceEvent]]:
    """Return what regions said, and the events as they were heard."""
    continuous = {event.continuous for event in events}
    if len(continuous) > 1:
        raise EventBroken(f"{key[1]!r} of {key[0]!r} is answered in two ways: values and options.")
    events = sorted(events, key=lambda event: event.at)
    tamed = Tamed(events, ()) if counted else tame(events)
    events, notes = tamed.events, tamed.notes
    if continuous.pop():
        edges = intervals(np.array([float(event.chosen) for event in events]), np.array([e.weight for e in events]))
        options = interval_names(edges)
        chosen = np.array([interval_of(edges, float(event.chosen)) for event in events])
        offered, available = options, None
    else:
        edges = None
        options = tuple(dict.fromkeys(o for event in events for o in (*event.offered, str(event.chosen))))
        position = {option: index for index, option in enumerate(options)}
        chosen = np.array([position[str(event.chosen)] for event in events])
        offered = next((event.offered for event in reversed(events) if event.offered), options)
        available, missing = _availability(events, options)
        notes = (*notes, *missing)
    weights = np.array([kind_weights[event.kind] * event.weight for event in events])
    raw = region_weeks(events, chosen, weights, len(options))
    worth = np.ones(len(raw.counts)) if counted else weigh_bursts(raw.counts, raw.region, raw.week)
    loud = bursts(raw, worth, options)
    notes = (*notes, *in_words(loud))
    rows = replace(raw, counts=raw.counts * worth[:, None])
    events = [weighing(event, factor) for event, factor in zip(events, worth[raw.of_event].tolist(), strict=True)]
    weights = weights * worth[raw.of_event]
    rho = overdispersion(rows.counts, rows.region)
    if np.bincount(rows.region).max() < 2:
        notes = (*notes, "each region has chosen in one week only: how alike choices of one week are is assumed")
    scale = effective(rows.counts.sum(axis=1), rho) / rows.counts.sum(axis=1)
    change = fit_change(rows.counts * scale[:, None], rows.region, rows.week)
    notes = (*notes, *change.in_words())
    single, scale = rows.counts * scale[:, None], scale * change.memory ** (rows.week.max() - rows.week)
    counts = np.zeros((len(rows.names), len(options)))
    np.add.at(counts, rows.region, rows.counts * scale[:, None])
    completed = counts if available is None else _complete(counts, _exposed(events, rows, available, weights))
    regions = _evidence(completed, raw, rows.counts, scale)
    if len(options) <= MANY:
        change = replace(
            change,
            local=fit_local_trends(
                single, rows.region, rows.week, rows.names, counts, followed=change.drift is not None
            ),
        )
    if len(regions) == 1:
        notes = (*notes, "only one region has chosen: how regions differ is not known yet")
    hierarchy, areas, unheard = _hierarchy(completed, rows.names, many=edges is None and len(options) > MANY)
    notes = (*notes, *unheard)
    hierarchy = _as_far_apart(hierarchy, rows, chosen, events, kind_weights) if available is None else hierarchy
    price = fit_price(events, options, rows.names)
    priced = {bool(event.prices) for event in events if event.chosen in event.offered}  # a wish has seen none
    if len(priced) > 1:
        notes = (*notes, "prices are missing for some choices: the answer to prices rests on the others")
    return Question(options, offered, edges, hierarchy, regions, rho, notes, areas, price, change, loud), events


def _as_far_apart(
    hierarchy: Hierarchy | ManyOptions,
    rows: RegionWeeks,
    chosen: NDArray[np.intp],
    events: list[ChoiceEvent],
    kind_weights: Mapping[Kind, float],
) -> Hierarchy | ManyOptions:
    """Return the hierarchy with regions as far apart as all events say, each as one.

    What was only tried counts a fifth as evidence, but scatters as what it is: fifths of choices scatter less than
    choices, so that regions would pass for more alike than they are.
    """
    if isinstance(hierarchy, ManyOptions) or all(kind_weights[event.kind] == 1 for event in events):
        return hierarchy
    weeks = np.zeros_like(rows.counts)
    np.add.at(weeks, (rows.of_event, chosen), [event.weight for event in events])
    totals = np.maximum(weeks.sum(axis=1), 1e-12)
    heard = weeks * (effective(totals, overdispersion(weeks, rows.region)) / totals)[:, None]
    counts = np.zeros((len(rows.names), weeks.shape[1]))
    np.add.at(counts, rows.region, heard)
    return replace(hierarchy, odds=fit_hierarchy(counts).odds)


def _hierarchy(
    completed: Floats, names: list[str], *, many: bool
) -> tuple[Hierarchy | ManyOptions, Areas | None, tuple[str, ...]]:
    """Return how regions and areas differ, and what to say of what nobody has named yet."""
    if many:
        found = fit_many_options(completed)
        return found, None, (f"about {found.unheard:.0%} of choices name what nobody has named before",)
    hierarchy = fit_hierarchy(completed)
    return hierarchy, fit_areas(hierarchy, completed, names), ()


def _evidence(completed: Floats, raw: RegionWeeks, counted: Floats, scale: Floats) -> dict[str, RegionEvidence]:
    """Return what every region has said; ``counted`` are the choices without bursts, (W, J)."""
    choices = np.bincount(raw.region, weights=counted.sum(axis=1), minlength=len(raw.names))
    usual = usual_weeks(raw.counts.sum(axis=1), raw.region)
    found = {}
    for r, (name, (week, row)) in enumerate(zip(raw.names, raw.latest, strict=True)):
        latest = LatestWeek(week, raw.counts[row], counted[row] * scale[row])
        found[name] = RegionEvidence(completed[r], float(choices[r]), latest, float(usual[r]))
    return found


def _availability(
    events: list[ChoiceEvent], options: tuple[str, ...]
) -> tuple[NDArray[np.bool_] | None, tuple[str, ...]]:
    """Return which options each event could have chosen, or None when that was always all of them.

    Whatever was ever wished for could have been wished for by anybody.
    """
    wished = {str(event.chosen) for event in events if event.chosen not in event.offered}
    ever = set(options)
    if all(ever <= {*event.offered, *wished} for event in events):
        return None, ()
    table = np.array([[option in event.offered or option in wished for option in options] for event in events])
    return table, ("not all options were offered everywhere; what was not offered is inferred from where it was",)


def _exposed(
    events: list[ChoiceEvent], rows: RegionWeeks, available: NDArray[np.bool_], weights: Floats
) -> dict[tuple[int, bytes], float]:
    """Return how many choices each region made from each offered set."""
    totals: dict[tuple[int, bytes], float] = defaultdict(float)
    for event in range(len(events)):
        totals[int(rows.region[rows.of_event[event]]), available[event].tobytes()] += float(weights[event])
    return totals


def _complete(counts: Floats, exposed: dict[tuple[int, bytes], float]) -> Floats:
    """Return counts as if all options had been offered always (EM; Luce's choice axiom), with the evidence unchanged.

    Who chose from a smaller set would have chosen something outside it with the odds of the shares themselves.
    """
    observed = counts.sum(axis=1)
    completed = counts
    keys = list(exposed)
    region = np.array([r for r, _ in keys])
    sets = np.array([np.frombuffer(raw, dtype=bool) for _, raw in keys])
    share = np.array([exposed[key] for key in keys])
    share = share / np.bincount(region, weights=share)[region] * observed[region]
    for _ in range(COMPLETION_ROUNDS):
        network = completed.sum(axis=0) + 0.5
        shares = completed + network / network.sum()
        shares /= shares.sum(axis=1, keepdims=True)
        inside = (shares[region] * sets).sum(axis=1)
        missing = np.zeros_like(counts)
        np.add.at(missing, region, (share / inside)[:, None] * shares[region] * ~sets)
        completed = counts + missing
    return np.asarray(completed * (observed / completed.sum(axis=1))[:, None])
