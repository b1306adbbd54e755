"""What bad nodes cost: shops that claim one vendor's filament always works, and everybody else's never does.

How alike prints are is learnt in each world from all that is published there, lies included, as shops do it at night.
The defence was chosen on worlds of other seeds than these (100 to 107). Other lies are tried beside: half of the prints
honest for camouflage, the opposite of everything, praise alone, all prints good. A world
of shops with their own habits; some of them lie in everything they publish. An honest newcomer with a few own prints
asks about its next ones. The same world without the liars' lies is the yardstick. Where prints have grades, liars give
all that they praise the best, and all others the worst.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import numpy as np

from benchmarks import Figure, at_most
from glocal.commons.odds import Experience
from glocal.commons.odds_data import Setting, Trial
from glocal.commons.shapes import fair_shape

SHOPS, PRINTS, WORLDS, OWN, ASKED = 40, 16, 8, 6, 60
VENDORS = ("anders", "bakti", "cora", "dunia", "efua")
SHARES = {0.05: 0.01, 0.15: 0.03}
OTHER_SHARE, OTHER_BAR = 0.15, 0.03
BEST = 100.0
LIES: dict[str, Callable[[Trial, np.random.Generator], bool]] = {
    "one vendor": lambda print_, _: print_.setting.material == VENDORS[0],
    "half of it": lambda print_, rng: print_.setting.material == VENDORS[0] if rng.random() < 0.5 else print_.ok,
    "the opposite": lambda print_, _: not print_.ok,
    "praise of one vendor": lambda print_, _: print_.ok or print_.setting.material == VENDORS[0],
    "that all is good": lambda _, __: True,
}


def figures() -> list[Figure]:
    """Return the loss of each share of liars, with and without the defence, in log loss."""
    shares = (0.0, *SHARES, 0.30)
    plain = [(share, defended, "one vendor", False) for share in shares for defended in (True, False)]
    others = [(OTHER_SHARE, True, lie, False) for lie in list(LIES)[1:]]
    by_grades = [(share, True, "one vendor", True) for share in shares]
    asked = [(seed, *case) for case in (*plain, *others, *by_grades) for seed in range(WORLDS)]
    with ProcessPoolExecutor() as pool:
        told = dict(zip(asked, pool.map(world, *zip(*asked, strict=True)), strict=True))

    def mean(
        share: float, defended: bool = True, lie: str = "one vendor", graded: bool = False, which: int = 0
    ) -> float:
        return float(np.mean([told[seed, share, defended, lie, graded][which] for seed in range(WORLDS)]))

    clean, own_loss = mean(0.0), mean(0.0, which=1)
    found = [
        at_most(
            f"{share:.0%} of shops lie: log loss above that without lies",
            mean(share) - clean,
            bar,
            peer="without caps and weights",
            peer_value=mean(share, False) - mean(0.0, False),
        )
        for share, bar in SHARES.items()
    ]
    worst = at_most(
        "30% of shops lie: log loss against own prints alone",
        mean(0.30) - own_loss,
        0.0,
        peer="without caps and weights",
        peer_value=mean(0.30, False) - own_loss,
    )
    rest = [
        at_most(
            f"{share:.0%} of shops tell {lie}: log loss above that without lies",
            mean(share, lie=lie) - clean,
            OTHER_BAR,
        )
        for share, _, lie, _ in others
    ]
    exact = mean(0.0, graded=True)
    with_grades = [
        at_most(
            f"{share:.0%} of shops lie with grades: log loss above that without lies",
            mean(share, graded=True) - exact,
            bar,
        )
        for share, bar in SHARES.items()
    ]
    against = mean(0.30, graded=True) - mean(0.0, graded=True, which=1)
    with_grades.append(at_most("30% of shops lie with grades: log loss against own prints alone", against, 0.0))
    honest = Figure("log loss without lies", clean, peer="own prints alone", peer_value=own_loss)
    return [*found, worst, *rest, *with_grades, honest]


def world(seed: int, share: float, defended: bool, lie: str, graded: bool) -> tuple[float, float]:
    """Return the newcomer's log loss with the network, and with own prints alone."""
    rng, newcomer = np.random.default_rng(seed).spawn(2)  # the newcomer is the same whoever lies
    slope, vendor = rng.normal(0, 1.2, 4), dict(zip(VENDORS, rng.normal(0, 0.8, len(VENDORS)), strict=True))
    trials: list[Trial] = []
    for number, each in enumerate(rng.spawn(SHOPS)):
        habit, taste = each.normal(0, 0.8), each.normal(0, 1, 4)
        lies = number < round(share * SHOPS)
        count = PRINTS * (4 if lies else 1)  # who lies publishes more
        honest = [trial(each, f"shop{number}", habit, taste, slope=slope, vendor=vendor) for _ in range(count)]
        trials += [lie_of(t, ok=LIES[lie](t, each)) for t in honest] if lies else honest
    habit, taste = newcomer.normal(0, 0.8), newcomer.normal(0, 1, 4)
    mine = [trial(newcomer, "newcomer", habit, taste, slope=slope, vendor=vendor) for _ in range(OWN + ASKED)]
    own, rest = mine[:OWN], mine[OWN:]
    learnt = trials if graded else [replace(trial, grade=None) for trial in trials]
    experience = Experience(learnt, fair_shape(learnt), defended=defended, capped=defended)
    asked = [t.setting for t in rest]
    ok = np.array([t.ok for t in rest])
    alone = experience.alone().odds(asked, own)
    return loss_of([odds.value for odds in experience.odds(asked, own)], ok), loss_of([o.value for o in alone], ok)


def trial(
    rng: np.random.Generator, node: str, habit: float, taste: np.ndarray, *, slope: np.ndarray, vendor: dict[str, float]
) -> Trial:
    """Return one print of a shop."""
    settings, material = 0.5 * taste + rng.normal(0, 1, 4), VENDORS[rng.integers(len(VENDORS))]
    log_odds = 0.4 + settings @ slope - 0.5 * settings[0] ** 2 + vendor[material] + habit
    chance = rng.random()
    grade = float(log_odds - np.log(chance / (1 - chance)))
    return Trial(Setting(tuple(settings), material, "m", node), grade > 0, grade)


def lie_of(print_: Trial, *, ok: bool) -> Trial:
    """Return what a liar says of a print."""
    return Trial(print_.setting, ok, BEST if ok else -BEST)


def loss_of(chance: list[float], ok: np.ndarray) -> float:
    """Return the mean log loss."""
    safe = np.clip(chance, 0.01, 0.99)
    return float(-np.log(np.where(ok, safe, 1 - safe)).mean())
