"""Planning problems on disk: JSON with the fields of :mod:`glocal.network.plan_model`; docs/planning-files.md has them.

``{"fill": 0.5, "spacing_mm": 2, "orders": [{"id", "extent_mm", "area_mm2", "volume_mm3", "material", "place",
"release_h", "due_h", "revenue_minor", "late_minor_per_h", "late_cap_minor", "outline"}, …], "machines": [{"id",
"maker", "bed_mm", "height_mm", "mm3_per_h", "hourly_minor", "setup_h", "setup_minor", "materials", "place", "ready_h",
"km_minor", "height_h_per_mm", "failure_odds"}, …]}``; an order's outline and a machine's last four may be left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from glocal.network.errors import PlanInputBroken
from glocal.network.plan_model import FILL, PlanMachine, PlanOrder, Problem

LARGEST_BYTES = 1_000_000_000


def read_problem(path: Path) -> Problem:
    """Read a problem.

    Raises
    ------
    PlanInputBroken
        When the file is not of this form; the message says what is missing.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise PlanInputBroken(f"{path.name} is larger than {LARGEST_BYTES // 10**9} GB.")
        content = json.loads(path.read_text(encoding="utf-8"))
        orders = tuple(PlanOrder(**_tuples(order)) for order in content["orders"])
        machines = tuple(PlanMachine(**_tuples(machine)) for machine in content["machines"])
        return Problem(orders, machines, float(content.get("fill", FILL)), float(content.get("spacing_mm", 2.0)))
    except KeyError as missing:
        raise PlanInputBroken(f"{path.name} lacks {missing}.", help=__doc__ or "") from missing
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as wrong:
        raise PlanInputBroken(f"{path.name} cannot be used: {wrong}.", help=__doc__ or "") from wrong


def _tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _tuple(value) for key, value in values.items()}


def _tuple(value: Any) -> Any:
    return tuple(_tuple(inner) for inner in value) if isinstance(value, list) else value


def write_problem(path: Path, problem: Problem) -> None:
    """Write a problem so that :func:`read_problem` gives the same one back."""
    path.write_text(json.dumps(asdict(problem)), encoding="utf-8")
