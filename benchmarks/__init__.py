"""One module per claim that the README makes; each prints ratios taken pair by pair in one run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure beside its bar and, where there is one, a named peer.

    Parameters
    ----------
    figure : str
        What was measured, with its unit.
    value : float or None
        What came out; None when it could not be measured here, and ``figure`` says why.
    bar : float or None
        What was promised.
    holds : bool or None
        Whether the promise holds; None without a bar or a value.
    peer : str or None
        What it was measured against, in the same run.
    peer_value : float or None
        The peer's figure in the same unit.
    """

    figure: str
    value: float | None
    bar: float | None = None
    holds: bool | None = None
    peer: str | None = None
    peer_value: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the figure as it stands in ``--json``: plain numbers, whatever numpy made of them."""
        plain = asdict(self)
        plain |= {name: float(plain[name]) for name in ("value", "bar", "peer_value") if plain[name] is not None}
        return plain | {"holds": None if self.holds is None else bool(self.holds)}


def at_most(figure: str, value: float, bar: float, **peer: Any) -> Figure:
    """Return a figure that holds when it is ``bar`` or less."""
    return Figure(figure, value, bar, value <= bar, **peer)


def at_least(figure: str, value: float, bar: float, **peer: Any) -> Figure:
    """Return a figure that holds when it is ``bar`` or more."""
    return Figure(figure, value, bar, value >= bar, **peer)
