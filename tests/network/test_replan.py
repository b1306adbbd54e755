"""Planning anew after each event, on networks small enough to check by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from glocal.cli.planning import plan as plan_command
from glocal.cli.planning import replan as replan_command
from glocal.network.errors import PlanInputBroken
from glocal.network.plan_files import write_problem
from glocal.network.plan_model import Plan, PlanMachine, PlanOrder, Problem, check_plan
from glocal.network.replan import Replanned, replan
from glocal.network.standing import (
    Event,
    MachineBack,
    MachineDown,
    MakerDark,
    OrdersCame,
    OrderWithdrawn,
    PlateFailed,
    Standing,
    TimePassed,
)
from glocal.network.standing_files import read_standing

HERE = (52.5, 13.4)
RUNNING = {"machine": "m1", "maker": "ada", "begin_h": 0.0, "end_h": 3.0, "ready_h": 3.0}


def part(
    name: str, *, hours: float = 2.0, due_h: float = 100.0, release_h: float = 0.0, pays: float = 3000.0
) -> PlanOrder:
    """Return a part that takes so many hours at 10,000 mm³/h and half of a plate."""
    sizes = ((80.0, 80.0, 40.0), 6400.0, hours * 10_000, "pla", HERE)
    return PlanOrder(name, *sizes, release_h, due_h, pays, 50.0, 1500.0)


def printer(name: str, maker: str = "ada", hourly: float = 100.0) -> PlanMachine:
    """Return a printer whose plate takes two parts, half an hour to set up."""
    return PlanMachine(name, maker, (180.0, 180.0), 180.0, 10_000.0, hourly, 0.5, 100.0, ("pla",), HERE)


def start(*machines: PlanMachine) -> Standing:
    return Standing(0.0, Problem((), machines), Plan((), (), 0.0, 0.0))


def after(standing: Standing, *events: Event) -> Replanned:
    """Let things happen one after the other; each answer is checked from outside."""
    for event in events:
        answer = replan(standing, event, rounds=60)
        problem = answer.standing.open_problem()
        assert check_plan(problem, answer.standing.plan) == []
        assert all(change.reason for change in answer.changes)
        made = [name for job in (*answer.standing.running, *answer.done) for name in job.orders]
        planned = [name for job in answer.standing.plan.jobs for name in job.orders]
        assert len({*made, *planned}) == len(made) + len(planned)
        standing = answer.standing
    return answer


def kinds(answer: Replanned) -> dict[str, str]:
    return {change.order: change.kind for change in answer.changes}


def test_orders_are_accepted_with_a_reason_and_begun_work_is_left_alone() -> None:
    came = after(start(printer("m1")), OrdersCame(0.0, (part("a"), part("b"))))
    assert kinds(came) == {"a": "accepted", "b": "accepted"}
    (job,) = came.standing.plan.jobs
    assert (job.begin_h, job.end_h, job.orders) == (0.0, 4.5, ("a", "b"))
    more = after(came.standing, OrdersCame(1.0, (part("c"),)))
    assert [job.orders for job in more.standing.running] == [("a", "b")]
    assert more.standing.plan.jobs[0].begin_h == 4.5
    assert "m1 of ada has room" in more.changes[0].reason
    later = after(more.standing, TimePassed(5.0))
    assert [job.orders for job in later.done] == [("a", "b")]
    assert later.changes == ()


def test_an_urgent_order_goes_first_and_who_waits_is_told_why() -> None:
    came = after(start(printer("m1")), OrdersCame(0.0, (part("a"), part("b"), part("c"), part("d"))))
    rush = replace(part("rush", hours=8.0, due_h=14.0), extent_mm=(120.0, 120.0, 40.0), area_mm2=14_400.0)
    urgent = after(came.standing, OrdersCame(1.0, (rush,)))
    assert urgent.standing.plan.jobs[0].orders == ("rush",)
    waiting = [change for change in urgent.changes if change.kind == "later"]
    assert {change.order for change in waiting} == set("abcd") - set(urgent.standing.running[0].orders)
    assert all("rush came in; rush is made before it" in change.reason for change in waiting)


def test_a_failed_plate_is_printed_anew() -> None:
    came = after(start(printer("m1")), OrdersCame(0.0, (part("a"),)))
    failed = after(came.standing, PlateFailed(2.0, "m1"))
    (change,) = failed.changes
    assert (change.kind, change.ready_before_h, change.ready_after_h) == ("again", 2.5, 4.5)
    assert change.reason == "the plate on m1 failed; it is printed anew"


def test_work_leaves_a_machine_that_is_down_and_stays_where_it_is_otherwise() -> None:
    orders = tuple(part(name, due_h=12.0) for name in "abcdefgh")
    came = after(start(printer("m1"), printer("m2", "bob")), OrdersCame(0.0, orders))
    down = after(came.standing, MachineDown(0.5, "m1"))
    left = {name for job in came.standing.plan.jobs if job.machine == "m1" for name in job.orders}
    told = [change for change in down.changes if change.order in left]
    assert {change.order for change in told} == left
    assert {change.machine_after for change in told} == {"m2"}
    assert all("m1 is down" in change.reason for change in told)
    assert {job.machine for job in down.standing.plan.jobs} == {"m2"}
    back = after(down.standing, MachineBack(1.0, "m1"))
    moved = [change for change in back.changes if change.kind == "moved"]
    assert moved
    assert all("m1 is there again" in change.reason for change in moved)


def test_a_short_pause_moves_nothing_that_can_wait() -> None:
    came = after(start(printer("m1"), printer("m2", "bob", 110.0)), OrdersCame(0.0, (part("a"), part("b"))))
    assert came.standing.plan.jobs[0].machine == "m1"
    paused = after(came.standing, MachineDown(0.0, "m1", until_h=2.0))
    assert {change.kind for change in paused.changes} == {"later"}
    assert paused.standing.plan.jobs[0].begin_h == 2.0


def test_a_maker_goes_dark_with_three_plates_on_the_machines() -> None:
    machines = (*(printer(f"a{k}") for k in range(3)), printer("b0", "bob", 150.0))
    came = after(start(*machines), OrdersCame(0.0, tuple(part(f"o{k}", due_h=3.0) for k in range(6))))
    after_one = came.standing.at(1.0)[0]
    on_ada = {name for job in after_one.running if job.machine != "b0" for name in job.orders}
    assert sum(job.machine != "b0" for job in after_one.running) == 3
    dark = after(came.standing, MakerDark(1.0, "ada"))
    assert {change.order for change in dark.changes if change.kind == "again"} == on_ada
    assert "ada no longer answers with 3 plates on the machines" in dark.changes[0].reason
    made = {name for job in (*dark.standing.running, *dark.standing.plan.jobs) for name in job.orders}
    assert made == {f"o{k}" for k in range(6)}
    assert {job.machine for job in dark.standing.plan.jobs} == {"b0"}


def test_nobody_left_to_make_it_is_said_and_nothing_is_forgotten() -> None:
    came = after(start(printer("m1")), OrdersCame(0.0, (part("a"),)))
    dark = after(came.standing, MakerDark(0.5, "ada"))
    (change,) = dark.changes
    assert (change.kind, change.machine_after) == ("impossible", None)
    assert change.reason == "ada no longer answers with 1 plate on the machine; no machine is there"
    assert dark.standing.plan.declined == ("a",)
    assert kinds(after(dark.standing, MachineBack(3.0, "m1"))) == {"a": "accepted"}


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (replace(part("x"), material="asa"), "no machine has asa"),
        (replace(part("x"), extent_mm=(300.0, 80.0, 40.0)), "does not fit any machine that has pla: 300 × 80 × 40 mm"),
        (part("x", pays=10.0), "it does not pay: alone on m1"),
        (replace(part("x", due_h=-90.0, pays=900.0), late_cap_minor=900.0), "lateness costs more than it brings"),
    ],
)
def test_what_is_declined_has_its_reason(order: PlanOrder, said: str) -> None:
    answer = after(start(printer("m1")), OrdersCame(0.0, (order,)))
    assert kinds(answer) == {"x": "declined"}
    assert said in answer.changes[0].reason


def test_what_was_accepted_is_made_even_when_better_orders_come() -> None:
    came = after(
        start(printer("m1")), OrdersCame(0.0, (part("a", pays=600.0), part("b", pays=600.0), part("c", pays=600.0)))
    )
    rich = tuple(part(f"r{k}", pays=9000.0, due_h=6.0) for k in range(6))
    answer = after(came.standing, OrdersCame(0.0, rich))
    made = {name for job in answer.standing.plan.jobs for name in job.orders}
    assert {"a", "b", "c"} <= made


def test_withdrawn_orders_go_unless_they_are_being_printed() -> None:
    came = after(start(printer("m1")), OrdersCame(0.0, (part("a"), part("b"), part("c"))))
    running = came.standing.at(1.0)[0].running[0].orders
    waiting = ({"a", "b", "c"} - set(running)).pop()
    gone = after(came.standing, OrderWithdrawn(1.0, waiting))
    assert waiting not in {name for job in gone.standing.plan.jobs for name in job.orders}
    assert gone.standing.plan.declined == ()
    late = after(came.standing, OrderWithdrawn(1.0, running[0]))
    assert "is being printed" in late.cause
    assert late.standing.running[0].orders == running


@pytest.mark.parametrize(
    "event",
    [
        PlateFailed(1.0, "m9"),
        MachineBack(1.0, "m9"),
        MakerDark(1.0, "eve"),
        OrderWithdrawn(1.0, "zz"),
        TimePassed(-1.0),
    ],
)
def test_events_about_nothing_are_refused(event: Event) -> None:
    with pytest.raises(PlanInputBroken):
        replan(start(printer("m1")), event)


def test_plates_stay_nested_and_known_layouts_are_kept() -> None:
    came = replan(start(printer("m1")), OrdersCame(0.0, tuple(part(name) for name in "abcd")), rounds=20, layouts=True)
    more = replan(came.standing, OrdersCame(1.0, (part("e"),)), rounds=20, layouts=True)
    jobs = {job.orders: job.items for job in came.standing.plan.jobs}
    assert all(job.items for job in more.standing.plan.jobs)
    kept = [job for job in more.standing.plan.jobs if job.orders in jobs]
    assert kept
    assert all(jobs[job.orders] == job.items for job in kept)


def test_an_answer_is_plain_json() -> None:
    answer = after(start(printer("m1")), OrdersCame(0.0, (part("a"),)), MachineDown(1.0, "m1", until_h=inf))
    assert answer.as_dict()["away"] == [["m1", None]]
    assert answer.as_dict()["changes"][0]["kind"] == "impossible"


def test_the_command_takes_its_own_answer_further(tmp_path: Path) -> None:
    file = tmp_path / "standing.json"
    write_problem(file, Problem((part("a"), part("b"), part("c")), (printer("m1"), printer("m2", "bob", 140.0))))
    content = json.loads(file.read_text())
    planned = json.loads(CliRunner().invoke(plan_command, [str(file), "--json"]).stdout)
    file.write_text(
        json.dumps({**content, "plan": planned, "event": {"kind": "machine_down", "at_h": 1, "machine": "m1"}})
    )
    answer = json.loads(CliRunner().invoke(replan_command, [str(file), "--json"]).stdout)
    assert {change["kind"] for change in answer["changes"]} >= {"again"}
    assert all("m1 is down" in change["reason"] for change in answer["changes"])
    assert {job["machine"] for job in answer["plan"]["jobs"]} == {"m2"}
    further = {key: answer[key] for key in ("now_h", "plan", "running", "away")}
    file.write_text(json.dumps({**content, **further, "event": {"kind": "time_passed", "at_h": 2}}))
    assert "0 orders are touched" in CliRunner().invoke(replan_command, [str(file)]).stdout


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"event": {"kind": "flood", "at_h": 1}},
        {"event": {"kind": "plate_failed", "at_h": 1}},
        {"event": {"kind": "time_passed", "at_h": "soon"}},
        {"event": {"kind": "time_passed", "at_h": 1}, "running": [{"machine": "m1"}]},
        {"event": {"kind": "time_passed", "at_h": 1}, "away": ["m1"]},
        {"event": {"kind": "time_passed", "at_h": 1}, "running": [RUNNING | {"orders": ["zz"]}]},
    ],
)
def test_standings_that_are_not_what_they_claim(tmp_path: Path, wrong: dict[str, Any]) -> None:
    file = tmp_path / "standing.json"
    write_problem(file, Problem((part("a"),), (printer("m1"),)))
    file.write_text(json.dumps(json.loads(file.read_text()) | wrong))
    with pytest.raises(PlanInputBroken):
        replan(*read_standing(file))
