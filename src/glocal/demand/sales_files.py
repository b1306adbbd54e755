"""Sales on disk: CSV (gzipped or not) or Parquet, one line per region, period and option that was offered.

Columns ``region, period, option, count`` and any number of ``x_NAME`` (what varies with option and period: log price,
on offer or not) and ``z_NAME`` (what is known of a region). ``period`` is a whole number that counts in order of time.
An option without a line in a region and period was not offered there; ``count`` 0 means offered and not chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from glocal.demand.errors import EventFileBroken, NoEvents, TooLittleData, UnknownQuestion
from glocal.demand.event_files import column_names, number, read_events, read_table
from glocal.demand.events import CLOCK_TOLERANCE, KIND_WEIGHTS, MOST_CHOICES, ChoiceEvent, Kind
from glocal.demand.flood import tame
from glocal.demand.panel import Panel, standardised

COLUMNS = ("region", "period", "option", "count")
MOST_PERIODS = 50_000
MOST_NAMED = 5


def read_sales(path: Path) -> Panel:
    """Read a panel; covariates come standardised.

    Raises
    ------
    EventFileBroken
        When a column or a number is missing, a line comes twice, or a region's covariate changes.
    """
    rows = read_table(path)
    if not rows or (missing := sorted(set(COLUMNS) - set(rows[0]))):
        lacks = f" lacks the columns {', '.join(missing)}" if rows else " has no lines"
        raise EventFileBroken(f"{path.name}{lacks}.", help=f"Expected {', '.join(COLUMNS)}, x_…, z_….")
    names = list(rows[0])
    features = tuple(name for name in names if name.startswith("x_"))
    covariates = tuple(name for name in names if name.startswith("z_"))
    numbers = _numbers(path, rows, ("period", "count", *features, *covariates))
    regions, region = np.unique([row["region"] for row in rows], return_inverse=True)
    options, option = np.unique([row["option"] for row in rows], return_inverse=True)
    period = numbers[:, 0].astype(np.intp)
    if (period != numbers[:, 0]).any():
        raise EventFileBroken(f"{path.name}: a period is not a whole number.")
    if np.ptp(period) > MOST_PERIODS:
        raise EventFileBroken(
            f"{path.name}: the periods run from {period.min()} to {period.max()}.",
            help="Number them one after the other: weeks, for example, from 1.",
        )
    cells, row_of = np.unique(np.stack([region, period], axis=1), axis=0, return_inverse=True)
    row_of = row_of.ravel()
    shape = (len(cells), len(options))
    counts, offered = np.zeros(shape), np.zeros(shape, dtype=bool)
    x = np.zeros((*shape, len(features)))
    if len(np.unique(row_of * shape[1] + option)) < len(rows):
        raise EventFileBroken(f"{path.name}: one region, period and option comes twice.")
    counts[row_of, option], offered[row_of, option] = numbers[:, 1], True
    x[row_of, option] = numbers[:, 2 : 2 + len(features)]
    z = _covariates(path, numbers[:, 2 + len(features) :], region, len(regions))
    return Panel(
        tuple(map(str, regions)),
        tuple(map(str, options)),
        tuple(name[2:] for name in features),
        tuple(name[2:] for name in covariates),
        cells[:, 0],
        cells[:, 1],
        counts,
        offered,
        x,
        standardised(z),
    )


def is_sales(source: Path | str) -> bool:
    """Say whether a file holds sales: it has ``count`` and ``period`` and no ``chosen``."""
    names = column_names(source)
    return {"count", "period"} <= names and "chosen" not in names


def read_panel(
    source: Path | str, now: datetime, *, product: str | None = None, parameter: str | None = None
) -> tuple[Panel, tuple[str, ...]]:
    """Read sales, or choices counted by week (one question, all its options), and what a reader should know.

    Floods are capped as in :func:`glocal.demand.fit.fit`, and said.

    Raises
    ------
    EventFileBroken
        When a file of choices holds several such questions, or a continuous one.
    """
    if is_sales(source):
        return read_sales(Path(source)), ()
    events, notes = _until(_asked(source, product, parameter), now)
    chosen = _chosen(events, KIND_WEIGHTS)
    _one_question(chosen)
    tamed = tame(chosen)
    return panel_of_events(tamed.events), (*notes, *tamed.notes)


def _asked(source: Path | str, product: str | None, parameter: str | None) -> list[ChoiceEvent]:
    """Read the choices of a product and parameter; None means any."""
    wanted = [e for e in read_events(source) if product in {None, e.product} and parameter in {None, e.parameter}]
    if not wanted and (product or parameter):
        raise UnknownQuestion("The file holds no choice of this product and parameter.")
    return wanted


def events_of_panel(panel: Panel, product: str) -> list[ChoiceEvent]:
    """Return sales as choices of the question ``product``, "option", a period a week."""
    log_price = panel.x[:, :, panel.features.index("log_price")] if "log_price" in panel.features else None
    first = datetime(2001, 1, 1, 12, tzinfo=UTC)  # a Monday; only the distance between periods matters
    start = int(panel.period.min()) if len(panel.period) else 0
    events = []
    for t, j in np.argwhere(panel.counts > 0).tolist():
        offered = tuple(option for option, there in zip(panel.options, panel.offered[t], strict=True) if there)
        at = first + timedelta(weeks=int(panel.period[t]) - start)
        about = (offered, panel.options[j], panel.regions[panel.region[t]], at)
        prices = () if log_price is None else tuple(np.exp(log_price[t, panel.offered[t]]).tolist())
        events.append(ChoiceEvent(product, "option", *about, "ordered", float(panel.counts[t, j]), prices))
    return events


def read_sold(
    source: Path | str, now: datetime, *, product: str | None = None, parameter: str | None = None
) -> tuple[Panel, tuple[str, ...]]:
    """Read sales, or the orders among choices by week, and what a reader of the run size should know.

    Raises
    ------
    EventFileBroken
        When a file of choices holds several such questions, or a continuous one.
    TooLittleData
        When nobody has ordered.
    """
    if is_sales(source):
        return read_sales(Path(source)), ()
    events, notes = _until(_asked(source, product, parameter), now)
    panel, more = orders_by_week(events)
    return panel, (*notes, *more)


def _until(events: Sequence[ChoiceEvent], now: datetime) -> tuple[list[ChoiceEvent], tuple[str, ...]]:
    """Leave out what is dated in the future: one wrong year would make an empty age of it."""
    kept = [event for event in events if event.at <= now + CLOCK_TOLERANCE]
    if not kept:
        raise NoEvents("There is no choice to learn from, or all are dated in the future.")
    left = len(events) - len(kept)
    return kept, (f"{left} choices are dated in the future and were left out",) if left else ()


def orders_by_week(events: Sequence[ChoiceEvent]) -> tuple[Panel, tuple[str, ...]]:
    """Count orders by region in every week from the first choice to the last, those without an order too.

    What people tried or wished for tells what they like, not how many will pay; where they did so and nobody has
    ordered yet, nothing is what was sold. Floods are capped, and said.
    """
    _one_question(events)
    tamed = tame([event for event in events if event.kind == "ordered" and event.weight > 0])
    orders = tamed.events
    if not orders:
        raise TooLittleData(
            "Nobody has ordered: how many customers there are is not known.",
            help="Run sizes are learnt from orders, not from what people tried or wished for.",
        )
    weeks = [_week_number(event) for event in events]
    first, many = min(weeks), max(weeks) - min(weeks) + 1
    regions, options = sorted({e.region for e in events}), sorted({option for e in orders for option in e.offered})
    place, position = ({name: i for i, name in enumerate(names)} for names in (regions, options))
    counts = np.zeros((len(regions), many, len(options)))
    for e in orders:
        counts[place[e.region], _week_number(e) - first, position[str(e.chosen)]] += e.weight
    shape = (len(regions) * many, len(options))
    region, period = (axis.ravel() for axis in np.mgrid[: len(regions), first : first + many])
    panel = Panel(
        tuple(regions),
        tuple(options),
        (),
        (),
        region,
        period,
        counts.reshape(shape),
        np.ones(shape, dtype=bool),
        np.zeros((*shape, 0)),
        np.zeros((len(regions), 0)),
    )
    return panel, tamed.notes


def _one_question(events: Sequence[ChoiceEvent]) -> None:
    if not events:
        raise NoEvents("There is no choice to learn from.", help="Looks and returns alone do not say what people want.")
    questions = sorted({(event.product, event.parameter) for event in events})
    if len(questions) > 1:
        more = " …" if len(questions) > MOST_NAMED else ""
        named = "; ".join(f"{product}, {parameter}" for product, parameter in questions[:MOST_NAMED])
        raise EventFileBroken(
            f"The file holds {len(questions)} questions ({named}{more}); one is needed here.",
            help="Say which product and which parameter, or keep the choices of one.",
        )
    if any(event.continuous for event in events):
        raise EventFileBroken(
            f"{questions[0][1]!r} of {questions[0][0]!r} is answered with numbers, not with options.",
            help="`fit` and `predict` answer for numbers too.",
        )


def panel_of_events(events: Sequence[ChoiceEvent], kind_weights: Mapping[Kind, float] = KIND_WEIGHTS) -> Panel:
    """Count choices by region, week and offered set; wishes for what was not offered are left out here."""
    chosen = _chosen(events, kind_weights)
    _one_question(chosen)
    regions = sorted({e.region for e in chosen})
    options = sorted({option for e in chosen for option in e.offered})
    place, position = ({name: i for i, name in enumerate(names)} for names in (regions, options))
    keys = sorted({(place[e.region], _week_number(e), e.offered, e.prices) for e in chosen})
    row_of = {key: row for row, key in enumerate(keys)}
    shape = (len(keys), len(options))
    counts, offered, logs = np.zeros(shape), np.zeros(shape, dtype=bool), np.zeros((*shape, 1))
    priced = all(e.prices for e in chosen)
    for row, (_, _, names, prices) in enumerate(keys):
        at = [position[name] for name in names]
        offered[row, at] = True
        if priced:
            logs[row, at, 0] = np.log(prices)
    for e in chosen:
        row = row_of[place[e.region], _week_number(e), e.offered, e.prices]
        counts[row, position[str(e.chosen)]] += kind_weights[e.kind] * e.weight
    return Panel(
        tuple(regions),
        tuple(options),
        ("log_price",) if priced else (),
        (),
        np.array([key[0] for key in keys]),
        np.array([key[1] for key in keys]),
        counts,
        offered,
        logs if priced else np.zeros((*shape, 0)),
        np.zeros((len(regions), 0)),
    )


def _chosen(events: Sequence[ChoiceEvent], kind_weights: Mapping[Kind, float]) -> list[ChoiceEvent]:
    return [e for e in events if kind_weights[e.kind] * e.weight > 0 and (e.continuous or e.chosen in e.offered)]


def _week_number(event: ChoiceEvent) -> int:
    return (event.at.astimezone(UTC).toordinal() - 1) // 7  # ISO weeks: the first day of all was a Monday


def week_name(number: int) -> str:
    """Return the ISO week of a period that choices were counted in, for example ``"2026-W09"``."""
    year, week, _ = date.fromordinal(7 * number + 1).isocalendar()
    return f"{year:04}-W{week:02}"


def _numbers(path: Path, rows: Sequence[dict[str, str]], columns: Sequence[str]) -> np.ndarray[tuple[int, int]]:
    try:
        values = np.array([[float(row[column]) for column in columns] for row in rows])
    except ValueError:
        for line, row in enumerate(rows, start=2):
            for column in columns:
                number(row[column], column, f"{path.name}, line {line}")
        raise
    low = np.array([-np.inf if column != "count" else 0.0 for column in columns])
    wrong = np.argwhere(~(np.isfinite(values) & (values >= low) & (values <= MOST_CHOICES)))
    if len(wrong):
        place, at = int(wrong[0, 0]), int(wrong[0, 1])
        least = "" if np.isinf(low[at]) else "0 or more, "
        raise EventFileBroken(
            f"{path.name}, line {place + 2}: {columns[at]} is {rows[place][columns[at]]}, expected a number, {least}"
            f"at most {MOST_CHOICES:g}."
        )
    return values


def _covariates(
    path: Path, values: np.ndarray[tuple[int, int]], region: np.ndarray[tuple[int]], regions: int
) -> np.ndarray[tuple[int, int]]:
    z = np.zeros((regions, values.shape[1]))
    z[region] = values
    if (z[region] != values).any():
        raise EventFileBroken(f"{path.name}: a z_ column changes within a region.", help="Use an x_ column for it.")
    return z
