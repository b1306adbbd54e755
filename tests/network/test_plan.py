from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.cities import city
from glocal.cli.planning import plan as command
from glocal.network import plan_bound
from glocal.network.errors import PlanInputBroken
from glocal.network.plan import plan
from glocal.network.plan_files import read_problem, write_problem
from glocal.network.plan_model import Problem, check_plan, plate_hours
from glocal.network.plan_tables import tables_of
from tests.network.plans import problem


def schedules(question: Problem, order: int, so_far: list[list[list[int]]]) -> Iterator[list[list[list[int]]]]:
    """Yield every way to decline, batch and sequence the orders from ``order`` on."""
    if order == len(question.orders):
        yield so_far
        return
    yield from schedules(question, order + 1, so_far)
    part = question.orders[order]
    for m, machine in enumerate(question.machines):
        if not machine.can_make(part):
            continue
        for k in range(len(so_far[m]) + 1):
            fresh = [*so_far[m][:k], [order], *so_far[m][k:]]
            yield from schedules(question, order + 1, [*so_far[:m], fresh, *so_far[m + 1 :]])
        for k, plate in enumerate(so_far[m]):
            parts = [question.orders[o] for o in plate]
            room = question.room_mm2(machine) - sum(p.area_mm2 for p in parts)
            if parts[0].material == part.material and part.area_mm2 <= room:
                joined = [*so_far[m][:k], [*plate, order], *so_far[m][k + 1 :]]
                yield from schedules(question, order + 1, [*so_far[:m], joined, *so_far[m + 1 :]])


def earned(question: Problem, schedule: list[list[list[int]]]) -> float:
    """Work out what a schedule earns, hour by hour, apart from the code under test."""
    total = 0.0
    for machine, plates in zip(question.machines, schedule, strict=True):
        clock, loaded = machine.ready_h, machine.loaded
        for plate in plates:
            parts = [question.orders[o] for o in plate]
            changed = loaded not in {"", parts[0].material}
            loaded = parts[0].material
            hours, fixed = plate_hours(machine, parts, changed=changed)
            clock = opened(machine.open_h, opened(machine.open_h, max([clock, *(p.release_h for p in parts)])) + hours)
            if clock == inf:
                return -inf
            total += sum(machine.worth_minor(p) - p.late_minor(clock) for p in parts)
            total -= machine.setup_minor + machine.hourly_minor * fixed + machine.change_minor * changed
    return total


def opened(spans: tuple[tuple[float, float], ...], at_h: float) -> float:
    """Return when somebody is there, from a moment on."""
    later = [max(at_h, begin) for begin, end in spans if end > at_h]
    return (later[0] if later else inf) if spans else at_h


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("shifts", [False, True])
def test_small_plans_are_the_best_there_are(seed: int, shifts: bool) -> None:
    question = problem(5, 2, seed, shifts=shifts)
    best = max(earned(question, schedule) for schedule in schedules(question, 0, [[], []]))
    found = plan(question, rounds=300)
    assert found.objective == pytest.approx(best)
    assert found.bound >= best - 1e-6


@pytest.mark.parametrize("layers", [0.0, 0.02])
def test_search_earns_more_than_insertion_and_less_than_the_bound(layers: float) -> None:
    question = problem(60, 6, layers=layers)
    quick, good = plan(question, rounds=0), plan(question, rounds=400)
    assert quick.objective <= good.objective <= good.bound
    assert good.gap < 0.35
    assert check_plan(question, good) == []
    assert good == plan(question, rounds=400)


def test_loads_that_are_better_off_elsewhere_as_a_whole_are_found() -> None:
    # the proven optimum; the search by itself stays at 3,832, whatever its seed
    assert plan(city(10, 3, 5), rounds=3000).objective == pytest.approx(3921.9, abs=0.1)


@pytest.mark.parametrize(
    ("seed", "shifts", "layers", "best"),
    [
        (8883, False, 0.0, 7842.23),
        (8917, True, 0.0, 6727.02),
        (8800, False, 0.02, 6817.18),
        (8913, False, 0.02, 5076.12),
    ],
)
def test_plates_move_and_part_as_a_whole(seed: int, shifts: bool, layers: float, best: float) -> None:
    # the best of all schedules; no order of these plates pays a set-up alone, so one by one they never move
    question = problem(6, 3, seed, shifts=shifts, layers=layers)
    assert plan(question).objective == pytest.approx(best, abs=0.01)


