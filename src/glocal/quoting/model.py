"""The values of a quote: what a piece uses, on which terms it is made, and what it costs line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from glocal.quoting.errors import BadTerms
from glocal.values import Estimate

Method = Literal["instant", "exact"]


def require(condition: bool, name: str, value: object, expected: str) -> None:
    """Raise :class:`BadTerms` that names the term, its value and what is allowed."""
    if not condition:
        raise BadTerms(f"{name} is {value}, expected {expected}.", help=f"Correct {name}.", name=name, value=str(value))


def require_estimate(estimate: Estimate, name: str) -> None:
    """Raise :class:`BadTerms` unless the whole interval is finite and not negative."""
    require(estimate.low >= 0 and estimate.high < float("inf"), name, f"{estimate.low} to {estimate.high}", "0 or more")


@dataclass(frozen=True, slots=True)
class PrintUse:
    """What printing one piece takes on one machine.

    Parameters
    ----------
    time_s : Estimate
        Time on the machine, s, with its 80 % interval.
    mass_g : Estimate
        Filament used, purge and supports included, g.
    method : "instant" or "exact"
        Estimated from the shape, or sliced.
    source : str
        Who says so, in words.
    time_factor, mass_factor : float
        What learning has already multiplied into the two (see :mod:`glocal.quoting.learning`).
    """

    time_s: Estimate
    mass_g: Estimate
    method: Method
    source: str
    time_factor: float = 1.0
    mass_factor: float = 1.0

    def __post_init__(self) -> None:
        require(self.method in ("instant", "exact"), "method", self.method, "'instant' or 'exact'")
        require_estimate(self.time_s, "time_s")
        require_estimate(self.mass_g, "mass_g")


@dataclass(frozen=True, slots=True)
class MachineRate:
    """What an hour on a machine costs its owner.

    Parameters
    ----------
    hourly_minor : int
        Depreciation and maintenance per printing hour, minor units.
    power_w : float
        Mean electrical power while printing, W.
    setup_min : float
        A person's minutes per plate: load the material, start, clear the plate.
    """

    hourly_minor: int
    power_w: float
    setup_min: float

    def __post_init__(self) -> None:
        require(self.hourly_minor >= 0, "hourly_minor", self.hourly_minor, "0 or more")
        require(0 <= self.power_w <= 100_000, "power_w", self.power_w, "0 to 100,000 W")
        require(0 <= self.setup_min <= 24 * 60, "setup_min", self.setup_min, "0 to 1440 minutes")


@dataclass(frozen=True, slots=True)
class ShopTerms:
    """What a shop charges by, chosen by its owner.

    Parameters
    ----------
    currency : str
        ISO 4217 code; every ``…_minor`` here and in the rate is in its minor units.
    region : str
        ISO 3166 code of the place whose tax applies, for example ``"DE"`` or ``"US-CA"``.
    wage_minor_per_h, energy_minor_per_kwh : float
        Local wage and energy.
    margin : float
        The shop's share on top of its costs, as a fraction of them; 0.25 = 25 %.
    tax_rate : float
        Value-added or sales tax of the region; 0.19 = 19 %.
    tax_included_in_price : bool
        Whether the price is shown with the tax in it (as the law asks in Europe) or before it (as in the US).
    packaging_minor : int
        Box and filling per order.
    payment_fee_rate, payment_fee_minor : float, int
        What the payment provider keeps: a fraction of what the customer pays, and a fixed sum per order.
    minimum_minor : int
        The least that an order brings before payment fee and tax.
    quote_valid_days : int
        How long a quote stands.
    rush_rate : float or None
        Surcharge on the costs for going before all who wait, as a fraction; None where the shop does not offer it.
    """

    currency: str
    region: str
    wage_minor_per_h: float
    energy_minor_per_kwh: float
    margin: float
    tax_rate: float
    tax_included_in_price: bool
    packaging_minor: int
    payment_fee_rate: float
    payment_fee_minor: int
    minimum_minor: int
    quote_valid_days: int
    rush_rate: float | None = None

    def __post_init__(self) -> None:
        code = self.currency
        require(len(code) == 3 and code.isalpha() and code.isupper(), "currency", repr(code), "an ISO 4217 code")
        require(bool(self.region), "region", repr(self.region), "an ISO 3166 code")
        for name in ("wage_minor_per_h", "energy_minor_per_kwh", "packaging_minor", "payment_fee_minor"):
            require(0 <= getattr(self, name) < 1e15, name, getattr(self, name), "0 or more")
        require(self.minimum_minor >= 0, "minimum_minor", self.minimum_minor, "0 or more")
        require(0 <= self.margin <= 100, "margin", self.margin, "0 to 100 (a fraction of the costs)")
        require(0 <= self.tax_rate <= 1, "tax_rate", self.tax_rate, "0 to 1 (0.19 = 19 %)")
        require(0 <= self.payment_fee_rate <= 0.4, "payment_fee_rate", self.payment_fee_rate, "0 to 0.4")
        require(1 <= self.quote_valid_days <= 3650, "quote_valid_days", self.quote_valid_days, "1 to 3650 days")
        require(self.rush_rate is None or 0 <= self.rush_rate <= 10, "rush_rate", self.rush_rate, "0 to 10")


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When a person is there to start plates and take parts off.

    Parameters
    ----------
    timezone : str
        IANA name, for example ``"Europe/Berlin"``.
    weekly : tuple of 7 tuples
        Monday first; each day holds ``(opens, closes)`` pairs in minutes since midnight, in order, not overlapping.
    """

    timezone: str
    weekly: tuple[tuple[tuple[int, int], ...], ...]

    def __post_init__(self) -> None:
        require(len(self.weekly) == 7, "weekly", len(self.weekly), "seven days, Monday first")
        require(any(self.weekly), "weekly", "closed on every day", "at least one open day")
        for day in self.weekly:
            ends = [minute for span in day for minute in span]
            in_order = ends == sorted(set(ends)) and all(0 <= minute <= 1440 for minute in ends)
            require(in_order, "weekly", day, "(opens, closes) minutes of the day, in order")


