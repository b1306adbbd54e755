"""A model as JSON and back, so that what a night has learnt is there in the morning, on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from glocal.demand.areas import Areas
from glocal.demand.blend_files import blend_as_json, blend_from_json
from glocal.demand.bursts import Burst
from glocal.demand.change import Change
from glocal.demand.diffusion import Wave
from glocal.demand.dirichlet import Floats, Hierarchy
from glocal.demand.drift import Drift
from glocal.demand.errors import EventFileBroken
from glocal.demand.local_trend import LocalTrend
from glocal.demand.many_options import ManyOptions
from glocal.demand.model import Model
from glocal.demand.price_response import PriceResponse
from glocal.demand.question import LatestWeek, Question, RegionEvidence

FORM = 5  # raised when the fields change
READABLE = {4, FORM}  # 4 knows no blend with boosting; of a form before that the model is learnt anew


def model_as_json(model: Model) -> dict[str, Any]:
    """Return everything that was learnt, as JSON values without NaN."""
    rows = [{"key": list(key), **_question_as_json(question)} for key, question in model.questions.items()]
    return {"form": FORM, "questions": rows, "kind_weights": dict(model.kind_weights)}


def model_from_json(raw: Mapping[str, Any]) -> Model:
    """Return the model; its answers have the same digits.

    Raises
    ------
    EventFileBroken
        When it was written by another release.
    """
    if raw.get("form") not in READABLE:
        raise EventFileBroken("This model was written by another release.", help="Learn it anew from the choices.")
    questions = {(row["key"][0], row["key"][1]): _question(row) for row in raw["questions"]}
    return Model(questions, raw["kind_weights"])


def _question_as_json(question: Question) -> dict[str, Any]:
    areas, price, drift = question.areas, question.price, question.change.drift
    return {
        "options": list(question.options),
        "offered": list(question.offered),
        "edges": None if question.edges is None else question.edges.tolist(),
        "hierarchy": _hierarchy_as_json(question.hierarchy),
        "regions": {name: _evidence_as_json(found) for name, found in question.regions.items()},
        "rho": question.rho,
        "notes": list(question.notes),
        "areas": areas
        and {
            "tables": {name: table.tolist() for name, table in areas.tables.items()},
            "hierarchy": _hierarchy_as_json(areas.hierarchy),
        },
        "price": price
        and {
            "slope": price.slope,
            "error": price.error,
            "usual": [None if np.isnan(value) else value for value in price.usual.tolist()],
        },
        "memory": question.change.memory,
        "drift": drift
        and {
            "level": drift.level.tolist(),
            "covariance": drift.covariance.tolist(),
            "walk": drift.walk,
            "shock": drift.shock,
        },
        "wave": None if question.change.wave is None else asdict(question.change.wave),
        "bursts": [asdict(burst) for burst in question.bursts],
        "local": {name: asdict(trend) for name, trend in question.change.local.items()},
        "blend": question.blend and blend_as_json(question.blend),
        "alone": question.alone,
    }


def _evidence_as_json(found: RegionEvidence) -> list[Any]:
    week = found.latest and [found.latest.name, found.latest.counts.tolist(), found.latest.heard.tolist()]
    return [found.counts.tolist(), found.choices, week, found.usual]


def _evidence(counts: Any, choices: float, week: Any, usual: float) -> RegionEvidence:
    latest = week and LatestWeek(week[0], _floats(week[1]), _floats(week[2]))
    return RegionEvidence(_floats(counts), choices, latest, usual)


def _question(row: Mapping[str, Any]) -> Question:
    areas, price, drift = row["areas"], row["price"], row["drift"]
    learnt_drift = drift and Drift(_floats(drift["level"]), _floats(drift["covariance"]), drift["walk"], drift["shock"])
    local = {name: LocalTrend(**trend) for name, trend in row["local"].items()}
    return Question(
        tuple(row["options"]),
        tuple(row["offered"]),
        None if row["edges"] is None else _floats(row["edges"]),
        _many(row["hierarchy"]) if "kappa" in row["hierarchy"] else _hierarchy(row["hierarchy"]),
        {name: _evidence(*found) for name, found in row["regions"].items()},
        row["rho"],
        tuple(row["notes"]),
        areas
        and Areas({name: _floats(table) for name, table in areas["tables"].items()}, _hierarchy(areas["hierarchy"])),
        price and PriceResponse(price["slope"], price["error"], _floats(price["usual"])),
        Change(row["memory"], learnt_drift, row["wave"] and _wave(row["wave"]), local),
        tuple(Burst(**burst) for burst in row["bursts"]),
        blend_from_json(row["blend"]) if row.get("blend") else None,
        row.get("alone", ""),
    )


def _wave(row: Mapping[str, Any]) -> Wave:
    return Wave(row["option"], row["slope"], row["error"], tuple(row["stays"]))


def _hierarchy_as_json(hierarchy: Hierarchy | ManyOptions) -> dict[str, Any]:
    if isinstance(hierarchy, ManyOptions):
        return {"counts": hierarchy.counts.tolist(), "kappa": hierarchy.kappa, "discount": hierarchy.discount}
    return {name: getattr(hierarchy, name).tolist() for name in ("strength", "odds", "tables")}


def _hierarchy(row: Mapping[str, Any]) -> Hierarchy:
    return Hierarchy(*(_floats(row[name]) for name in ("strength", "odds", "tables")))


def _many(row: Mapping[str, Any]) -> ManyOptions:
    return ManyOptions(_floats(row["counts"]), row["kappa"], row["discount"])


def _floats(values: Any) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=float)
