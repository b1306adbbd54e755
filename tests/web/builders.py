"""Quotes and orders for tests of pages and interfaces: rows as the shop writes them, without an engine or a slicer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.utils import timezone

from glocal.quoting.model import json_ready
from tests.quoting.builders import a_context, a_use, some_terms

VALUES = {"side": 8.0, "height": 2.0, "shape": "square", "name": ""}
PNG = b"\x89PNG\r\n\x1a\n of a peg"


def make_part(product: Any, values: Mapping[str, Any] | None = None) -> Any:
    """Store a part whose files say what they are."""
    from glocal.design.parameters import bind
    from glocal.design.part import part_hash
    from glocal.shop.files.store import shop_files
    from glocal.shop.models import BuiltPart

    template = product.template()
    bound = bind(template, values or {})
    features = {
        "volume_mm3": 128.0,
        "area_mm2": 192.0,
        "extent_mm": [8.0, 8.0, 2.0],
        "triangles": 12,
        "overhang_mm2": 0.0,
        "bodies": 1,
    }
    files = shop_files()
    row, _ = BuiltPart.objects.get_or_create(
        hash=part_hash(template, bound),
        defaults={
            "title": "Peg",
            "template_id": template.id,
            "template_hash": template.hash,
            "values": bound,
            "features": features,
            "mesh_file": files.put(b"mesh"),
            "glb_file": files.put(b"glb"),
            "drawn_file": files.put(PNG),
        },
    )
    return row


def make_quote(product: Any, machine: Any, *, total_minor: int = 1000, **changes: Any) -> Any:
    """Freeze a price of 10.00 EUR: 2.00 material, 8.00 work; between 9.00 and 12.00."""
    from glocal.shop.models import QuoteRecord

    now = timezone.now()
    ready = {name: (now + timedelta(days=days)).isoformat() for name, days in (("low", 1), ("at", 1), ("high", 3))}
    lines = [("material", "Material", 200), ("labour", "Labour", total_minor - 200)]
    quote = {
        "price_minor": total_minor,
        "currency": "EUR",
        "tax_minor": 167,
        "mass_g": 5.0,
        "time_s": 900.0,
        "low": {"price_minor": total_minor - 100},
        "high": {"price_minor": total_minor + 200},
        "lines": [
            {
                "code": code,
                "label": label,
                "amount_minor": amount,
                "low_minor": amount,
                "high_minor": amount,
                "source": "",
            }
            for code, label, amount in lines
        ],
        "ready": ready,
        "method": "instant",
        "inputs": {
            "use": json_ready(asdict(a_use(900.0, 5.0))),
            "context": json_ready(asdict(a_context(now=now, terms=some_terms(tax_rate=0.2)))),
        },
    }
    fields = {
        "product": product,
        "part": make_part(product),
        "values": VALUES,
        "material_id": "petg",
        "region": "FR",
        "quantity": 1,
        "machine": machine,
        "candidates": {"accepted": [{"maker": "near", "name": "Near"}], "rejected": [], "unknown": []},
        "method": "instant",
        "quote": quote,
        "total_minor": total_minor,
        "low_minor": total_minor - 100,
        "high_minor": total_minor + 200,
        "currency": "EUR",
        "valid_until": now + timedelta(days=14),
        **changes,
    }
    return QuoteRecord.objects.create(**fields)


def refuse(product: Any) -> Any:
    """Freeze a refusal."""
    from glocal.shop.models import QuoteRecord

    return QuoteRecord.objects.create(
        product=product,
        part=make_part(product),
        values=VALUES,
        material_id="petg",
        region="FR",
        quantity=1,
        currency="EUR",
        method="refused",
        refusal={"code": "quote_refused", "message": "The wall is too thin.", "help": "Make it 1 mm.", "data": {}},
    )
