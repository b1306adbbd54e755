"""A shop and its neighbourhood as the growth planner sees them: everything that the simulation assumes.

Each uncertain figure is an :class:`~glocal.values.Estimate` with its source, so that a page can list and change all
assumptions, and so that the answer's interval holds what is not known as well as what is random.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from math import isfinite
from typing import Literal, TypeVar

from glocal.strategy.errors import AssumptionBroken
from glocal.strategy.model import check_not_negative
from glocal.values import Estimate

Dispatch = Literal["best", "nearest"]
MOST_STATIONS, MOST_MACHINES, MOST_STREAMS = 500, 2_000, 2_000
ALL_DAYS = (0, 1, 2, 3, 4, 5, 6)


def _check_range(name: str, value: float, low: float, high: float) -> None:
    if not (isfinite(value) and low <= value <= high):
        raise AssumptionBroken(
            "{name} is {value}, expected {low} to {high}.", name=name, value=value, low=low, high=high
        )


def _check_share(name: str, estimate: Estimate) -> None:
    check_not_negative(name, estimate)
    if estimate.high >= 1:
        raise AssumptionBroken("{name} is up to {value}, expected below 1.", name=name, value=estimate.high)


@dataclass(frozen=True, slots=True)
class Town:
    """Where customers live: a square of ``span_km`` around a point.

    Parameters
    ----------
    name : str
        Unique.
    x_km, y_km : float
        East and north of the shop.
    span_km : float
        Side of the square in which customers live, uniformly.
    people : float
        Its weight in demand: an offer's orders per day are per 10,000 people.
    """

    name: str
    x_km: float = 0.0
    y_km: float = 0.0
    span_km: float = 4.0
    people: float = 10_000.0

    def __post_init__(self) -> None:
        _check_range(f"x_km of {self.name}", self.x_km, -20_000, 20_000)
        _check_range(f"y_km of {self.name}", self.y_km, -20_000, 20_000)
        _check_range(f"span_km of {self.name}", self.span_km, 0, 2_000)
        _check_range(f"people of {self.name}", self.people, 0, 1e9)


@dataclass(frozen=True, slots=True)
class Offer:
    """A product that is sold.

    Parameters
    ----------
    orders_per_day : Estimate
        Orders a day of 10,000 people, at the usual price and the usual wait.
    price_minor : float
        What the customer pays, without tax.
    print_h, mass_g, labour_min : Estimate
        One piece: printing (without preparing the plate), material with its waste, hands.
    plate_share : float
        Part of a plate that one piece takes, above 0 up to 1.
    personal : Estimate
        Share of its customers who want something of their own, which a stock of moulded pieces cannot give them.
    variants : int
        Regional variants that the demand is spread over; matters for moulding.
    takes_from_others : Estimate
        Share of its orders that would otherwise have gone to the shop's other offers.
    """

    name: str
    orders_per_day: Estimate
    price_minor: float
    print_h: Estimate
    mass_g: Estimate
    labour_min: Estimate
    plate_share: float = 0.25
    personal: Estimate = Estimate(0.0, 0.0, 0.0, "assumed")
    variants: int = 1
    takes_from_others: Estimate = Estimate(0.0, 0.0, 0.0, "assumed")

    def __post_init__(self) -> None:
        for name in ("orders_per_day", "print_h", "mass_g", "labour_min"):
            check_not_negative(f"{name} of {self.name}", getattr(self, name))
        _check_share(f"takes_from_others of {self.name}", self.takes_from_others)
        check_not_negative(f"personal of {self.name}", self.personal)
        _check_range(f"personal of {self.name}", self.personal.high, 0, 1)
        _check_range(f"price_minor of {self.name}", self.price_minor, 0, 1e12)
        _check_range(f"plate_share of {self.name}", self.plate_share, 1e-3, 1)
        _check_range(f"variants of {self.name}", self.variants, 1, 10_000)


@dataclass(frozen=True, slots=True)
class Station:
    """The machines of one maker: equal, and tended by the same hands.

    Parameters
    ----------
    own : bool
        Whether the shop owns them: then their price is capital and hands cost the shop's wage.
    hour_minor : Estimate
        Per machine hour: energy and maintenance of own machines, a neighbour's rate of others'.
    plate_minor : float
        What a neighbour asks for preparing and clearing one plate.
    capital_minor_per_year : float
        Of one own machine, for as long as it stands there.
    setup_min : float
        To prepare and clear one plate; while nobody is there no plate starts and no piece can be fetched.
    failure : Estimate
        Chance that one piece comes out wrong and is printed again.
    fault_every_h, repair_h : float
        Mean hours of printing between two faults of a machine, and until it is mended.
    speed : float
        Machine's speed against the offers' ``print_h``.
    opens_h, closes_h : float
        When hands are there, hours after midnight; 0 and 24 for always.
    days : tuple of int
        On which days, Monday = 0.
    leaves_day : float or None
        The day on which the maker stops for good.
    """

    maker: str
    machines: int = 1
    own: bool = False
    x_km: float = 0.0
    y_km: float = 0.0
    hour_minor: Estimate = Estimate(100.0, 100.0, 100.0, "assumed")
    plate_minor: float = 0.0
    capital_minor_per_year: float = 0.0
    setup_min: float = 10.0
    failure: Estimate = Estimate(0.05, 0.02, 0.1, "assumed")
    fault_every_h: float = 1_000.0
    repair_h: float = 24.0
    speed: float = 1.0
    opens_h: float = 0.0
    closes_h: float = 24.0
    days: tuple[int, ...] = ALL_DAYS
    leaves_day: float | None = None

    def __post_init__(self) -> None:
        who = self.maker
        _check_range(f"machines of {who}", self.machines, 0, 1_000)
        check_not_negative(f"hour_minor of {who}", self.hour_minor)
        _check_share(f"failure of {who}", self.failure)
        if self.failure.high > 0.9:
            raise AssumptionBroken(
                "{name} is up to {value}, expected {most} or less.",
                name=f"failure of {who}",
                value=self.failure.high,
                most=0.9,
            )
        for name, low, high in (
            ("plate_minor", 0, 1e12),
            ("capital_minor_per_year", 0, 1e12),
            ("setup_min", 0, 10_000),
            ("fault_every_h", 1, 1e9),
            ("repair_h", 0, 100_000),
            ("speed", 0.01, 100),
            ("opens_h", 0, 24),
            ("closes_h", 0, 24),
        ):
            _check_range(f"{name} of {who}", getattr(self, name), low, high)
        if self.opens_h >= self.closes_h or not self.days or not set(self.days) <= set(ALL_DAYS):
            raise AssumptionBroken(
                "{who} is never there: {opens_h} to {closes_h} h.",
                who=who,
                opens_h=self.opens_h,
                closes_h=self.closes_h,
            )


@dataclass(frozen=True, slots=True)
class Customers:
    """How demand answers to price, wait and a rival; each a constant elasticity or a rate of decay.

    Parameters
    ----------
    price_elasticity : Estimate
        Per cent fewer orders for one per cent more price; positive.
    wait_decay_per_day : Estimate
        Share of orders that one more day of wait than usual loses (continuously compounded).
    usual_wait_days : float
        The wait at which ``orders_per_day`` was seen.
    rival_elasticity : Estimate
        Per cent fewer orders when a rival becomes one per cent cheaper.
    """

    price_elasticity: Estimate = Estimate(1.5, 0.8, 2.5, "assumed: small made-to-order goods")
    wait_decay_per_day: Estimate = Estimate(0.05, 0.02, 0.10, "assumed")
    usual_wait_days: float = 2.0
    rival_elasticity: Estimate = Estimate(0.8, 0.3, 1.5, "assumed")

    def __post_init__(self) -> None:
        for name in ("price_elasticity", "wait_decay_per_day", "rival_elasticity"):
            check_not_negative(name, getattr(self, name))
        _check_range("usual_wait_days", self.usual_wait_days, 0, 1_000)


@dataclass(frozen=True, slots=True)
class Costs:
    """What the shop pays beside machines.

    Parameters
    ----------
    late_refund_per_day : float
        Share of the price that is given back for each day after the promised one.
    late_refund_cap : float
        The most that is given back, as a share of the price.
    """

    material_minor_per_kg: Estimate
    wage_minor_per_h: Estimate
    packaging_minor: float = 60.0
    delivery_minor: float = 0.0
    delivery_minor_per_km: Estimate = Estimate(0.0, 0.0, 0.0, "customers fetch it")
    payment_share: float = 0.0
    fixed_minor_per_day: float = 0.0
    late_refund_per_day: float = 0.1
    late_refund_cap: float = 0.5

    def __post_init__(self) -> None:
        for name in ("material_minor_per_kg", "wage_minor_per_h", "delivery_minor_per_km"):
            check_not_negative(name, getattr(self, name))
        for name in ("packaging_minor", "delivery_minor", "fixed_minor_per_day"):
            _check_range(name, getattr(self, name), 0, 1e12)
        for name in ("payment_share", "late_refund_per_day", "late_refund_cap"):
            _check_range(name, getattr(self, name), 0, 1)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the owner decides.

    Parameters
    ----------
    dispatch : {'best', 'nearest'}
        ``best`` weighs cost, way and wait of every machine; ``nearest`` takes the nearest maker, first come first
        served, as is usual practice.
    price_factor : float
        Against the offers' prices.
    guarantee_h : float or None
        A promise that holds for every order, such as 24; without it each order is promised when it will be ready, with
        ``slack_h`` more.
    hold_h : float
        How long a machine may wait for more pieces before it starts a plate that is not full.
    wait_minor_per_h : float
        What one hour of a customer's wait counts in the choice of a machine.
    shares_idle : bool
        Whether idle own machines take peers' work.
    """

    dispatch: Dispatch = "best"
    price_factor: float = 1.0
    guarantee_h: float | None = None
    slack_h: float = 12.0
    hold_h: float = 0.0
    wait_minor_per_h: float = 10.0
    shares_idle: bool = False

    def __post_init__(self) -> None:
        _check_range("price_factor", self.price_factor, 0.01, 100)
        for name in ("slack_h", "hold_h", "wait_minor_per_h"):
            _check_range(name, getattr(self, name), 0, 1e6)
        if self.guarantee_h is not None:
            _check_range("guarantee_h", self.guarantee_h, 1, 10_000)


