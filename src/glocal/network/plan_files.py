"""Planning problems on disk: JSON with the fields of :mod:`glocal.network.plan_model`; docs/planning-files.md has them.

``{"fill": 0.5, "spacing_mm": 2, "turns": 8, "orders": [{"id", "extent_mm", "area_mm2", "volume_mm3", "material",
"place", "release_h", "due_h", "revenue_minor", "late_minor_per_h", "late_cap_minor", "outline"}, …], "machines":
[{"id", "maker", "bed_mm", "height_mm", "mm3_per_h", "hourly_minor", "setup_h", "setup_minor", "materials", "place",
"ready_h", "km_minor", "height_h_per_mm", "failure_odds", "open_h", "loaded", "change_h", "change_minor"}, …]}``; an
order's outline and what follows a machine's place may be left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from glocal.network.errors import PlanInputBroken
from glocal.network.json_files import checked, reading, records, refuse_unknown
from glocal.network.plan_model import FILL, PlanMachine, PlanOrder, Problem

FIELDS = frozenset({"fill", "spacing_mm", "turns", "orders", "machines"})
TOO_LARGE = "That is some 200,000 orders: give one file per region, or leave out orders that are done."


def read_problem(path: Path) -> Problem:
    """Read a problem.

    Raises
    ------
    PlanInputBroken
        When the file is not of this form; the message says what is missing.
    """
    with reading(path, PlanInputBroken, TOO_LARGE) as content:
        refuse_unknown(content, FIELDS, path.name, PlanInputBroken)
        return problem_of(content)


def problem_of(content: Mapping[str, Any]) -> Problem:
    """Return the problem that a file's content describes."""
    machines = tuple(
        PlanMachine(**checked(PlanMachine, f"machines[{k}]", machine, PlanInputBroken))
        for k, machine in enumerate(records(content, "machines", PlanInputBroken))
    )
    nesting = float(content.get("fill", FILL)), float(content.get("spacing_mm", 2.0)), int(content.get("turns", 8))
    return Problem(orders_of(content), machines, *nesting)


def orders_of(content: Mapping[str, Any]) -> tuple[PlanOrder, ...]:
    """Return the orders of a file or of an event."""
    return tuple(
        PlanOrder(**checked(PlanOrder, f"orders[{k}]", order, PlanInputBroken))
        for k, order in enumerate(records(content, "orders", PlanInputBroken))
    )


def write_problem(path: Path, problem: Problem) -> None:
    """Write a problem so that :func:`read_problem` gives the same one back."""
    path.write_text(json.dumps(asdict(problem)), encoding="utf-8")