@dataclass(frozen=True, slots=True)
class PriceContext:
    """Everything a price depends on beside the piece itself.

    Parameters
    ----------
    terms, rate : ShopTerms, MachineRate
        What the shop and the machine charge.
    spool_price_minor, spool_mass_g : int, float
        Price of a *full* spool and the filament on a *full* spool.
    labour_min : Estimate
        A person's minutes per piece: check the file, take it off, finish, pack.
    failure_odds : Estimate
        The chance that one attempt fails; ``0 <= low``, ``high < 1``.
    plate_share : float
        This piece's share of its plate, in (0, 1]; 1.0 alone.
    delivery_minor : int
        What bringing it costs per order; 0 is pick-up.
    quantity : int
        Equal pieces in the order.
    now : datetime
        Aware moment of the quote.
    queue_s : Estimate or None
        Wait until the machine is free, s; None when the machine is known to be free now.
    forming_s : Estimate or None
        Wait until the plate has its other pieces, s, counted beside the queue: whichever ends later lets the plate
        start; None when it does not wait for others.
    rush_rate : float
        Surcharge on the costs for going first; 0.0 is none.
    opening : OpeningHours or None
        When a person is there; None when somebody always is.
    delivery_s : Estimate or None
        Time from ready at the maker's to the customer; None for pick-up.
    """

    terms: ShopTerms
    rate: MachineRate
    spool_price_minor: int
    spool_mass_g: float
    labour_min: Estimate
    failure_odds: Estimate
    plate_share: float
    delivery_minor: int
    now: datetime
    quantity: int = 1
    queue_s: Estimate | None = None
    forming_s: Estimate | None = None
    rush_rate: float = 0.0
    opening: OpeningHours | None = None
    delivery_s: Estimate | None = None

    def __post_init__(self) -> None:
        require(self.spool_price_minor >= 0, "spool_price_minor", self.spool_price_minor, "0 or more")
        require(0 < self.spool_mass_g < 1e6, "spool_mass_g", self.spool_mass_g, "above 0 g")
        require_estimate(self.labour_min, "labour_min")
        require_estimate(self.failure_odds, "failure_odds")
        require(self.failure_odds.high < 1, "failure_odds", self.failure_odds.high, "below 1: it would never print")
        require(0 < self.plate_share <= 1, "plate_share", self.plate_share, "above 0, up to 1")
        require(self.delivery_minor >= 0, "delivery_minor", self.delivery_minor, "0 or more")
        require(1 <= self.quantity <= 100_000, "quantity", self.quantity, "1 to 100,000")
        require(self.now.tzinfo is not None, "now", self.now, "a moment with a time zone")
        require(0 <= self.rush_rate <= 10, "rush_rate", self.rush_rate, "0 to 10")
        for name in ("queue_s", "forming_s", "delivery_s"):
            if (estimate := getattr(self, name)) is not None:
                require_estimate(estimate, name)


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of a price, with where it comes from."""

    code: str
    label: str
    amount_minor: int
    low_minor: int
    high_minor: int
    source: str


@dataclass(frozen=True, slots=True)
class Ready:
    """When the order can be in the customer's hands: median and 80 % interval, aware UTC."""

    at: datetime
    low: datetime
    high: datetime


