"""The nightly refit, question by question, on whatever executor there is: a process pool here, a cluster there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Executor
from datetime import datetime

from glocal.demand.errors import NoEvents
from glocal.demand.events import ChoiceEvent
from glocal.demand.fit import fit
from glocal.demand.model import Model
from glocal.demand.question import Key, Question


def refit(events: Iterable[ChoiceEvent], executor: Executor, *, now: datetime | None = None) -> Model:
    """Return the same model as :func:`glocal.demand.fit.fit`; questions know nothing of each other, so each is a task.

    ``executor`` is any :class:`concurrent.futures.Executor`; ``dask.distributed.Client.get_executor()`` is one, and
    runs the tasks of a worker that dies again on another.
    """
    by_key: dict[Key, list[ChoiceEvent]] = defaultdict(list)
    for event in events:
        by_key[event.product, event.parameter].append(event)
    tasks = [executor.submit(_fit_one, by_key[key], now) for key in sorted(by_key)]
    questions: dict[Key, Question] = {}
    for task in tasks:
        questions.update(task.result())
    if not questions:
        raise NoEvents("There is no choice to learn from.", help="Looks and returns alone do not say what people want.")
    return Model(questions)


def _fit_one(events: list[ChoiceEvent], now: datetime | None) -> dict[Key, Question]:
    try:
        return dict(fit(events, now=now).questions)
    except NoEvents:
        return {}