def test_prices_settle_where_many_machines_are_nearly_as_good() -> None:
    # 1,179 an order is what lists of all 40 machines give; lists of 3, filled once for all, leave 1,284
    bound = plan_bound.settled(tables_of(city(1500, 40, 1)), 3).value
    assert 1500 * 1175 < bound < 1500 * 1185


def test_a_cheap_machine_is_wanted_until_the_last_order_is_due() -> None:
    # 50 orders of 10 hours, due after 200: 20 go on the cheap machine, the others cost 100 more each
    question = problem(50, 2, 1)
    order = replace(question.orders[0], extent_mm=(50.0, 50.0, 50.0), area_mm2=2500.0, volume_mm3=1e5, material="pla")
    order = replace(order, revenue_minor=1000.0, release_h=0.0, due_h=200.0, late_minor_per_h=1e3, late_cap_minor=1e6)
    free = {
        "mm3_per_h": 1e4,
        "setup_h": 0.0,
        "setup_minor": 0.0,
        "km_minor": 0.0,
        "ready_h": 0.0,
        "materials": ("pla",),
    }
    cheap, dear = (replace(m, hourly_minor=h, **free) for m, h in zip(question.machines, (0.0, 10.0), strict=True))
    orders = tuple(replace(order, id=f"o{k}") for k in range(50))
    both = replace(question, orders=orders, machines=(cheap, dear, replace(dear, id="another")))
    found = plan(both, rounds=50)
    assert found.objective == pytest.approx(50 * 1000 - 30 * 100)
    assert found.bound == pytest.approx(found.objective, rel=0.01)


def test_more_machines_never_lower_the_bound() -> None:
    question = problem(20, 5)
    few = replace(question, machines=question.machines[:3])
    assert plan(question, rounds=200).bound >= plan(few, rounds=200).objective


def test_nothing_to_do_and_nobody_to_do_it() -> None:
    question = problem(3, 2)
    assert plan(replace(question, orders=())).objective == 0
    idle = plan(replace(question, machines=()))
    assert (idle.declined, idle.gap) == (("o0", "o1", "o2"), 0.0)
    huge = replace(question, orders=tuple(replace(o, extent_mm=(999.0, 9.0, 9.0)) for o in question.orders))
    assert len(plan(huge).declined) == 3
    late = replace(question, orders=tuple(replace(o, due_h=-100.0) for o in question.orders))
    assert check_plan(late, plan(late)) == []


def test_the_check_finds_what_is_wrong() -> None:
    question = problem(10, 2)
    good = plan(question, rounds=50)
    job = good.jobs[0]
    assert "too" in check_plan(question, replace(good, jobs=(replace(job, begin_h=-5.0), *good.jobs[1:])))[0]
    assert check_plan(question, replace(good, objective=good.objective + 1))
    assert check_plan(question, replace(good, jobs=good.jobs[1:]))
    assert check_plan(question, replace(good, bound=good.objective - 10))


def test_files_and_command(tmp_path: Path) -> None:
    question = problem(12, 3)
    write_problem(tmp_path / "p.json", question)
    assert read_problem(tmp_path / "p.json") == question
    answer = json.loads(
        CliRunner().invoke(command, [str(tmp_path / "p.json"), "--rounds", "50", "--exact-s", "0.1", "--json"]).stdout
    )
    assert {"jobs", "objective", "bound", "gap", "declined"} <= set(answer)
    assert answer["bound"] >= answer["objective"]
    assert (
        "of the best"
        in CliRunner().invoke(command, [str(tmp_path / "p.json"), "--rounds", "5", "--exact-s", "0"]).stdout
    )


def test_what_is_not_made_has_its_reason_and_nobody_to_make_it_is_an_answer(tmp_path: Path) -> None:
    question = problem(3, 2)
    order = replace(question.orders[0], material="asa")
    write_problem(tmp_path / "p.json", replace(question, orders=(order, *question.orders[1:])))
    options = [str(tmp_path / "p.json"), "--rounds", "20", "--exact-s", "0", "--no-nest"]
    answer = json.loads(CliRunner().invoke(command, [*options, "--json"]).stdout)
    assert answer["reasons"]["o0"] == "no machine has asa"
    write_problem(tmp_path / "p.json", replace(question, machines=()))
    said = CliRunner().invoke(command, options)
    assert (said.exit_code, "not made: o1: no machine is there" in said.stdout) == (0, True)


