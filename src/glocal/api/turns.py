"""Which questions are still wanted: of one visitor only the newest, and at the slicer one at a time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from glocal.errors import BadInput


class Overtaken(BadInput):
    """The same visitor asked something newer meanwhile."""

    code = "overtaken"


@dataclass(slots=True)
class Turns:
    """Lets one question at a time through.

    Parameters
    ----------
    keep : int
        How many visitors are remembered.
    """

    keep: int = 10_000
    _newest: OrderedDict[str, int] = field(default_factory=OrderedDict)
    _count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _slicer: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def turn(self, visit: str) -> Iterator[Callable[[], None]]:
        """Wait for a turn; of questions with the same ``visit`` only the newest gets one (without a visit, each does).

        What is yielded is to be called before each step: it raises as soon as the visit has asked something newer.

        Raises
        ------
        Overtaken
            When a newer question of the visit came meanwhile.
        """
        go_on = self.newest(visit)
        with self._slicer:
            go_on()
            yield go_on

    def newest(self, visit: str) -> Callable[[], None]:
        """Take note of a question, at once; return what raises as soon as the visit has asked something newer."""
        with self._lock:
            self._count += 1
            mine = self._count
            if visit:
                self._newest.pop(visit, None)
                self._newest[visit] = mine
                if len(self._newest) > self.keep:
                    self._newest.popitem(last=False)

        def go_on() -> None:
            if visit and self._newest.get(visit, mine) != mine:
                raise Overtaken("You changed it meanwhile; the newer question is answered instead.")

        return go_on
