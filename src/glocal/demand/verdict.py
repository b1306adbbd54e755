"""Whether the answers are better than simpler ones, and whether enough was held back to tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glocal.demand.evaluate import Cell

FEWEST_CHOICES = 30.0
FEWEST_PARTS = 4  # regions and windows; fewer cannot say how far chance goes
PEERS = {"global": "everybody's average", "local": "each region alone"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the answers compare with a simpler one, over all choices that were held back.

    Parameters
    ----------
    peer : str
        The simpler model.
    choices : float
    ours, theirs : float
        Chance that was given to what was chosen, 0 to 1 (a geometric mean).
    gain, error : float
        Nats per choice, with the standard error by regions and windows.
    told : bool
        Whether enough was held back to say anything.
    """

    peer: str
    choices: float
    ours: float
    theirs: float
    gain: float
    error: float
    told: bool

    def in_words(self) -> str:
        """Return the comparison as a sentence."""
        about = f"{PEERS[self.peer]} gave it {self.theirs:.0%}"
        if not self.told:
            return f"{about}: too little was held back to tell which is better"
        sure = abs(self.gain) / self.error if self.error > 0 else np.inf
        if self.gain == 0 or sure < 1:
            return f"{about}: no difference that could not be chance"
        return f"{about}: predict is {'surely' if sure >= 2 else 'probably'} {'better' if self.gain > 0 else 'worse'}"


def verdicts(cells: Sequence[Cell]) -> list[Verdict]:
    """Return how ``predict`` compares with everybody's average and with each region alone, with the most data."""
    most = max((cell.per_region or np.inf for cell in cells), default=np.inf)
    used = [cell for cell in cells if (cell.per_region or np.inf) == most]
    return [_verdict(peer, *(_sums(used, model) for model in ("predict", peer))) for peer in PEERS]


def _sums(cells: Sequence[Cell], model: str) -> np.ndarray[tuple[int, int]]:
    return np.array([part for cell in cells if cell.model == model for part in cell.by_region])


def _verdict(peer: str, ours: np.ndarray[tuple[int, int]], theirs: np.ndarray[tuple[int, int]]) -> Verdict:
    said = ours[:, 1] > 0
    choices = ours[said, 1]
    gains, total, parts = (ours - theirs)[said, 0], float(choices.sum()), int(said.sum())
    gain = float(gains.sum()) / total
    error = float(np.sqrt(((gains - choices * gain) ** 2).sum() * parts / max(parts - 1, 1))) / total
    chance, of_peer = (float(np.exp(sums[:, 0].sum() / total)) for sums in (ours, theirs))
    told = total >= FEWEST_CHOICES and parts >= FEWEST_PARTS
    return Verdict(peer, total, chance, of_peer, gain, error, told)
