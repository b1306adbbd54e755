"""Values on their way through a form without a place for their kind (dates, numbers, nothing): they come back whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

_WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "@nothing": lambda _: "",
    **dict.fromkeys(("@datetime", "@date", "@time"), lambda moment: str(moment.isoformat())),
}
_READ: Mapping[str, Callable[[str], Any]] = {
    "@datetime": datetime.fromisoformat,
    "@date": date.fromisoformat,
    "@time": time.fromisoformat,
    "@number": float,
    "@whole": int,
    "@nothing": lambda _: None,
}


_AS_WRITTEN = "@as-written"  # around a mapping that only looks like one of ours


def carried(value: Any, *, numbers: bool = False) -> Any:
    """Return a value as texts, flags, lists and mappings, and numbers where these are kept as they are.

    Parameters
    ----------
    numbers : bool
        Whether numbers are wrapped too, because the form is read back as texts.

    Examples
    --------
    >>> carried({"made": date(2021, 5, 4), "mass": 12})
    {'made': {'@date': '2021-05-04'}, 'mass': 12}
    """
    if isinstance(value, Mapping):
        inner = {str(name): carried(entry, numbers=numbers) for name, entry in value.items()}
        return {_AS_WRITTEN: inner} if len(inner) == 1 and inner.keys() <= {_AS_WRITTEN, *_READ} else inner
    if isinstance(value, list | tuple):
        return [carried(entry, numbers=numbers) for entry in value]
    kind = _kind(value, numbers)
    return {kind: _WRITTEN.get(kind, repr)(value)} if kind else value


def _kind(value: Any, numbers: bool) -> str:
    """Return by which name a value travels; empty for one that every form can hold."""
    kinds = {type(None): "@nothing", datetime: "@datetime", date: "@date", time: "@time"}
    if isinstance(value, float):
        return "@number" if numbers or not math.isfinite(value) else ""
    return kinds.get(type(value), "@whole" if numbers and type(value) is int else "")


def brought_back(value: Any) -> Any:
    """Return what :func:`carried` was given; whatever it did not make stays as it is."""
    if isinstance(value, list):
        return [brought_back(entry) for entry in value]
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1:
        (kind, written), *_ = value.items()
        if kind == _AS_WRITTEN and isinstance(written, Mapping):
            return {name: brought_back(entry) for name, entry in written.items()}
        if kind in _READ and isinstance(written, str):
            try:
                return _READ[kind](written)
            except ValueError:
                return dict(value)
    return {name: brought_back(entry) for name, entry in value.items()}