def test_a_file_of_a_million_orders_is_refused_with_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_problem(tmp_path / "p.json", problem(20, 2))
    monkeypatch.setattr("glocal.network.json_files.LARGEST_MB", 0.001)
    with pytest.raises(PlanInputBroken, match="larger than") as refused:
        read_problem(tmp_path / "p.json")
    assert "one file per region" in refused.value.help


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"orders": [{}], "machines": []}', '{"orders": 3, "machines": 4}'])
def test_files_that_are_not_what_they_claim(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(PlanInputBroken):
        read_problem(tmp_path / "p.json")


def test_figures_that_contradict_themselves() -> None:
    question = problem(2, 2)
    with pytest.raises(PlanInputBroken):
        replace(question.orders[0], area_mm2=0.0)
    with pytest.raises(PlanInputBroken):
        replace(question.orders[0], due_h=float("nan"))
    with pytest.raises(PlanInputBroken):
        replace(question.machines[0], mm3_per_h=0.0)
    with pytest.raises(PlanInputBroken):
        replace(question.machines[0], failure_odds=1.0)
    with pytest.raises(PlanInputBroken):
        replace(question, fill=0.0)
    with pytest.raises(PlanInputBroken, match="in order and apart"):
        replace(question.machines[0], open_h=((8.0, 10.0), (9.0, 12.0)))
    with pytest.raises(PlanInputBroken, match="larger than its box"):
        replace(question.orders[0], volume_mm3=1e9)
    with pytest.raises(PlanInputBroken, match="is a slip"):
        replace(question.orders[0], revenue_minor=1e300)
    with pytest.raises(PlanInputBroken, match="no place on Earth"):
        replace(question.orders[0], place=(13.4, 252.5))
    with pytest.raises(PlanInputBroken, match="expected a list"):
        replace(question.machines[0], materials="pla")
    with pytest.raises(PlanInputBroken, match="not a name"):
        replace(question.machines[0], maker=None)
    with pytest.raises(PlanInputBroken, match="same id"):
        replace(question, orders=(question.orders[0],) * 2)


def test_small_plans_are_proven_and_every_plate_is_nested() -> None:
    question = problem(6, 2, 3)
    found = plan(question, exact_s=20, layouts=True)
    assert found.solver == "exact"
    assert found.gap < 0.002
    assert all(len(job.items) == len(job.orders) for job in found.jobs)
    assert check_plan(question, found) == []
    moved = tuple(replace(item, x_mm=item.x_mm + 500) for item in found.jobs[0].items)
    wrong = replace(found, jobs=(replace(found.jobs[0], items=moved), *found.jobs[1:]))
    assert "beyond the bed" in check_plan(question, wrong)[0]


@pytest.mark.parametrize("seed", range(3))
def test_the_exact_solver_knows_hours_and_changes_of_material(seed: int) -> None:
    question = problem(5, 2, seed, shifts=True)
    best = max(earned(question, schedule) for schedule in schedules(question, 0, [[], []]))
    found = plan(question, rounds=0, exact_s=20)
    assert found.solver == "exact"
    assert found.objective == pytest.approx(best, abs=1.0)  # it counts in whole seconds
    assert check_plan(question, found) == []


def test_plates_wait_for_somebody_and_parts_to_be_handed_over() -> None:
    # there from 8 to 10 each day, the part takes 4 h: begun at 8, taken off at 8 the next morning, 20 h late
    (order, *_), (machine, *_) = problem(1, 1).orders, problem(1, 1).machines
    shifts = ((8.0, 10.0), (32.0, 34.0))
    machine = replace(machine, open_h=shifts, setup_h=1.0, mm3_per_h=10_000.0, ready_h=0.0, materials=("pla",))
    order = replace(order, volume_mm3=30_000.0, extent_mm=(40.0, 40.0, 40.0), area_mm2=1600.0, material="pla")
    order = replace(order, release_h=0.0, due_h=12.0, late_minor_per_h=10.0, late_cap_minor=900.0, revenue_minor=5000.0)
    (job,) = plan(Problem((order,), (machine,)), rounds=10).jobs
    assert (job.begin_h, job.end_h, job.ready_h) == (8.0, 12.0, 32.0)
    evening = plan(Problem((replace(order, release_h=33.0),), (machine,)), rounds=10)
    assert evening.declined == ("o0",)  # nobody would ever take it off
    alone = replace(machine, open_h=())
    assert plan(Problem((order,), (alone,))).objective == plan(Problem((order,), (machine,))).objective + 200.0


def test_a_change_of_material_is_paid_once_and_plates_are_sorted_by_it() -> None:
    question = problem(8, 1, 4)
    machine = replace(question.machines[0], loaded="petg", change_h=2.0, change_minor=5000.0, materials=("pla", "petg"))
    parts = [
        replace(order, material="pla" if k % 2 else "petg", release_h=0.0, due_h=900.0, revenue_minor=20_000.0)
        for k, order in enumerate(question.orders)
    ]
    question = replace(question, orders=tuple(parts), machines=(machine,), fill=0.25)
    found = plan(question)
    of = {order.id: order.material for order in parts}
    made = [of[job.orders[0]] for job in found.jobs]
    assert len(found.jobs) > 2
    assert made == sorted(made)  # petg is loaded: it comes first, then one change to pla
    assert found.declined == ()
    assert check_plan(question, found) == []


def test_only_a_proof_is_called_exact() -> None:
    hurried = plan(problem(12, 3, 5), rounds=200, exact_s=0.02)
    assert hurried.solver == "search"
    assert hurried.objective <= hurried.bound


def test_a_plate_that_only_fits_by_area_is_split() -> None:
    # two squares of 95 do not lie on 180 x 180 beside each other, though half of the area would do
    question = problem(2, 1, 1)
    part = replace(question.orders[0], extent_mm=(95.0, 95.0, 9.0), area_mm2=7000.0, material="pla", release_h=0.0)
    discs = tuple(replace(part, id=f"d{k}", revenue_minor=90_000.0, due_h=500.0) for k in range(2))
    machine = replace(question.machines[0], bed_mm=(180.0, 180.0), height_mm=180.0, materials=("pla",))
    question = replace(question, orders=discs, machines=(machine,), fill=0.6)
    assert len(plan(question, layouts=True).jobs) == 2
    assert len(plan(question).jobs) == 1


def test_what_does_not_nest_is_kept_apart_before_a_plate_is_split() -> None:
    # by area the squares share a plate of 100 x 100 with a strip; by shape they do not, a square and both strips do
    question = problem(4, 1, 1)
    part = replace(question.orders[0], material="pla", release_h=0.0, due_h=500.0, revenue_minor=90_000.0)
    sizes = {"square0": (60.0, 60.0), "square1": (60.0, 60.0), "strip0": (60.0, 35.0), "strip1": (60.0, 35.0)}
    orders = tuple(
        replace(part, id=name, extent_mm=(x, y, 9.0), area_mm2=x * y, volume_mm3=500.0)
        for name, (x, y) in sizes.items()
    )
    machine = replace(question.machines[0], bed_mm=(100.0, 100.0), height_mm=100.0, materials=("pla",))
    question = Problem(orders, (machine,), fill=1.0)
    found = plan(question, layouts=True, rounds=200)
    assert len(found.jobs) == 2
    assert found.declined == ()
    assert all(("square0" in job.orders) != ("square1" in job.orders) for job in found.jobs)
    too_long = replace(orders[0], id="diagonal", extent_mm=(99.5, 99.5, 9.0), area_mm2=9900.0)
    as_it_lies = replace(
        question, orders=(*orders, replace(too_long, extent_mm=(120.0, 5.0, 9.0), area_mm2=600.0)), turns=1
    )
    assert plan(as_it_lies, layouts=True, rounds=50).declined == ("diagonal",)


def test_silhouettes_come_from_the_file(tmp_path: Path) -> None:
    question = problem(2, 1)
    ring = ((0.0, 0.0), (20.0, 0.0), (0.0, 20.0))
    question = replace(question, orders=tuple(replace(order, outline=ring) for order in question.orders))
    write_problem(tmp_path / "p.json", question)
    assert read_problem(tmp_path / "p.json") == question
