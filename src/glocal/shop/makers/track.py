"""What came out of the makers' plates, read for all of them at once."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from glocal.shop.jobs.models import OPEN_STATES, Job
from glocal.shop.makers.models import Maker
from glocal.shop.outcomes.models import JobOutcome, Phase

if TYPE_CHECKING:
    from glocal.network.trust import Record
    from glocal.values import Estimate


@dataclass(frozen=True, slots=True)
class TrackRecords:
    """The record of every maker who printed, and the plates that each has open."""

    by_maker: Mapping[uuid.UUID, Record]
    open_plates: Mapping[uuid.UUID, int]

    @classmethod
    def read(cls) -> TrackRecords:
        """Ask the database, twice however many makers there are."""
        from glocal.network.trust import Record

        phases: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
        ended = JobOutcome.objects.exclude(phase=Phase.CANCELLED).values_list("job__machine__maker", "phase")
        for maker, phase, count in ended.annotate(count=Count("id")).order_by():
            phases[maker][phase] = count
        waiting = Job.objects.filter(state__in=OPEN_STATES).values_list("machine__maker").annotate(count=Count("id"))
        return cls({maker: Record(**of) for maker, of in phases.items()}, dict(waiting.order_by()))

    def own(self, maker: Maker) -> Record:
        """Return a maker's own record."""
        from glocal.network.trust import Record

        return self.by_maker.get(maker.id, Record())

    def odds_ok(self, maker: Maker) -> Estimate | None:
        """Return the chance that a plate of this maker comes out right; None while they have printed nothing.

        From the maker's own plates, phase by phase, shrunk towards all others' while there are few.
        """
        return self.expected_odds(maker) if self.own(maker).plates else None

    def expected_odds(self, maker: Maker) -> Estimate | None:
        """Return the same also for a maker who has printed nothing yet: as all others do; None while nobody has."""
        from glocal.network.trust import Record, success_odds

        others = [astuple(record) for other, record in self.by_maker.items() if other != maker.id]
        return success_odds(self.own(maker), Record(*map(sum, zip(*others, strict=True))))

    def plates_left(self, maker: Maker) -> int | None:
        """Return how many more plates a maker on probation may have at once; None without a limit."""
        from glocal.network.trust import plates_at_once

        if not maker.on_probation:
            return None
        allowed = plates_at_once(self.own(maker), [self.odds_ok(each) for each in maker.vouched_by.all()])
        return None if allowed is None else max(0, allowed - self.open_plates.get(maker.id, 0))
