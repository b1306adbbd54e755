"""How alike prints are, learnt from what the network knows, and kept with what it was learnt from.

Odds are asked among the prints of one material where there are enough, else among all; so a shape is learnt for all
and for each material that many shops print. It is learnt from a sample in which no shop has more rows than others that
publish as much, so that nobody shapes anything alone by publishing thousands.

Shapes lie in one small file beside the log. A shop learns them at night and all its pages ask with them; who has no
night to wait for (the command line) learns when the prints are others than those that the shape was learnt from.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from glocal.commons.files import DirectoryReader, write_file
from glocal.commons.odds_data import Grades, Shape, Trial, room_for_all
from glocal.commons.odds_shape import learn_shape
from glocal.commons.trials import NAMES
from glocal.errors import GlocalError
from glocal.values import canonical_json

FEWEST_LEARNT, MOST_ROWS, MOST_MATERIALS = 100, 400, 12
ALL = ""  # the name of no material
FILE, TITLE, MOST_BYTES = "shapes.json", "glocal shapes v1", 1 << 20


@dataclass(frozen=True, slots=True)
class Learnt:
    """A shape, the number of ``prints`` it was learnt from, and their SHA-256, to see whether they have changed."""

    shape: Shape
    prints: int
    digest: str


Shapes = Mapping[str, Learnt]


def asked_among(trials: Sequence[Trial], material: str) -> tuple[str, list[Trial]]:
    """Return among which prints odds for a material are asked, and their name: its own where enough, else all."""
    same = [trial for trial in trials if trial.setting.material == material]
    return (material, same) if material and len(same) >= FEWEST_LEARNT else (ALL, list(trials))


def learn_shapes(trials: Sequence[Trial], before: Shapes | None = None) -> dict[str, Learnt]:
    """Return the shape of all prints, and of the materials that most shops print; too few prints teach none.

    Parameters
    ----------
    trials : sequence of Trial
        Each shop's oldest first.
    before : mapping, optional
        What was learnt before; what rests on the same prints is not learnt again.
    """
    shops: dict[str, set[str]] = defaultdict(set)
    for trial in trials:
        shops[trial.setting.material].add(trial.setting.node)
    counts = Counter(trial.setting.material for trial in trials)
    enough = [material for material in shops if material != ALL and counts[material] >= FEWEST_LEARNT]
    chosen = sorted(enough, key=lambda material: (-len(shops[material]), -counts[material], material))
    found: dict[str, Learnt] = {}
    for material in [ALL, *chosen[:MOST_MATERIALS]]:
        learnt = learnt_from(asked_among(trials, material)[1], (before or {}).get(material))
        found |= {material: learnt} if learnt else {}
    return found


def learnt_from(trials: Sequence[Trial], before: Learnt | None = None) -> Learnt | None:
    """Return the shape of these prints, ``before`` when that was learnt from the same; None where they are too few."""
    if len(trials) < FEWEST_LEARNT:
        return None
    digest = digest_of(trials)
    if before is not None and before.digest == digest:
        return before
    return Learnt(fair_shape(trials), len(trials), digest)


def fair_shape(trials: Sequence[Trial]) -> Shape:
    """Return the shape learnt from a sample in which every shop has its share of the rows."""
    return learn_shape(room_for_all(trials, MOST_ROWS), rng=np.random.default_rng(0), most_rows=MOST_ROWS)


def digest_of(trials: Sequence[Trial]) -> str:
    """Return the SHA-256 of trials in their order, which is the same wherever the same logs are read."""
    return hashlib.sha256("\n".join(map(repr, trials)).encode()).hexdigest()


def load_shapes(path: Path) -> dict[str, Learnt]:
    """Return what was kept; nothing where nothing is, or where it is damaged or of another version."""
    try:
        kept = json.loads(DirectoryReader(path.parent).read(path.name, MOST_BYTES) or b"{}")
        if kept.get("title") != TITLE or kept["settings"] != list(NAMES):
            return {}
        return {material: _learnt(**entry) for material, entry in kept["shapes"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, GlocalError):
        return {}


def keep_shapes(path: Path, shapes: Shapes) -> None:
    """Keep shapes for whoever asks next."""
    entries = {material: asdict(learnt) for material, learnt in shapes.items()}
    write_file(path, canonical_json({"title": TITLE, "settings": list(NAMES), "shapes": entries}), durable=False)


def shapes_at_once(path: Path, trials: Sequence[Trial], material: str) -> dict[str, Learnt]:
    """Return what was kept, with what odds for ``material`` rest on learnt anew and kept when its prints changed."""
    kept = load_shapes(path)
    name, among = asked_among(trials, material)
    learnt = learnt_from(among, kept.get(name))
    if learnt is not None and learnt is not kept.get(name):
        kept[name] = learnt
        keep_shapes(path, kept)
    return kept


def _learnt(shape: Mapping[str, Any], prints: int, digest: str) -> Learnt:
    return Learnt(_shape(shape), int(prints), str(digest))


def _shape(raw: Mapping[str, Any]) -> Shape:
    relevance = tuple(float(value) for value in raw["relevance"])
    if len(relevance) != len(NAMES):
        raise ValueError("a relevance for other settings")
    grades = {name: tuple(float(at) for at in borders) for name, borders in (raw["grades"] or {}).items()}
    return Shape(
        **{
            **raw,
            "relevance": relevance,
            "grades": Grades(**grades) if grades else None,
            "graded": _shape(raw["graded"]) if raw["graded"] else None,
        }
    )
