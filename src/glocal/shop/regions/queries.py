"""Each product as the shop's region has it: defaults, units, sizes, and materials with the reason against one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from glocal.shop.makers.queries import loaded_materials
from glocal.shop.products.models import Product
from glocal.shop.shops.models import Shop

if TYPE_CHECKING:
    from glocal.design.adapt import RegionalVariant
    from glocal.design.model import DesignTemplate
    from glocal.design.region import RegionProfile
    from glocal.design.region_materials import MaterialVerdict
    from glocal.production.model import Material


def region_of(shop: Shop) -> RegionProfile:
    """Return what is true of the shop's region: CLDR's facts, and what the owner says.

    ``Shop.assumptions`` may hold ``climate`` (``summer_c``, ``winter_c``, ``source``), ``size_systems`` and
    ``standards``; materials at hand are those that the shop offers.
    """
    from glocal.design.region import RegionSettings, region_profile

    climate = shop.assumptions.get("climate", {})
    settings = RegionSettings(
        currency=shop.currency,
        size_systems=shop.assumptions.get("size_systems", {}),
        tax_rate=shop.terms.get("tax_rate"),
        tax_included=shop.terms.get("tax_included_in_price"),
        summer_c=climate.get("summer_c"),
        winter_c=climate.get("winter_c"),
        climate_source=climate.get("source", ""),
        materials=tuple(dict.fromkeys(material.material_id for material in shop.materials.all())),
        wage_minor_per_h=shop.terms.get("wage_minor_per_h"),
        energy_minor_per_kwh=shop.terms.get("energy_minor_per_kwh"),
        standards=shop.assumptions.get("standards", {}),
    )
    return region_profile(shop.region, settings, on=timezone.now().date())


def variant_of(product: Product) -> RegionalVariant:
    """Return a product's design adapted to the shop's region."""
    from glocal.design.adapt import adapt

    template, region = product.template(), region_of(product.shop)
    return adapt(template, region, _known_materials(template, region))


def withheld_materials(product: Product) -> dict[str, MaterialVerdict]:
    """Return the materials that are not offered for this product here, with the reason of each."""
    from glocal.design.region_materials import judge_materials

    template, region = product.template(), region_of(product.shop)
    verdicts = judge_materials(template, region, _known_materials(template, region))
    return {verdict.material_id: verdict for verdict in verdicts if verdict.offered is False}


def not_offered(product: Product) -> dict[str, MaterialVerdict]:
    """Return the materials that a customer cannot have this product of: withheld here, or on nobody's machine.

    Where nothing would be left, what is on nobody's machine stays: the price then says of each maker why not.
    """
    withheld = withheld_materials(product)
    loaded = loaded_materials()
    asked = [material.material_id for material in product.shop.materials.all()]
    possible = [name for name in dict.fromkeys(asked) if name in product.materials and name not in withheld]
    if not loaded.intersection(possible):
        return withheld
    return withheld | {name: _on_no_machine(name) for name in possible if name not in loaded}


def _on_no_machine(material_id: str) -> MaterialVerdict:
    from glocal.design.region_materials import MaterialVerdict
    from glocal.production.materials import get_material

    name = get_material(material_id).name
    return MaterialVerdict(material_id, name, False, "on_no_machine", f"No maker has {name} on a machine now.")


def _known_materials(template: DesignTemplate, region: RegionProfile) -> list[Material]:
    from glocal.production.materials import get_material

    asked = [str(name).lower() for name in template.print_notes.get("materials", ())]
    every = dict.fromkeys([*asked, *(region.materials or ())])
    return [get_material(material_id) for material_id in every if _is_known(material_id)]


def _is_known(material_id: str) -> bool:
    from glocal.production.errors import UnknownMaterial
    from glocal.production.materials import get_material

    try:
        get_material(material_id)
    except UnknownMaterial:
        return False
    return True


def as_sold(variant: RegionalVariant) -> DesignTemplate:
    """Return the design with the region's defaults and presets; its parts are the original's, so its hash is, too."""
    return replace(variant.design, hash=variant.template_hash)


def adapted_defaults(variant: RegionalVariant) -> frozenset[str]:
    """Return the parameters whose default is the region's."""
    paths = [change.path for change in variant.changes]
    return frozenset(path[1] for path in paths if path[0] == "parameter" and path[-1] == "default")


def shown_in(variant: RegionalVariant) -> dict[str, dict[str, Any]]:
    """Return for each length how the region shows it: its unit, and its size system where it measures a body."""
    from glocal.design.sizes import size_system
    from glocal.design.units import MILLIMETRE

    shown: dict[str, dict[str, Any]] = {}
    for name, length in variant.lengths.items():
        if length.unit is not MILLIMETRE:
            shown.setdefault(name, {})["shown_unit"] = {"name": length.unit.code, "mm": float(length.unit.mm)}
    for name, size in variant.sizes.items():
        system = size_system(size.system)
        sizes = [{"label": label, "mm": round(system.span(label).mm, 3)} for label in system.labels]
        shown.setdefault(name, {})["sizes"] = {"name": system.name, "standard": system.standard, "options": sizes}
    return shown
