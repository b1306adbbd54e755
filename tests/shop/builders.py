"""A shop for tests: one small product, one maker, one machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from glocal.values import Estimate

PEG_SCAD = """/* [Size] */
// Side of the foot in mm
side = 8; // [4:1:400]
// Height in mm
height = 2; // [1:0.5:100]
// Shape
shape = "square"; // [square:Square, round:Round]
// Name on it
name = ""; // 20

module body() { if (shape == "round") cylinder(d = side, h = height, $fn = 24); else cube([side, side, height]); }
body();
"""
SAID = "said by the test"


def write_peg(home: Path) -> str:
    """Write the design package of a peg below a shop's home and return its name."""
    directory = home / "designs" / "peg"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "peg.scad").write_text(PEG_SCAD)
    package = {
        "name": "peg",
        "version": "1.0.0",
        "title": "Peg",
        "description": "A peg.",
        "licenses": [{"name": "CC-BY-4.0"}],
        "contributors": [{"title": "glocal contributors"}],
        "resources": [{"path": "peg.scad"}],
        "glocal": {
            "source": "peg.scad",
            "title": {"en": "Peg"},
            "description": {"en": "A peg for every hole."},
            "parameters": {"side": {"unit": "mm", "origin": "measured"}, "height": {"unit": "mm"}},
            "constraints": [],
            "print": {"materials": ["PETG", "PLA"], "infill_percent": 10},
        },
    }
    (directory / "datapackage.json").write_text(json.dumps(package))
    return "peg"


def make_shop(**changes: Any) -> Any:
    """Make a shop that offers PETG and ASA."""
    from glocal.shop.models import OfferedMaterial, Shop

    odds = {"value": 0.05, "low": 0.02, "high": 0.1, "source": SAID}
    fields = {
        "slug": "corner",
        "name": "Corner shop",
        "town": "Marseille",
        "region": "FR",
        "latitude": 43.3,
        "longitude": 5.37,
        "timezone": "Europe/Paris",
        "currency": "EUR",
        "terms": {
            "wage_minor_per_h": 2400,
            "energy_minor_per_kwh": 25,
            "margin": 0.25,
            "tax_rate": 0.2,
            "tax_included_in_price": True,
            "packaging_minor": 60,
            "payment_fee_rate": 0.0,
            "payment_fee_minor": 0,
            "minimum_minor": 300,
            "quote_valid_days": 14,
        },
        "assumptions": {"failure_odds": odds},
        "shares_outcomes": True,
        **changes,
    }
    shop = Shop.objects.create(**fields)
    for material_id in ("petg", "asa"):
        OfferedMaterial.objects.create(shop=shop, material_id=material_id, spool_price_minor=2000, spool_mass_g=1000.0)
    return shop


def make_machine(slug: str = "near", *, profile_id: str = "reference", loaded: tuple[str, ...] = ("petg",)) -> Any:
    """Make a maker near the shop with one machine that is driven by hand and clears its plate by itself."""
    from glocal.shop.models import Maker, MakerMachine, Spool

    maker = Maker.objects.create(
        slug=slug,
        name=slug.title(),
        latitude=43.31,
        longitude=5.38,
        timezone="Europe/Paris",
        hours=[[[0, 1440]]] * 7,
    )
    machine = MakerMachine.objects.create(
        maker=maker,
        slug=f"{slug}-1",
        name=f"{slug.title()}'s printer",
        profile_id=profile_id,
        hourly_minor=60,
        power_w=120.0,
        setup_min=5.0,
        auto_clear=True,
    )
    for material_id in loaded:
        Spool.objects.create(maker=maker, machine=machine, material_id=material_id)
    return machine


def make_product(shop: Any, home: Path) -> Any:
    """Put the peg on the shop's shelf."""
    from glocal.shop.products.actions import put_on_shelf

    return put_on_shelf(shop, write_peg(home), labour_min=Estimate(5.0, 4.0, 6.0, SAID))
