"""Answers that become surer the longer one looks: each course of chance is simulated once and kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from glocal.values import canonical_json, sha256_hex

if TYPE_CHECKING:
    from glocal.strategy.compare import Compared
    from glocal.strategy.model import Floats
    from glocal.strategy.questions import Question
    from glocal.strategy.world import World

STEP = 20  # courses that a first look takes, and by which it is refined
MOST = 200
KEPT = 400
Part = tuple["Floats", list[dict[str, float]]]

_parts: OrderedDict[str, Part] = OrderedDict()
_lock = Lock()


def answer(question: Question, courses: int) -> tuple[Compared, ...]:
    """Compare the ways of a question over so many courses, in whole steps of 20, at most 200.

    Only the courses that nobody has asked for yet are simulated.
    """
    from glocal.strategy.compare import SEED, assemble, replicate
    from glocal.strategy.world_file import as_json

    steps = max(1, min(courses, MOST) // STEP)
    ways = list(question.ways.values())
    key = sha256_hex(canonical_json([as_json(way) for way in ways]))
    parts = []
    for step in range(steps):
        name = f"{key}-{step}"
        with _lock:
            part = _parts.get(name)
        if part is None:
            part = replicate(ways, range(step * STEP, (step + 1) * STEP), SEED)
        with _lock:
            _parts[name] = part
            _parts.move_to_end(name)
            while len(_parts) > KEPT:
                _parts.popitem(last=False)
        parts.append(part)
    return assemble(tuple(question.ways), parts)


def ask(world: World, name: str, details: dict[str, str]) -> Question:
    """Return the question of this name; ``details`` are what a form asked for, as typed.

    Raises
    ------
    AssumptionBroken
        When a detail is missing or no number.
    """
    from glocal.strategy import questions
    from glocal.strategy.errors import AssumptionBroken
    from glocal.strategy.world import Offer, Town
    from glocal.strategy.world_file import estimate_from

    if name == "next-town":
        x_km, y_km = _number(details, "x_km"), _number(details, "y_km")
        town = Town(details["name"] or "—", x_km, y_km, 6.0, _share_of_home(details))
        return questions.next_town(world, [town], _number(details, "rent_per_day"))
    if name == "next-product":
        estimates = [estimate_from(details[each], each) for each in ("orders_per_day", "print_h", "mass_g")]
        like = world.offers[0]
        offer = Offer(
            details["name"] or "—", estimates[0], _number(details, "price"), estimates[1], estimates[2], like.labour_min
        )
        return questions.next_product(world, [offer])
    simple = {
        "second-printer": questions.second_printer,
        "promise": questions.promise,
        "share-capacity": questions.share_capacity,
        "price": questions.price,
        "stress": questions.stress,
        "mass-producer": questions.mass_producer,
    }
    if name not in simple:
        raise AssumptionBroken(
            "There is no question “{said}”.", help="Choose one of: {allowed}.", said=name[:80], allowed=list(simple)
        )
    question: Question = simple[name](world)  # type: ignore[operator]
    return question


def _number(details: dict[str, str], name: str) -> float:
    from glocal.strategy.world_file import estimate_from

    return estimate_from(details[name].strip().replace(",", "."), name).value


def _share_of_home(details: dict[str, str]) -> float:
    """Return the weight of a town in demand: its people against those here, 10,000 being the town as it was seen."""
    from glocal.strategy.errors import AssumptionBroken

    here = _number(details, "people_here")
    if here <= 0:
        raise AssumptionBroken("{count} people live here, expected more than 0.", count=here)
    return 10_000.0 * _number(details, "people") / here
