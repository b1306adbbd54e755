"""Planning problems on disk: JSON with the fields of :mod:`glocal.network.plan_model`; docs/planning-files.md has them.

``{"fill": 0.5, "spacing_mm": 2, "turns": 8, "orders": [{"id", "extent_mm", "area_mm2", "volume_mm3", "material",
"place", "release_h", "due_h", "revenue_minor", "late_minor_per_h", "late_cap_minor", "outline"}, …], "machines":
[{"id", "maker", "bed_mm", "height_mm", "mm3_per_h", "hourly_minor", "setup_h", "setup_minor", "materials", "place",
"ready_h", "km_minor", "height_h_per_mm", "failure_odds", "open_h", "loaded", "change_h", "change_minor"}, …]}``; an
order's outline and what follows a machine's place may be left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from glocal.network.errors import PlanInputBroken
from glocal.network.plan_model import FILL, PlanMachine, PlanOrder, Problem

LARGEST_MB = 100  # some 200,000 orders


def read_problem(path: Path) -> Problem:
    """Read a problem.

    Raises
    ------
    PlanInputBroken
        When the file is not of this form; the message says what is missing.
    """
    with reading(path, __doc__ or "") as content:
        return problem_of(content)


@contextmanager
def reading(path: Path, form: str) -> Iterator[Any]:
    """Give the content of a JSON file; whatever is wrong with it becomes PlanInputBroken with ``form`` as its help."""
    try:
        if path.stat().st_size > LARGEST_MB * 1_000_000:
            raise PlanInputBroken(
                f"{path.name} is larger than {LARGEST_MB} MB.",
                help="That is some 200,000 orders: give one file per region, or leave out orders that are done.",
            )
        yield json.loads(path.read_text(encoding="utf-8"))
    except KeyError as missing:
        raise PlanInputBroken(f"{path.name} lacks {missing}.", help=form) from missing
    except (OSError, ValueError, TypeError, AttributeError, RecursionError, OverflowError) as wrong:
        raise PlanInputBroken(f"{path.name} cannot be used: {wrong}.", help=form) from wrong


def problem_of(content: Mapping[str, Any]) -> Problem:
    """Return the problem that a file's content describes."""
    orders = tuple(order_of(order) for order in content["orders"])
    machines = tuple(PlanMachine(**_tuples(machine)) for machine in content["machines"])
    nesting = float(content.get("fill", FILL)), float(content.get("spacing_mm", 2.0)), int(content.get("turns", 8))
    return Problem(orders, machines, *nesting)


def order_of(values: Mapping[str, Any]) -> PlanOrder:
    """Return one order."""
    return PlanOrder(**_tuples(values))


def _tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _tuple(value) for key, value in values.items()}


def _tuple(value: Any) -> Any:
    return tuple(_tuple(inner) for inner in value) if isinstance(value, list) else value


def write_problem(path: Path, problem: Problem) -> None:
    """Write a problem so that :func:`read_problem` gives the same one back."""
    path.write_text(json.dumps(asdict(problem)), encoding="utf-8")
