"""What a map of makers shows; a table beside it says the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from glocal.network.distance import distance_km
from glocal.shop.makers.board import MakerOnBoard
from glocal.shop.makers.models import Maker
from glocal.shop.measures import measure
from glocal.shop.shops.models import Shop


def map_data(shop: Shop, here: tuple[float, float], points: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the JSON of ``<glocal-map>``: the shop's place, the numbered points and the words of the map."""
    return {
        "here": {"latitude": here[0], "longitude": here[1], "name": shop.name},
        "points": list(points),
        "texts": {
            "map": _("Map of the makers. The table below says the same."),
            "closer": _("Closer"),
            "farther": _("Farther"),
            "credit": _("Outlines: Natural Earth, coarse"),
            "failed": _("The map could not be loaded. The table below says the same."),
        },
    }


def point(place: tuple[float, float], number: int, name: str, state: str, facts: Sequence[str]) -> dict[str, Any]:
    """Return one numbered marker; ``state`` chooses how it looks, ``facts`` say it in words."""
    return {
        "latitude": place[0],
        "longitude": place[1],
        "mark": str(number),
        "name": name,
        "state": state,
        "facts": [fact for fact in facts if fact],
    }


def makers_on_map(shop: Shop, board: Sequence[MakerOnBoard]) -> dict[str, Any]:
    """Return all makers with their state for the owner: the rows of the table and the map beside it."""
    language, here = get_language() or shop.language, (shop.latitude, shop.longitude)
    rows, points = [], []
    for number, each in enumerate(board, start=1):
        maker, place = each.maker, (each.maker.latitude, each.maker.longitude)
        states = _states(each)
        away = measure(distance_km(here, place), "km", language, digits=1)
        words = [said for _state, said in states]
        points.append(point(place, number, maker.name, states[0][0], [", ".join(words), maker.town, away]))
        rows.append({"number": number, "name": maker.name, "town": maker.town, "states": words, "distance": away})
    return {"rows": rows, "map": map_data(shop, here, points)}


def _states(each: MakerOnBoard) -> list[tuple[str, str]]:
    """Return how a maker stands, what the owner should know first at the beginning."""
    maker: Maker = each.maker
    states = [
        (not maker.is_active, "paused", _("Paused")),
        (maker.silent_since is not None, "dark", _("Does not answer")),
        (maker.on_probation, "probation", _("On probation")),
        (bool(each.running), "busy", _("Prints now")),
    ]
    return [(state, said) for holds, state, said in states if holds] or [("free", _("Free"))]