@dataclass(frozen=True, slots=True)
class Market:
    """What comes from outside, as factors on what was assumed; 1 is as it is."""

    demand_factor: float = 1.0
    material_factor: float = 1.0
    rival_price_factor: float = 1.0

    def __post_init__(self) -> None:
        for name in ("demand_factor", "material_factor"):
            _check_range(name, getattr(self, name), 0, 2 if name == "demand_factor" else 100)
        _check_range("rival_price_factor", self.rival_price_factor, 0.01, 100)


@dataclass(frozen=True, slots=True)
class Peers:
    """Work of other shops that could run on idle machines."""

    jobs_per_day: Estimate = Estimate(0.0, 0.0, 0.0, "none offered")
    print_h: Estimate = Estimate(4.0, 3.0, 6.0, "assumed")
    hour_minor: Estimate = Estimate(150.0, 100.0, 200.0, "assumed")

    def __post_init__(self) -> None:
        for name in ("jobs_per_day", "print_h", "hour_minor"):
            check_not_negative(f"{name} of peers", getattr(self, name))


@dataclass(frozen=True, slots=True)
class World:
    """A shop, its customers and its makers, over ``days`` days beginning on a Monday.

    Parameters
    ----------
    print_spread : float
        Standard deviation of the logarithm of a piece's print time about its offer's.
    """

    currency: str
    towns: tuple[Town, ...]
    offers: tuple[Offer, ...]
    stations: tuple[Station, ...]
    costs: Costs
    customers: Customers = field(default_factory=Customers)
    policy: Policy = field(default_factory=Policy)
    market: Market = field(default_factory=Market)
    peers: Peers = field(default_factory=Peers)
    days: int = 365
    print_spread: float = 0.3

    def __post_init__(self) -> None:
        if not self.towns or not self.offers:
            raise AssumptionBroken("There is nothing to simulate.", help="Give at least one town and one product.")
        if sum(station.machines for station in self.stations) == 0:
            raise AssumptionBroken("There is no machine.", help="Give at least one maker with a machine.")
        for kind, names in (
            ("towns", [town.name for town in self.towns]),
            ("products", [offer.name for offer in self.offers]),
            ("makers", [station.maker for station in self.stations]),
        ):
            if len(set(names)) < len(names):
                raise AssumptionBroken(
                    "Two have the same name among the {kind}.", help="Give each a name of its own.", kind=kind
                )
        _check_range("days", self.days, 1, 36_600)
        _check_range("print_spread", self.print_spread, 0, 2)
        _check_range("number of makers", len(self.stations), 1, MOST_STATIONS)
        _check_range("number of machines", sum(s.machines for s in self.stations), 1, MOST_MACHINES)
        _check_range("towns × products", len(self.towns) * len(self.offers), 1, MOST_STREAMS)


