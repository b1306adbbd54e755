"""A table of prints as people keep it: whose print, with what, and how it came out; what is odd about it is said.

The columns that must be there may have other names in use, or be named by the caller. Every other column is a setting
where its cells are numbers, flags or a few words; what cannot be one is left out and said.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from glocal.commons.errors import NothingKnown, RecordRefused
from glocal.commons.odds import Setting, Trial
from glocal.commons.schema import SYMPTOMS
from glocal.names import nearest

GOOD = ("1", "1.0", "true", "t", "yes", "y", "ok", "good", "pass", "passed", "success", "successful", "succeeded",
        "completed", "complete", "done", "finished", "oui", "ja")  # fmt: skip
BAD = ("0", "0.0", "false", "f", "no", "n", "nok", "not ok", "bad", "fail", "failed", "failure", "part_fault", "error",
       "scrap", "non", "nein")  # fmt: skip
OUTCOMES: Mapping[str, bool] = {**dict.fromkeys(GOOD, True), **dict.fromkeys(BAD, False)}
DEFECTS = frozenset(SYMPTOMS) - {"other", "choice"}
NAMES: Mapping[str, tuple[str, ...]] = {
    "node": ("node", "shop", "lab", "site", "maker", "workshop"),
    "ok": ("ok", "success", "outcome", "result", "status", "phase"),
    "material": ("material", "filament"),
    "machine": ("machine", "printer"),
    "grade": ("grade",),
}
NEEDED = {"node": "whose print each is", "ok": "how it came out"}
COUNTS = {"id", "nr", "no", "number", "index", "row", "job", "job_id", "print_id", "#"}
UNKNOWN = {"", "-", "?", "na", "n/a", "nan", "none", "null", "unknown"}
MOST_WORDS, LARGEST = 8, 1e15
_NUMBER = re.compile(
    r"""([-+]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:e[-+]?\d+)?)             # 210, 0.2, 0,2, 1e-3
        \s*([^\W\d_][^\d,.;]{0,7}|[%°"][^\d,.;]{0,4})?               # mm, °C, %""",
    re.IGNORECASE | re.VERBOSE,
)
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([T ].*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}([T ].*)?")


@dataclass(frozen=True, slots=True)
class Prints:
    """What a table tells.

    Parameters
    ----------
    trials : tuple of Trial
        In the table's order.
    settings : tuple of str
        What each of their settings is.
    left_out : Counter of str
        How often each word stands where it should say how a print came out, and makes no trial: prints that never
        started or were cancelled are none, and of a word that is unknown nobody can say.
    notes : tuple of str
        How the table was read where that could have been otherwise.
    """

    trials: tuple[Trial, ...]
    settings: tuple[str, ...]
    left_out: Counter[str]
    notes: tuple[str, ...]


def read_prints(columns: Sequence[str], rows: Sequence[Mapping[str, str]], *, node: str = "", ok: str = "") -> Prints:
    """Return the prints in a table.

    Parameters
    ----------
    columns : sequence of str
    rows : sequence of mapping
        Column → cell, as text.
    node, ok : str
        Which column says whose print it is, and which how it came out; else one of ``NAMES``.

    Raises
    ------
    RecordRefused
        When it does not say whose print each is or how it came out.
    NothingKnown
        When all prints came out alike, so that there is nothing to foretell.
    """
    notes: list[str] = []
    if twice := [name for name, count in Counter(columns).items() if count > 1 and name]:
        raise RecordRefused(f"Two columns are called {twice[0]!r}.", help="Give each column a name of its own.")
    if not rows:
        raise RecordRefused(
            "The table has no rows.", help="Give one print a row, below a header that names the columns."
        )
    roles = _roles(columns, {"node": node, "ok": ok}, notes)
    settings = dict(_settings([name for name in columns if name and name not in roles.values()], rows, notes))
    grades = _numbers([row[roles["grade"]] for row in rows]) if "grade" in roles else None
    trials: list[Trial] = []
    left_out: Counter[str] = Counter()
    for place, row in enumerate(rows):
        word = row[roles["ok"]].strip().casefold()
        came_out = False if word in DEFECTS else OUTCOMES.get(word)
        if came_out is None:
            left_out[word] += 1
            continue
        kind, machine = (row[roles[name]] if name in roles else "" for name in ("material", "machine"))
        setting = Setting(tuple(cells[place] for cells in settings.values()), kind, machine, row[roles["node"]])
        grade = grades[place] if grades else math.nan
        trials.append(Trial(setting, came_out, grade if math.isfinite(grade) else None))
    _refuse_where_nothing_is_told(trials, left_out, roles["ok"])
    if longer := sum("" in row and "" not in columns for row in rows):
        notes.append(f"{longer} rows have more cells than the header; what is beyond it is left out")
    if alike := len(rows) - len({tuple(row.items()) for row in rows}):
        notes.append(f"{alike} rows are equal to another; each counts as a print of its own")
    return Prints(tuple(trials), tuple(settings), left_out, tuple(notes))


def _refuse_where_nothing_is_told(trials: Sequence[Trial], left_out: Counter[str], column: str) -> None:
    if not trials:
        words = ", ".join(f"{word!r}" for word, _ in left_out.most_common(5))
        raise RecordRefused(
            f"No word in the column {column!r} says how a print came out: {words}.",
            help="Good: 1, yes, true, ok, good, passed…; bad: 0, no, failed, scrap… or a defect such as stringing.",
        )
    if len({trial.ok for trial in trials}) == 1:
        how, many = "well" if trials[0].ok else "badly", len(trials)
        raise NothingKnown(
            f"{'The only print' if many == 1 else f'All {many} prints'} came out {how}: there is nothing to foretell.",
            help="Odds can be judged on prints of which some came out well and some did not.",
        )


def _roles(columns: Sequence[str], given: Mapping[str, str], notes: list[str]) -> dict[str, str]:
    """Return which column is what, by its name, by another name in use, or as the caller says."""
    plain = {name.casefold().replace(" ", "_"): name for name in reversed(columns)}
    has = ", ".join(repr(name) for name in columns[:12] if name) or "no columns"
    found: dict[str, str] = {}
    for role, names in NAMES.items():
        if wanted := given.get(role, ""):
            if wanted not in columns:
                near = nearest(wanted, columns)
                raise RecordRefused(
                    f"The table has no column {wanted!r}; it has {has}.", help=f"Is it {near!r}?" if near else ""
                )
            found[role] = wanted
            continue
        there = [name for name in names if name in plain]
        if len(there) > 1 and names[0] not in there and role in NEEDED:
            raise RecordRefused(
                f"Several columns may say {NEEDED[role]}: {', '.join(repr(plain[name]) for name in there)}.",
                help=f"Say which with --{role} COLUMN.",
            )
        if there:
            found[role] = plain[there[0]]
            if found[role] != role:
                notes.append(f"the column {found[role]!r} is read as {role}")
        elif role in NEEDED:
            raise RecordRefused(
                f"No column says {NEEDED[role]}; the table has {has}.",
                help=f"Call it {role!r}, or name it with --{role} COLUMN.",
            )
    return found


def _settings(
    names: Iterable[str], rows: Sequence[Mapping[str, str]], notes: list[str]
) -> Iterable[tuple[str, list[float]]]:
    """Yield what of the other columns is a setting, as numbers; say what is not."""
    for name in names:
        cells = [row[name].strip() for row in rows]
        told = {cell.casefold() for cell in cells} - UNKNOWN
        if not told:
            continue
        if told <= OUTCOMES.keys() and not all(_NUMBER.fullmatch(cell) for cell in told):
            yield name, [float(OUTCOMES.get(cell.casefold(), math.nan)) for cell in cells]
        elif _are_numbers(told):
            numbers = _column_of_numbers(name, cells, notes)
            if numbers is not None:
                yield name, numbers
        elif sum(map(bool, map(_DATE.fullmatch, told))) > len(told) / 2:
            notes.append(f"{name!r} is left out: dates are no settings")
        elif len(told) <= MOST_WORDS:
            for word in sorted(told)[1:] if len(told) <= 2 else sorted(told):
                yield (
                    f"{name}={word}",
                    [math.nan if c.casefold() in UNKNOWN else float(c.casefold() == word) for c in cells],
                )
        else:
            notes.append(f"{name!r} is left out: {len(told)} different words, at most {MOST_WORDS} are told apart")


def _are_numbers(told: set[str]) -> bool:
    """Say whether most words of a column are numbers, all with one unit or none."""
    found = [match for word in told if (match := _NUMBER.fullmatch(word))]
    return 2 * len(found) > len(told) and len({(match[2] or "").strip() for match in found}) == 1


def _column_of_numbers(name: str, cells: Sequence[str], notes: list[str]) -> list[float] | None:
    """Return a column's numbers; None, and why, where they are no setting or nobody can tell what they are."""
    grouped = [cell for cell in cells if "," in cell]
    if grouped and all(_THOUSANDS.fullmatch(cell) for cell in grouped):
        notes.append(f"{name!r} is left out: {grouped[0]} may be {grouped[0].replace(',', '')} or "
                     f"{grouped[0].replace(',', '.')}; write it without the comma or with a point")  # fmt: skip
        return None
    numbers = _numbers(cells)
    if name.casefold() in COUNTS and len(set(numbers)) == len(numbers):
        notes.append(f"{name!r} is left out: it only counts the rows")
        return None
    if grouped:
        notes.append(f"{name!r} has decimal commas")
    told = [cell.casefold() not in UNKNOWN for cell in cells]
    if unread := sum(math.isnan(number) for number, is_told in zip(numbers, told, strict=True) if is_told):
        notes.append(f"{unread} cells of {name!r} are no numbers below {LARGEST:g}; taken as unknown")
    return numbers


def _numbers(cells: Iterable[str]) -> list[float]:
    found = [_NUMBER.fullmatch(cell.strip()) for cell in cells]
    numbers = [float(match[1].replace(",", ".")) if match else math.nan for match in found]
    return [number if abs(number) < LARGEST else math.nan for number in numbers]
