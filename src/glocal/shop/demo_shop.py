"""The demonstration shop: a small shop in Marseille, its products and five makers around it.

Everything here is made up and marked as demonstration data, but nothing is faked: the machines are real models from
the slicer's profiles, and each maker who is not chosen is not chosen for a physical reason.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from glocal.shop.demand.models import Choice, ChoiceKind
from glocal.shop.legal.models import Manufacturer
from glocal.shop.makers.actions import connect_printer
from glocal.shop.makers.models import Maker, MakerMachine, PrinterKind, Spool
from glocal.shop.payments.models import PaymentTerms
from glocal.shop.products.actions import put_on_shelf
from glocal.shop.products.models import Product
from glocal.shop.products.packages import BUNDLED
from glocal.shop.shops.models import OfferedMaterial, Shop
from glocal.values import Estimate

if TYPE_CHECKING:
    from glocal.design.model import Parameter

SLUG = "atelier-du-panier"
EXAMPLE_IBAN = "FR1420041010050500013M02606"  # the register of IBANs' own example for France
MADE_UP = "made up for the demonstration"
DAY = 24 * 60
WORKDAYS = [[[9 * 60, 18 * 60]]] * 5 + [[[10 * 60, 13 * 60]], []]
HISTORY_REGIONS = ("FR", "MA")
HISTORY_EVENTS = 60  # per region and parameter
TERMS = {
    "wage_minor_per_h": 2400,
    "energy_minor_per_kwh": 25,
    "margin": 0.25,
    "tax_rate": 0.20,
    "tax_included_in_price": True,
    "packaging_minor": 60,
    "payment_fee_rate": 0.0,
    "payment_fee_minor": 0,
    "minimum_minor": 500,
    "quote_valid_days": 14,
    "rush_rate": 0.5,
}
PRODUCTS = ("name-sign", "replacement-knob", "plant-pot")
MATERIALS = (("petg", "black", 2290), ("pla", "white", 1990), ("asa", "grey", 2890))  # id, colour, price of a spool
# minutes on one piece: look at the file, take it off, clean, pack
LABOUR = Estimate(6.0, 4.0, 10.0, f"the owner's own estimate ({MADE_UP})")
CLIMATE = {"summer_c": 34.0, "winter_c": 2.0, "source": f"the owner's own thermometer ({MADE_UP})"}
GRID = {"value": 60.0, "source": f"the owner's assumption for French electricity, g CO2 per kWh ({MADE_UP})"}
FAILURE_ODDS = Estimate(0.05, 0.02, 0.1, f"the owner's assumption until ten own prints are known ({MADE_UP})")
# how long who may wait waits for others on the plate, and how many such orders come a day
PLATE_HOLD_H = 24.0
ORDERS_PER_DAY = Estimate(2.0, 1.0, 4.0, f"the owner's assumption until ten such orders came in a month ({MADE_UP})")


@dataclass(frozen=True, slots=True)
class DemoMaker:
    """One maker of the demonstration, with one machine.

    Parameters
    ----------
    why_not : str
        Why a large sign in PETG does not go there; empty for the one who makes it.
    """

    slug: str
    name: str
    town: str
    latitude: float
    longitude: float
    profile_id: str
    machine_name: str
    loaded: tuple[str, ...]
    hourly_minor: int
    why_not: str = ""
    busy_days: float = 0.0
    hours: Sequence[Sequence[Sequence[int]]] = (((0, DAY),),) * 7


MAKERS = (
    DemoMaker(SLUG, "Atelier du Panier", "Marseille", 43.2990, 5.3690, "reference", "Prusa MK3S", ("petg", "pla"), 60),
    DemoMaker(
        "nadia", "Nadia", "Aubagne", 43.2927, 5.5707, "voron-v0-0-4-nozzle", "Voron V0", ("petg",), 150, "bed too small"
    ),
    DemoMaker(
        "fablab-la-ciotat",
        "FabLab La Ciotat",
        "La Ciotat",
        43.1742,
        5.6045,
        "creality-ender-3-0-4-mm-nozzle",
        "Ender-3",
        ("pla",),
        65,
        "material not loaded",
        hours=WORKDAYS,
    ),
    DemoMaker(
        "yacine",
        "Yacine",
        "Nice",
        43.7102,
        7.2620,
        "reference",
        "Prusa MK3S+",
        ("petg",),
        50,
        "too far",
    ),
    DemoMaker(
        "lycee-vitrolles",
        "Lycée Vitrolles",
        "Vitrolles",
        43.4551,
        5.2484,
        "reference",
        "Prusa MK3S+",
        ("petg", "pla"),
        75,
        "too late",
        busy_days=24.0,
        hours=WORKDAYS,
    ),
)


@transaction.atomic
def seed(*, now: datetime | None = None, products: Sequence[str] = PRODUCTS) -> Shop:
    """Set up the demonstration shop, or refresh it; orders, quotes and learnt data stay.

    Parameters
    ----------
    now : datetime, optional
        From when the busy maker is busy.
    products : sequence of str
        Slugs of bundled design packages.
    """
    now = now or datetime.now(UTC)
    shop = _shop()
    for position, (material_id, colour, price_minor) in enumerate(MATERIALS):
        OfferedMaterial.objects.update_or_create(
            shop=shop,
            material_id=material_id,
            colour=colour,
            defaults={"spool_price_minor": price_minor, "spool_mass_g": 1000.0, "position": position},
        )
    for demo_maker in MAKERS:
        _maker(demo_maker, now)
    for position, slug in enumerate(products):
        _history(put_on_shelf(shop, f"{BUNDLED}{slug}", labour_min=LABOUR, position=position), now)
    return shop


def own_shop() -> Shop | None:
    """Return the shop that is not the demonstration's, or ``None``."""
    return Shop.objects.filter(is_demonstration=False).order_by("id").first()


