"""Who gets how much of the work: equal shares among equal makers, trials for new ones, and a report of why.

A maker's equal share is what they would have if each order were split evenly over all machines on which it pays; work
is counted in volume, the same on every machine. With ``share`` φ every maker gets at least φ of that as far as it can
be had: those below it get a bonus per mm³ while the search goes on (a price of the bound, Lagrange), and what is left
to do is moved over where it costs least. A maker on trial gets an order, and only orders with little at risk.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from glocal.network.errors import PlanInputBroken
from glocal.network.plan_model import Problem, WorkShare
from glocal.network.plan_tables import Tables, holes_last

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Words = NDArray[np.uint64]
Asked = tuple[Floats, Floats, Ints, Floats, Words]
State = tuple[Ints, Ints, Ints, Floats, Ints]

TURNS = 5
MARGIN = 0.08  # aimed above what is asked, so that little is left to move over
PRICE = 0.1  # of an order's mean worth per mm³, the first bonus of a maker who has nothing
EXTRA = 4  # candidates of an order that are there for fairness only
LOOKED_AT = 120  # orders that are tried for one move


@dataclass(frozen=True, slots=True)
class Fairness:
    """How even the work is to be.

    Parameters
    ----------
    share : float
        Least share of their equal share for each maker, 0 to 1.
    new : tuple of str
        Makers on trial.
    trial_orders : int
        Most orders that a maker on trial gets, at least 1.
    """

    share: float = 0.5
    new: tuple[str, ...] = ()
    trial_orders: int = 3

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise PlanInputBroken(f"The least share is {self.share}, expected 0 to 1.")
        if self.trial_orders < 1:
            raise PlanInputBroken(f"A trial of {self.trial_orders} orders is none.")


@dataclass(slots=True)
class FairWork:
    """Shares kept while a plan is searched for."""

    problem: Problem
    tables: Tables
    wanted: Fairness
    makers: list[str] = field(init=False)
    maker_of: Ints = field(init=False)
    on_trial: Bools = field(init=False)
    payable: Ints = field(init=False)
    bonus: Floats = field(init=False)

    def __post_init__(self) -> None:
        machines = self.problem.machines
        self.makers = sorted({machine.maker for machine in machines})
        number = {name: k for k, name in enumerate(self.makers)}
        self.maker_of = np.array([number[machine.maker] for machine in machines], dtype=np.int64)
        if unknown := set(self.wanted.new) - set(self.makers):
            raise PlanInputBroken(f"No maker is called {min(unknown)!r}.")
        self.on_trial = np.array([name in self.wanted.new for name in self.makers])
        self.bonus = np.zeros(len(self.makers))
        self.payable = np.zeros((len(self.tables.orders), len(self.makers)), dtype=np.int64)
        for m in range(len(machines)):
            self.payable[:, self.maker_of[m]] += self._worth(m)[1] > 0

    def _worth(self, m: int) -> tuple[Floats, Floats]:
        """Return what each order is worth on a machine, and what of that is left after its part of the set-up."""
        from glocal.network.plan_scan_kernel import worth_on

        return worth_on(self.tables.orders, self.tables.machines[m], self.tables.holds[m])

    def _volume(self) -> Floats:
        from glocal.network.plan_scan_kernel import VOLUME

        return np.asarray(self.tables.orders[:, VOLUME])

    def restrict(self, near: Ints, worth: Floats, toll: Floats) -> tuple[Ints, Floats, Floats]:
        """Return candidates with room for fairness, without what a maker on trial must not get."""
        from glocal.network.plan_scan_kernel import DUE, NOT_POSSIBLE, RELEASE, REVENUE

        orders = self.tables.orders
        near = np.concatenate([near, np.full((len(near), EXTRA), -1)], axis=1)
        worth = np.concatenate([worth, np.full((len(worth), EXTRA), NOT_POSSIBLE)], axis=1)
        toll = np.concatenate([toll, np.zeros((len(toll), EXTRA))], axis=1)
        risk = orders[:, REVENUE] / np.maximum(orders[:, DUE] - orders[:, RELEASE], 1.0)
        for k in np.flatnonzero(self.on_trial):
            able = np.flatnonzero(self.payable[:, k])
            trial = able[np.argsort(risk[able], kind="stable")][: self.wanted.trial_orders]
            others = np.isin(self.maker_of[near], k) & (near >= 0)
            others[trial] = False
            near[others], worth[others] = -1, NOT_POSSIBLE
            self.payable[:, k] *= np.isin(np.arange(len(near)), trial)
        return holes_last(near, worth, toll)

    def shares(self, at_machine: Ints) -> tuple[Floats, Floats]:
        """Return each maker's volume and equal share, mm³; only orders that somebody makes count."""
        made = at_machine >= 0
        volume = self._volume()
        got = np.bincount(self.maker_of[at_machine[made]], weights=volume[made], minlength=len(self.makers))
        parts = self.payable[made] / np.maximum(self.payable[made].sum(axis=1, keepdims=True), 1)
        return np.asarray(got, dtype=float), np.asarray(volume[made] @ parts)

    def _short(self, at_machine: Ints, share: float) -> Floats:
        """Return what each maker lacks to a share of their equal share, mm³; a maker on trial lacks one order."""
        got, equal = self.shares(at_machine)
        least = np.where(self.on_trial, np.minimum(equal, 1e-6), share * equal)
        return np.asarray(np.maximum(least - got, 0.0))

    def balance(self, asked: Asked, state: State, rounds: int, seed: int) -> None:
        """Search on with a bonus for those who have too little, then move over what is still lacking."""
        from glocal.network.plan_search_kernel import search

        volume, at_machine = self._volume(), state[4]
        mean = float(np.maximum(asked[3][:, 0], 0.0).sum() / max(volume.sum(), 1.0))
        for turn in range(TURNS):
            short = self._short(at_machine, self.wanted.share + MARGIN)
            if not short.any():
                break
            _, equal = self.shares(at_machine)
            self.bonus += PRICE * mean * short / np.maximum(equal, 1.0)
            self._offer(asked, state, short)
            better = np.where(asked[2] >= 0, self.bonus[self.maker_of[asked[2]]] * volume[:, None], 0.0)
            search((*asked[:3], asked[3] + better, asked[4]), state, rounds // TURNS, seed + turn)
        self._move_over(asked, state)

    def _offer(self, asked: Asked, state: State, short: Floats) -> None:
        """Put machines of makers who lack work into the candidates of the orders that lose least there."""
        orders, _, near, worth, _ = asked
        at = state[4]
        for m in np.flatnonzero(short[self.maker_of] > 0):
            gross, net = self._worth(int(m))
            able = np.flatnonzero((net > 0) & (self.payable[:, self.maker_of[m]] > 0) & ~(near == m).any(axis=1))
            loss = (worth[able, 0] - gross[able]) / self._volume()[able]
            for o in able[np.argsort(loss)][: max(20, len(orders) // 20)]:
                free = np.flatnonzero(near[o] < 0)
                column = int(free[0]) if len(free) else near.shape[1] - 1
                if near[o, column] < 0 or near[o, column] != at[o]:
                    near[o, column], worth[o, column] = m, gross[o]

    def _move_over(self, asked: Asked, state: State) -> None:
        """Move orders, cheapest first, to makers who lack work, from makers who keep enough."""
        moved: set[int] = set()
        for k in np.argsort(-self._short(state[4], self.wanted.share)):
            while self._short(state[4], self.wanted.share)[k] > 0:
                if not self._move_one(int(k), asked, state, moved):
                    break

    def _move_one(self, k: int, asked: Asked, state: State, moved: set[int]) -> bool:
        """Move the one order to maker ``k`` that costs least per mm³; say whether there was one."""
        from glocal.network import plan_kernel as kernel
        from glocal.network.plan_scan_kernel import NOT_POSSIBLE

        machines = np.flatnonzero(self.maker_of == k)
        pairs = [self._worth(int(m)) for m in machines]
        gross = np.array([np.where(net > 0, worth, NOT_POSSIBLE) for worth, net in pairs]).T
        at, volume = state[4], self._volume()
        got, equal = self.shares(at)
        spare = got - np.where(self.on_trial, np.inf, self.wanted.share * equal)
        giver = np.where(at >= 0, self.maker_of[at], -1)
        able = (gross.max(axis=1) > 0) & (self.payable[:, k] > 0) & (giver != k)
        able &= (giver < 0) | (volume <= spare[giver])
        able[list(moved)] = False
        orders = np.flatnonzero(able)
        loss = (np.maximum(asked[3][orders, 0], 0.0) - gross[orders].max(axis=1)) / volume[orders]
        orders = orders[np.argsort(loss)][:LOOKED_AT]
        rank = np.argsort(-gross, axis=1)
        there = np.where(np.take_along_axis(gross, rank, axis=1) > 0, machines[rank], -1)
        worth = np.take_along_axis(gross, rank, axis=1)
        o = kernel.cheapest_move(orders, asked, (*asked[:2], there, worth, asked[4]), state)
        if o < 0:
            return False
        moved.add(int(o))
        return True

    def report(self, at_machine: Ints, paid_minor: dict[str, float]) -> tuple[WorkShare, ...]:
        """Return who got what, and why."""
        got, equal = self.shares(at_machine)
        found = []
        made = np.flatnonzero(at_machine >= 0)
        where = [np.flatnonzero(self.maker_of == k) for k in range(len(self.makers))]
        best = np.max([self._worth(m)[0] for m in range(len(self.maker_of))], axis=0)
        for k, name in enumerate(self.makers):
            mine = self.maker_of[at_machine[made]] == k
            here = np.max([self._worth(int(m))[0] for m in where[k]], axis=0)
            reason = self._why(k, made, mine, (here, best))
            paid = paid_minor.get(name, 0.0)
            found.append(WorkShare(name, int(mine.sum()), float(got[k]), float(equal[k]), paid, reason))
        return tuple(found)

    def _why(self, k: int, made: Ints, mine: Bools, worth: tuple[Floats, Floats]) -> str:
        pays = self.payable[made, k] > 0
        elsewhere = made[pays & ~mine]
        if self.on_trial[k]:
            return f"on trial: {mine.sum()} of at most {self.wanted.trial_orders} orders, those with least at risk"
        if not pays.any():
            return self._why_nothing(k)
        text = f"{mine.sum()} of the {pays.sum()} orders that pay here"
        if not len(elsewhere):
            return text
        here, best = worth
        more = float((best[elsewhere] - here[elsewhere]).mean())
        return f"{text}; the others bring {more:,.0f} minor units more elsewhere on the mean" if more > 0 else text

    def _why_nothing(self, k: int) -> str:
        able = np.zeros(len(self.tables.orders), dtype=bool)
        for m in np.flatnonzero(self.maker_of == k):
            able |= self._worth(int(m))[0] > -1e17
        if not able.any():
            return "no order fits these machines and what they are loaded with"
        return f"{able.sum()} orders fit these machines, but none pays here: too far, too slow or too dear"
