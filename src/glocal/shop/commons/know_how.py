"""What the network knows, for this shop: asked by pages and by quotes, read anew only when a log has changed."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from glocal.commons.errors import NotVerified
from glocal.shop.commons.actions import log_directory
from glocal.values import canonical_json

if TYPE_CHECKING:
    from glocal.commons.ask import Context, Told
    from glocal.commons.better import Better
    from glocal.commons.features import PartShape
    from glocal.commons.knowledge import Known
    from glocal.commons.search import Hit, SearchIndex
    from glocal.commons.shapes import Shapes
    from glocal.production.model import Machine, Material, Recipe
    from glocal.values import Estimate

MOST_NEW_PASSAGES = 200  # read for their meaning while somebody waits; the others are found by words
_lock = threading.Lock()


@dataclass(slots=True)
class _Read:
    """Everything that was known when the logs looked like ``mark``."""

    mark: tuple[Any, ...]
    known: list[Known]
    own: str
    index: SearchIndex
    shapes: Shapes
    odds: dict[Any, Estimate | None] = field(default_factory=dict)
    better: dict[Any, Better | None] = field(default_factory=dict)


_read: _Read | None = None


def everything_known() -> list[Known]:
    """Return all that this shop's log, the followed ones and the starter say, as far as it is heeded."""
    return _current().known


def ask_network(question: str, context: Context, *, machine: Machine | None, material: Material | None) -> Told:
    """Answer a question in its context, with the material library's recipe for the machine."""
    from glocal.commons.ask import ask
    from glocal.commons.starter import starter_recipes
    from glocal.production.recipes import default_recipe

    read = _current()
    recipes = [(machine, material, default_recipe(machine))] if machine and material else []
    known = [*read.known, *starter_recipes(recipes)]
    return ask(question, context, known, read.index, own=read.own, shapes=read.shapes, limit=5)


def find_solved(question: str, *, limit: int) -> list[Hit]:
    """Return problems that fit a question, with their answers."""
    return [hit for hit in _current().index.search(question, limit=limit) if hit.record["kind"] == "problem"]


def told_here() -> dict[str, str]:
    """Return the ids of the problems and answers that stand in this shop's own log, by what names them everywhere."""
    from glocal.commons.record_names import reference_to

    read = _current()
    return {
        reference_to(read.own, each.record["id"]): str(each.record["id"])
        for each in read.known
        if read.own and each.root_vkey == read.own and each.record["kind"] in {"problem", "answer"}
    }


def network_failure_odds(machine: Machine, material: Material, settings: dict[str, Any]) -> Estimate | None:
    """Return the chance that a part fails here by what all shops' prints say; None where too few are known."""
    from glocal.commons.ask import Context, odds_of

    read = _current()
    key = machine.model, material.type, tuple(sorted(settings.items()))
    if key not in read.odds:
        context = Context(machine.model, material.type, machine.nozzle_mm, machine.has_enclosure)
        (good,), _, basis = odds_of([settings], context, read.known, own=read.own, shapes=read.shapes)
        alike = good is not None and basis.alike > 0
        read.odds[key] = _failing(good) if good and alike else None
    return read.odds[key]


def better_recipe(machine: Machine, material: Material, recipe: Recipe, part: PartShape) -> Better | None:
    """Return what the network surely knows to add to a recipe for this part on this machine; None where nothing."""
    from glocal.commons.ask import Context
    from glocal.commons.better import better_settings
    from glocal.commons.features import part_of, settings_of

    read = _current()
    features, settings = part_of(part), settings_of(recipe)
    key = machine.model, machine.nozzle_mm, material.type, canonical_json([features, settings])
    if key not in read.better:
        about = (machine.model, material.type, machine.nozzle_mm, machine.has_enclosure)
        context = Context(*about, part=features, settings=settings)
        read.better[key] = better_settings(context, read.known, own=read.own, shapes=read.shapes)
    return read.better[key]


def _failing(good: Estimate) -> Estimate:
    from glocal.values import Estimate

    return Estimate(1 - good.value, 1 - good.high, 1 - good.low, f"in the commons: {good.source}")


def _current() -> _Read:
    """Return what is known; while somebody reads the logs anew, others are answered from what was read before."""
    global _read  # noqa: PLW0603
    mark = _mark()
    before = _read
    if before is not None and before.mark == mark:
        return before
    same_place = before is not None and before.mark[0] == mark[0]
    if not _lock.acquire(blocking=not same_place) and before is not None:
        return before
    try:
        if _read is None or _read.mark != mark:
            _read = _read_all(mark)
    except NotVerified:  # a sync writes just now; the next look finds it whole
        if before is None or not same_place:
            raise
        return before
    finally:
        _lock.release()
    return _read


def _mark() -> tuple[Any, ...]:
    """Return what changes when a log does, without reading one."""
    directory = log_directory()
    files = [
        directory / "shapes.json",
        directory / "public" / "checkpoint",
        *sorted((directory / "peers").glob("*/state.json")),
    ]
    files += sorted((directory / "peers").glob("*/public/checkpoint"))
    return str(directory), *((str(file), file.stat().st_mtime_ns) for file in files if file.exists())


def _read_all(mark: tuple[Any, ...]) -> _Read:
    from glocal.commons.heard import everything_heard
    from glocal.commons.minilm import encoder
    from glocal.commons.search import SearchIndex
    from glocal.commons.shapes import FILE, load_shapes

    directory = log_directory()
    known, own = everything_heard(directory)
    index = SearchIndex(directory.parent / "commons-search.sqlite", encoder())
    index.refill(known, most_new=MOST_NEW_PASSAGES)
    return _Read(mark, known, own, index, load_shapes(directory / FILE))