@dataclass(frozen=True, slots=True)
class Quote:
    """A price and a date for one order, frozen with everything that they were made from.

    Parameters
    ----------
    lines : tuple of QuoteLine
        In the order in which a person reads a bill; they sum to ``total_minor``.
    total_minor : int
        What the customer pays, tax included. ``low_minor`` and ``high_minor`` are its 80 % interval.
    tax_minor : int
        The tax in it.
    time, mass : Estimate
        Of one piece, s and g.
    plate_saving_minor : int
        What the customer saves because the piece shares its plate with others.
    ready_source : str
        What the date was made from, in words.
    inputs : mapping
        JSON of all inputs; ``input_hash`` is the SHA-256 of its canonical form.
    """

    lines: tuple[QuoteLine, ...]
    total_minor: int
    low_minor: int
    high_minor: int
    tax_minor: int
    currency: str
    time: Estimate
    mass: Estimate
    ready_at: datetime
    ready_low: datetime
    ready_high: datetime
    method: Method
    valid_until: datetime
    inputs: Mapping[str, Any]
    input_hash: str
    plate_saving_minor: int = 0
    ready_source: str = ""

    def __post_init__(self) -> None:
        if sum(line.amount_minor for line in self.lines) != self.total_minor:
            raise ValueError("the lines of a quote must add up to its total")

    @property
    def shown_minor(self) -> int:
        """The price on the label: with the tax in it where the region's law asks so, before it elsewhere."""
        included = self.inputs["context"]["terms"]["tax_included_in_price"]
        return self.total_minor if included else self.total_minor - self.tax_minor

    def line(self, code: str) -> QuoteLine:
        """Return the line with this code."""
        return next(line for line in self.lines if line.code == code)

    def as_dict(self) -> dict[str, Any]:
        """Return the quote as JSON."""
        return {
            "time_s": self.time.value,
            "time_s_range": {"low": self.time.low, "high": self.time.high},
            "mass_g": self.mass.value,
            "mass_g_range": {"low": self.mass.low, "high": self.mass.high},
            "price_minor": self.total_minor,
            "shown_minor": self.shown_minor,
            "tax_minor": self.tax_minor,
            "plate_saving_minor": self.plate_saving_minor,
            "currency": self.currency,
            "low": {"time_s": self.time.low, "mass_g": self.mass.low, "price_minor": self.low_minor},
            "high": {"time_s": self.time.high, "mass_g": self.mass.high, "price_minor": self.high_minor},
            "lines": [asdict(line) for line in self.lines],
            "ready": {
                "at": self.ready_at.isoformat(),
                "low": self.ready_low.isoformat(),
                "high": self.ready_high.isoformat(),
                "source": self.ready_source,
            },
            "valid_until": self.valid_until.isoformat(),
            "method": self.method,
            "sources": {"time_s": self.time.source, "mass_g": self.mass.source},
            "inputs": self.inputs,
            "input_hash": self.input_hash,
        }


def json_ready(value: Any) -> Any:
    """Return a dataclass dictionary's value with moments as ISO 8601 text and tuples as lists."""
    if isinstance(value, Mapping):
        return {key: json_ready(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_ready(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def days(count: int) -> timedelta:
    """Return a span of ``count`` days."""
    return timedelta(days=count)
