"""Who waits for a part or a price, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Patience(Enum):
    """What becomes of a part that takes longer than the quick ones."""

    WAIT = "wait"  # the caller waits for it
    COME_BACK = "come back"  # it is built meanwhile, and the caller asks again
    NONE = "none"  # it is not built


def still_waits() -> None:
    """Say that somebody still waits."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who waits for an answer.

    Parameters
    ----------
    patience : Patience
        Whether the asker waits for a shape that takes long to build.
    go_on : callable
        Called before each step that takes its time; raises when nobody waits for the answer any more.
    visit : str
        A newer question of the same visit ends what is being built for the older one; empty for nobody in particular.
    """

    patience: Patience = Patience.WAIT
    go_on: Callable[[], None] = still_waits
    visit: str = ""


SOMEBODY = Asker()