Node = TypeVar("Node")


def assumptions(node: object, path: str = "") -> Iterator[tuple[str, Estimate]]:
    """Yield every uncertain figure of a world with its path, such as ``("offers.sign.print_h", Estimate(…))``."""
    if isinstance(node, Estimate):
        yield path, node
    elif isinstance(node, tuple):
        for each in node:
            name = getattr(each, "name", None) or getattr(each, "maker", None)
            if name is not None:
                yield from assumptions(each, f"{path}.{name}")
    elif is_dataclass(node):
        for part in fields(node):
            yield from assumptions(getattr(node, part.name), f"{path}.{part.name}".lstrip("."))


def with_estimates(node: Node, values: dict[str, Estimate], path: str = "") -> Node:
    """Return a copy with some uncertain figures replaced, by the paths of :func:`assumptions`."""
    if isinstance(node, Estimate):
        return values.get(path, node)  # type: ignore[return-value]
    if isinstance(node, tuple):
        named = (getattr(each, "name", None) or getattr(each, "maker", None) for each in node)
        return tuple(  # type: ignore[return-value]
            each if name is None else with_estimates(each, values, f"{path}.{name}")
            for each, name in zip(node, named, strict=True)
        )
    if not is_dataclass(node) or isinstance(node, type):
        return node
    changed = {
        part.name: with_estimates(getattr(node, part.name), values, f"{path}.{part.name}".lstrip("."))
        for part in fields(node)
    }
    return replace(node, **changed)
