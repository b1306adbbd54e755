"""``glocal nest``, ``glocal plan`` and ``glocal replan``: what shares a plate, who makes it when, and what if not."""

from __future__ import annotations

from pathlib import Path

import click

from glocal.cli.numbers import Number
from glocal.cli.output import json_option, print_result

MOST_REASONS = 1000  # of orders that are not made


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--rounds", type=click.IntRange(1, 100_000), default=100, show_default=True, help="Orders to try.")
@click.option("--turns", type=click.IntRange(1, 64), default=8, show_default=True, help="Rotations of each piece.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Same seed, same layout.")
@json_option
def nest(*, file: Path, rounds: int, turns: int, seed: int, as_json: bool) -> None:
    """Lay the pieces of FILE on as few plates as can be found, true to their outlines.

    FILE is JSON: {"bed_x_mm": 250, "bed_y_mm": 210, "spacing_mm": 2, "parts": [{"id": "a", "outline": [[x, y], …],
    "quantity": 1}, …]} and optionally "exclusions", polygons where nothing may lie. A piece is turned by angle_deg
    about its own origin, anticlockwise, then moved by x_mm and y_mm. Each layout is checked exactly before it is given.
    """
    from glocal.network.nest import nest as lay
    from glocal.network.nest_files import read_nesting

    found = lay(*read_nesting(file), rounds=rounds, turns=turns, seed=seed)
    lines = [f"{len(found.plates)} plates"]
    for number, (plate, filled) in enumerate(zip(found.plates, found.filled, strict=True), start=1):
        lines.append(f"plate {number}: {len(plate)} pieces, {filled:.0%} of the bed")
        lines += [f"    {p.id}: x {p.x_mm:.1f}  y {p.y_mm:.1f}  turned {p.angle_deg:g}°" for p in plate]
    print_result(found.as_dict(), as_json=as_json, text="\n".join(lines))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--rounds", type=click.IntRange(0), help="Neighbourhoods to search.  [default: more for more orders]")
@click.option(
    "--exact-s",
    type=Number(0),
    default=5.0,
    show_default=True,
    help="Seconds to prove a small plan the best.",
)
@click.option("--nest/--no-nest", "layouts", default=True, show_default=True, help="Nest and verify every plate.")
@click.option("--fair", type=Number(0, 1), metavar="SHARE", help="Least share of an equal share per maker.")
@click.option("--new", multiple=True, metavar="MAKER", help="A maker on trial; repeatable.")
@click.option("--trial-orders", type=click.IntRange(1), default=3, show_default=True, help="Most orders of a trial.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Same seed, same plan.")
@json_option
def plan(
    *,
    file: Path,
    rounds: int | None,
    exact_s: float,
    layouts: bool,
    fair: float | None,
    new: tuple[str, ...],
    trial_orders: int,
    seed: int,
    as_json: bool,
) -> None:
    """Plan the orders in FILE over machines: what to accept, what shares a plate, where and when.

    FILE is JSON with "orders" and "machines" (times in hours from now, money in minor units, lengths in mm) and "fill",
    the share of a bed that parts may cover; docs/planning-files.md has every field. The bound is what no plan of this
    kind can exceed, gap how far from it this plan is. Each job says where its parts lie; every plate has been checked.
    With --fair or --new the plan also says who got how much of the work, and why.
    """
    from glocal.network.fairness import Fairness
    from glocal.network.plan import plan as work_out
    from glocal.network.plan_files import read_problem
    from glocal.network.replan_reasons import why_not

    problem = read_problem(file)
    fairness = Fairness(fair or 0.0, new, trial_orders) if fair is not None or new else None
    found = work_out(problem, rounds=rounds, seed=seed, exact_s=exact_s, layouts=layouts, fairness=fairness)
    made = len(problem.orders) - len(found.declined)
    lines = [
        f"{made} of {len(problem.orders)} orders on {len(found.jobs)} plates earn {found.objective:,.0f} minor units; "
        f"at least {1 - found.gap:.1%} of the best, which is below {found.bound:,.0f}"
    ]
    lines += [
        f"  {job.machine}  {job.begin_h:7.1f} to {job.end_h:7.1f} h  {', '.join(job.orders)}" for job in found.jobs
    ]
    lines += [
        f"  {share.maker}: {share.orders} orders, {share.ratio:.0%} of an equal share, {share.paid_minor:,.0f} minor "
        f"units; {share.reason}"
        for share in found.shares
    ]
    asked = {order.id: order for order in problem.orders}
    reasons = {name: why_not(problem, asked[name]) for name in found.declined[:MOST_REASONS]}
    lines += [f"  not made: {name}: {reason}" for name, reason in reasons.items()]
    print_result({**found.as_dict(), "reasons": reasons}, as_json=as_json, text="\n".join(lines))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--rounds", type=click.IntRange(0), help="Neighbourhoods to search; 0 moves nothing.")
@click.option(
    "--keep-minor",
    type=Number(0),
    default=150.0,
    show_default=True,
    help="What moving an order to another machine must bring, minor units.",
)
@click.option("--nest/--no-nest", "layouts", default=True, show_default=True, help="Nest and verify every new plate.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Same seed, same plan.")
@json_option
def replan(*, file: Path, rounds: int | None, keep_minor: float, layouts: bool, seed: int, as_json: bool) -> None:
    """Take what happened into a plan: what changes for whom, and why.

    FILE is what `glocal plan` takes, and "now_h", "plan" (its answer), "running" (jobs on the machines), "away" and
    "event", for example {"kind": "machine_down", "at_h": 5, "machine": "m1"}; docs/planning-files.md has every field.
    What has begun is left alone; what was accepted stays accepted while anybody can make it.
    """
    from glocal.network.replan import replan as work_out
    from glocal.network.standing_files import read_standing

    standing, event = read_standing(file)
    answer = work_out(standing, event, rounds=rounds, seed=seed, keep_minor=keep_minor, layouts=layouts)
    lines = [f"{answer.cause}: {len(answer.changes)} orders are touched."]
    lines += [f"  {change.order} {change.kind}: {change.reason}" for change in answer.changes]
    print_result(answer.as_dict(), as_json=as_json, text="\n".join(lines))
