"""Where and when a maker can be reached: without hours nobody can promise a day, so no order comes to them."""

from __future__ import annotations

from dataclasses import dataclass

from glocal.shop.makers.models import Maker
from glocal.shop.shops.settings import SettingWrong, Week

FARTHEST_KM = 500.0
LONGEST_ADDRESS = 1000


@dataclass(frozen=True, slots=True)
class Presence:
    """Where and when somebody makes things.

    Parameters
    ----------
    latitude, longitude : float
        Degrees.
    hours : Week
        Seven days, Monday first, of (opens, closes) in minutes after local midnight.
    delivers_km : float or None
        How far they bring a piece, at most 500 km; None when they bring nothing.
    delivery_minor : int
        What bringing one order costs, in the shop's currency.
    pickup_address : str
        Where exactly pieces are fetched; said only to whom one lies ready. Up to 1,000 characters.
    """

    town: str
    latitude: float
    longitude: float
    hours: Week
    offers_pickup: bool = True
    delivers_km: float | None = None
    delivery_minor: int = 0
    pickup_address: str = ""

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise SettingWrong("This is no place on Earth.", help="Take both numbers from a map.", field="latitude")
        if len(self.hours) != 7 or not any(self.hours):
            raise SettingWrong(
                "Without hours nobody can promise a day.", help="Say for one day at least when you are there."
            )
        if self.delivers_km is not None and not 0 < self.delivers_km <= FARTHEST_KM:
            raise SettingWrong(
                "This is no distance.", help="Write 1 to {most} km, or nothing.", most=FARTHEST_KM, field="delivers_km"
            )
        if len(self.pickup_address) > LONGEST_ADDRESS:
            raise SettingWrong(
                "The address is too long.",
                help="Write up to {most} characters.",
                most=LONGEST_ADDRESS,
                field="pickup_address",
            )
        if not self.offers_pickup and self.delivers_km is None:
            raise SettingWrong(
                "Nobody would get what you make.", help="Let it be picked up, or say how far you bring it."
            )


def say_presence(maker: Maker, presence: Presence) -> None:
    """Write down where and when a maker can be reached."""
    maker.town = presence.town.strip()[:200]
    maker.latitude, maker.longitude = presence.latitude, presence.longitude
    maker.hours = as_stored(presence.hours)
    maker.offers_pickup, maker.delivers_km = presence.offers_pickup, presence.delivers_km
    maker.delivery_minor = presence.delivery_minor
    maker.pickup_address = presence.pickup_address.strip()
    maker.save(
        update_fields=[
            "town", "latitude", "longitude", "hours", "offers_pickup", "delivers_km", "delivery_minor",
            "pickup_address",
        ]
    )  # fmt: skip


def as_stored(week: Week) -> list[list[list[int]]]:
    """Return a week as the database keeps it."""
    return [[list(span) for span in day] for day in week]
