"""Prices that are asked for together: as of one moment, of the same makers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from glocal.shop.makers.line import Line
from glocal.shop.makers.models import MakerMachine
from glocal.shop.makers.queries import active_machines, network_makers
from glocal.shop.parts.asker import SOMEBODY, Asker
from glocal.shop.shops.models import Shop

if TYPE_CHECKING:
    from glocal.network import model as network
    from glocal.quoting.model import PriceContext


@dataclass(slots=True)
class Inquiry:
    """What one asker wants to know, and for how long.

    Parameters
    ----------
    may_slice : bool
        Whether the asker waits for the slicer where the instant estimate does not know.
    exact : bool
        Let the slicer answer instead of the instant estimate.
    asker : Asker
        Who waits for the answer.
    placed : UUID or None
        The order that this is asked for; it waits only for what came before it.
    contexts : dict
        What prices depended on at this moment, by what was asked of whom.
    """

    now: datetime = field(default_factory=timezone.now)
    may_slice: bool = True
    exact: bool = False
    asker: Asker = SOMEBODY
    placed: uuid.UUID | None = None
    contexts: dict[tuple[object, ...], PriceContext] = field(default_factory=dict)
    _makers: dict[tuple[uuid.UUID, bool, str], list[network.Maker]] = field(default_factory=dict)
    _lines: dict[bool, Line] = field(default_factory=dict)
    _machines: dict[str, MakerMachine] = field(default_factory=dict)

    def makers(self, shop: Shop, *, rush: bool, by_colour: str = "") -> list[network.Maker]:
        """Return all active makers as they are at this moment, read once.

        ``by_colour`` is a material whose spools are told apart by colour.
        """
        key = (shop.id, rush, by_colour)
        if key not in self._makers:
            rows = self._rows().values()
            self._makers[key] = network_makers(
                shop, self.now, line=self.line(rush=rush), by_colour=by_colour, rows=rows
            )
        return self._makers[key]

    def line(self, *, rush: bool) -> Line:
        """Return what waits for each machine, read once."""
        if rush not in self._lines:
            self._lines[rush] = Line.read(rush=rush, before=self.placed)
        return self._lines[rush]

    def machine(self, slug: str) -> MakerMachine:
        """Return one of the machines that take work, read once."""
        return self._rows()[slug]

    def _rows(self) -> dict[str, MakerMachine]:
        if not self._machines:
            self._machines.update({row.slug: row for row in active_machines()})
        return self._machines