def connect_virtual_printer(url: str, api_key: str, *, speed: float = math.inf) -> MakerMachine:
    """Connect the shop's own machine to the demonstration's virtual printer.

    It clears its plate by itself, since nothing lies on it. A virtual printer that runs ``speed`` times faster than a
    real one still tells real times by that factor; one without a speed teaches nothing about time.
    """
    machine = MakerMachine.objects.get(slug=f"{SLUG}-1")
    machine.auto_clear = True
    machine.clock_factor = speed if math.isfinite(speed) else None
    machine.name = "Prusa MK3S (virtual printer of the demonstration)"
    machine.save()
    connect_printer(machine, PrinterKind.OCTOPRINT, url=url, secret=api_key)
    return machine


def _shop() -> Shop:
    odds, orders = asdict(FAILURE_ODDS), asdict(ORDERS_PER_DAY)
    shop, _ = Shop.objects.update_or_create(
        slug=SLUG,
        defaults={
            "name": "Atelier du Panier",
            "town": "Marseille",
            "region": "FR",
            "latitude": MAKERS[0].latitude,
            "longitude": MAKERS[0].longitude,
            "timezone": "Europe/Paris",
            "language": "fr",
            "currency": "EUR",
            "terms": TERMS,
            "assumptions": {
                "failure_odds": odds,
                "climate": CLIMATE,
                "grid_g_co2_per_kwh": GRID,
                "plate_hold": {"hold_h": PLATE_HOLD_H, "orders_per_day": orders},
            },
            "hours": WORKDAYS,
            "about": {
                "en": "Signs, pots and parts that fit, made around the corner. A demonstration shop.",
                "fr": "Enseignes, pots et pièces sur mesure, fabriqués au coin de la rue. Boutique de démonstration.",
                "ar": "لافتات وأُصص وقطع على المقاس، تُصنع بجواركم. متجر للعرض التوضيحي.",
                "yo": "Àmì, ìkòkò àti ẹ̀yà tó bá a mu, tí a ṣe nítòsí. Ilé ìtajà àfihàn.",
            },
            "shares_outcomes": True,
            "is_demonstration": True,
        },
    )
    Manufacturer.objects.update_or_create(
        shop=shop,
        defaults={
            "name": "Atelier du Panier",
            "address": f"1 rue de l'Exemple, 13002 Marseille ({MADE_UP})",
            "email": "atelier@example.org",
        },
    )
    PaymentTerms.objects.update_or_create(shop=shop, defaults={"holder": "Atelier du Panier", "iban": EXAMPLE_IBAN})
    return shop


def _maker(demo: DemoMaker, now: datetime) -> None:
    maker, _ = Maker.objects.update_or_create(
        slug=demo.slug,
        defaults={
            "name": demo.name,
            "town": demo.town,
            "latitude": demo.latitude,
            "longitude": demo.longitude,
            "timezone": "Europe/Paris",
            "hours": [[list(span) for span in day] for day in demo.hours],
            "delivers_km": 20.0 if demo.slug == SLUG else None,
            "delivery_minor": 490,
            "is_demonstration": True,
        },
    )
    machine, _ = MakerMachine.objects.update_or_create(
        slug=f"{demo.slug}-1",
        defaults={
            "maker": maker,
            "profile_id": demo.profile_id,
            "hourly_minor": demo.hourly_minor,
            "power_w": 120.0,
            "setup_min": 8.0,
            "busy_until": now + timedelta(days=demo.busy_days) if demo.busy_days else None,
        },
        create_defaults={
            "maker": maker,
            "name": demo.machine_name,
            "profile_id": demo.profile_id,
            "hourly_minor": demo.hourly_minor,
            "power_w": 120.0,
            "setup_min": 8.0,
            "busy_until": now + timedelta(days=demo.busy_days) if demo.busy_days else None,
        },
    )
    for material_id in demo.loaded:
        Spool.objects.get_or_create(maker=maker, machine=machine, material_id=material_id)


def _history(product: Product, now: datetime) -> None:
    """Give a product a past in two regions, once: choices that are marked as demonstration data."""
    if Choice.objects.filter(product_slug=product.slug, is_demonstration=True).exists():
        return
    for parameter in product.template().parameters:
        if not parameter.options:
            continue
        for region in HISTORY_REGIONS:
            Choice.objects.bulk_create(_choices(product.slug, parameter, region, now))


def _choices(slug: str, parameter: Parameter, region: str, now: datetime) -> list[Choice]:
    dice = random.Random(f"{slug}/{parameter.name}/{region}")  # noqa: S311 - made-up history, the same every time
    labels = [option.label for option in parameter.options]
    weights = [dice.uniform(0.2, 1.0) ** 2 for _ in labels]
    return [
        Choice(
            product_slug=slug,
            parameter=parameter.name,
            offered=labels,
            chosen=dice.choices(labels, weights)[0],
            region=region,
            at=now - timedelta(days=dice.uniform(1, 180)),
            kind=ChoiceKind.ORDERED,
            is_demonstration=True,
        )
        for _ in range(HISTORY_EVENTS)
    ]
