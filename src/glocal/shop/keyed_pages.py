"""Pages by key: "what comes after this row" costs the same on the first and on the thousandth page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

Row = TypeVar("Row")
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class KeyedPage(Generic[Row]):
    """Some rows, the newest first, and the keys by which one goes on.

    Parameters
    ----------
    newer, older : str
        The key to give as ``after`` or ``before`` for the neighbouring page; empty where there is none.
    """

    rows: list[Row]
    newer: str = ""
    older: str = ""

    def turned(self, change: Callable[[Row], Other]) -> KeyedPage[Other]:
        """Return the same page with every row turned into something else."""
        return KeyedPage([change(row) for row in self.rows], self.newer, self.older)


def keyed_page(rows: QuerySet[Any], size: int, *, before: str = "", after: str = "") -> KeyedPage[Any]:
    """Return a page of things, the newest first.

    Parameters
    ----------
    rows : QuerySet
        Of a model whose ``id`` is a UUIDv7.
    before, after : str
        Only rows older, or newer, than the one with this key. A key that is none is as good as no key.
    """
    older_than, newer_than = _key(before), _key(after)
    if newer_than is not None:
        found = list(rows.filter(id__gt=newer_than).order_by("id")[: size + 1])
        shown = found[:size][::-1]
        return KeyedPage(shown, str(shown[0].id) if len(found) > size else "", str(shown[-1].id) if shown else "")
    found = list((rows.filter(id__lt=older_than) if older_than else rows).order_by("-id")[: size + 1])
    shown = found[:size]
    newer = str(shown[0].id) if shown and older_than else ""
    return KeyedPage(shown, newer, str(shown[-1].id) if len(found) > size else "")


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
