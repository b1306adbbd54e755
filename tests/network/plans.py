"""Instances of planning made from a seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from glocal.network.plan_model import PlanMachine, PlanOrder, Problem


def problem(orders: int, machines: int, seed: int = 0, *, layers: float = 0.0, shifts: bool = False) -> Problem:
    """Return a small city: parts of 20 to 90 mm, two materials, due within three days, machines of three sizes.

    With ``shifts`` makers are there some hours a day for two weeks, and changing the material takes time and money.
    """
    rng = np.random.default_rng(seed)

    def place() -> tuple[float, float]:
        return 52.4 + 0.25 * float(rng.random()), 13.2 + 0.4 * float(rng.random())

    asked = []
    for k in range(orders):
        x, y, z = (float(side) for side in rng.uniform(20, 90, 3))
        volume = 0.25 * x * y * z
        revenue = 400 + 0.03 * volume * float(rng.uniform(0.6, 1.6))
        release = float(rng.choice([0.0, rng.uniform(0, 24)]))
        asked.append(
            PlanOrder(
                f"o{k}",
                (x, y, z),
                0.8 * x * y,
                volume,
                str(rng.choice(["pla", "petg"])),
                place(),
                release,
                release + float(rng.uniform(6, 72)),
                revenue,
                0.02 * revenue,
                0.5 * revenue,
            )
        )
    made = []
    for k in range(machines):
        side = float(rng.choice([180, 220, 250]))
        made.append(
            PlanMachine(
                f"m{k}",
                f"maker{k // 2}",
                (side, side),
                side,
                float(rng.uniform(9_000, 20_000)),
                float(rng.uniform(80, 250)),
                0.4,
                float(rng.uniform(100, 400)),
                ("pla", "petg") if rng.random() < 0.6 else ("pla",),
                place(),
                float(rng.uniform(0, 8)),
                20.0,
                layers,
            )
        )
    if shifts:
        made = [_with_shifts(machine, rng) for machine in made]
    return Problem(tuple(asked), tuple(made))


def _with_shifts(machine: PlanMachine, rng: np.random.Generator) -> PlanMachine:
    begin, hours = float(rng.uniform(0, 12)), float(rng.uniform(4, 10))
    spans = tuple((24.0 * day + begin, 24.0 * day + begin + hours) for day in range(14) if day % 7 != 5)
    change_h, change_minor = float(rng.uniform(0, 1)), float(rng.uniform(0, 200))
    loaded = str(rng.choice(["", "pla"]))
    return replace(machine, open_h=spans, change_h=change_h, change_minor=change_minor, loaded=loaded)
