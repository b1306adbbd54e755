"""``glocal quote`` and ``glocal calibrate``: what one piece costs and why, and how the instant estimate learns it."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from glocal.cli.numbers import Number
from glocal.cli.output import json_option, print_result, progress

if TYPE_CHECKING:
    from glocal.design.model import Finding, Mesh, Part
    from glocal.production.model import Machine, Recipe
    from glocal.quoting.model import PriceContext, Quote

Command = TypeVar("Command", bound=Callable[..., Any])

MESH_SUFFIXES = (".stl", ".obj", ".3mf", ".off", ".step", ".stp")
CHOSEN = "chosen default of this command, not a measurement"

MOST = 1e9
# what a price needs beside the piece: option, default, most, help. A shop sets its own; these stand in the output.
TERMS: tuple[tuple[str, Any, float | None, str], ...] = (
    ("currency", "EUR", None, "ISO 4217 code of all sums below."),
    ("region", "DE", None, "ISO 3166 code of the place whose tax applies."),
    ("wage", 18.0, MOST, "Wage per hour."),
    ("energy", 0.35, MOST, "Energy per kWh."),
    ("machine-hour", 0.60, MOST, "Depreciation and maintenance per printing hour."),
    ("power", 120.0, MOST, "Mean power while printing, W."),
    ("setup", 10.0, MOST, "A person's minutes per plate."),
    ("labour", 10.0, MOST, "A person's minutes per piece."),
    ("spool-price", 25.0, MOST, "Price of a full spool."),
    ("failure", 0.05, 0.95, "Chance that one attempt fails."),
    ("margin", 0.25, 100.0, "The shop's share on top of its costs."),
    ("tax", None, 10.0, "Value-added or sales tax, 0.19 is 19 %; the region's standard rate without."),
    ("packaging", 0.60, MOST, "Packaging per order."),
    ("fee-rate", 0.015, 0.95, "Payment provider's share of what is paid."),
    ("fee", 0.25, MOST, "Payment provider's fixed fee."),
    ("minimum", 0.0, MOST, "Smallest order before fee and tax."),
    ("delivery", 0.0, MOST, "Delivery per order; 0 is pick-up."),
    ("delivery-hours", 0.0, MOST, "How long bringing it takes; half or twice may be."),
    ("queue-hours", 0.0, MOST, "Print that waits on the machine already."),
    ("rush", 0.0, 100.0, "Surcharge on the costs for going first; 0.5 is 50 %."),
)


def terms_options(command: Command) -> Command:
    """Add one option per term of the price."""
    for name, default, most, text in reversed(TERMS):
        kind = None if most is None else Number(0, most)
        command = click.option(f"--{name}", default=default, type=kind, show_default=default is not None, help=text)(
            command
        )
    return command


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-P", "--parameter", "pairs", multiple=True, metavar="NAME=VALUE", help="A design's parameter; repeatable."
)
@click.option("--machine", "machine_id", default="reference", show_default=True, help="Id from `glocal machines`.")
@click.option("--material", "material_id", default="pla", show_default=True, help="Id of the material.")
@click.option("--quantity", type=click.IntRange(1, 100_000), default=1, show_default=True, help="Equal pieces.")
@click.option("--plate-share", type=Number(0, 1, min_open=True),
              help="This piece's share of its plate; without, the pieces fill as few plates as they need.")  # fmt: skip
@click.option("--supports", type=click.Choice(["no", "as-needed", "yes"]), default="no", show_default=True,
              help="Print with supports; what needs them is told either way.")  # fmt: skip
@click.option("--infill", type=Number(0, 100), help="Percent; the machine's process decides without.")
@click.option("--exact", is_flag=True, help="Slice instead of estimating.")
@click.option("--explain", is_flag=True, help="Tell where each number comes from.")
@terms_options
@json_option
def quote(**options: Any) -> None:
    """Price one piece of FILE, line by line, with how sure each number is.

    FILE is a shape (STL, OBJ, 3MF, OFF, STEP), an OpenSCAD design, a design package, or the name of a product that
    ships with glocal. The instant estimate answers where it is calibrated and knows the part, otherwise the slicer.
    """
    from glocal.design.check import check
    from glocal.production.materials import get_material
    from glocal.production.plate import pieces_per_plate
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.quoting.piece import use_of_piece
    from glocal.quoting.price import price

    machine, material = get_machine(options["machine_id"]), get_material(options["material_id"])
    if options["tax"] is None:
        options["tax"] = standard_tax(options["region"])
    part, notes = load_part(options["file"], options["pairs"])
    findings = check(part.mesh, machine.process(recipe_of(machine, (), notes, options)))
    refuse_blocking(findings)
    recipe = recipe_of(machine, findings, notes, options)
    use, why_sliced = use_of_piece(
        part, machine, material, recipe, slicer(), exact=options["exact"], calibrations=calibration_directory()
    )
    if why_sliced:
        progress(f"Sliced, because the instant estimate does not know this: {why_sliced}")
    if options["plate_share"] is None:
        plates = math.ceil(options["quantity"] / pieces_per_plate(part.mesh.extent_mm, machine))
        options["plate_share"] = plates / options["quantity"]
    result = price(use, context_of(options, material.spool_mass_g))
    answer = result.as_dict() | {
        "part": part.title,
        "machine": machine.id,
        "material": material.id,
        "recipe": recipe.id,
        "supports": recipe.supports,
        "why_sliced": why_sliced,
        "findings": [finding.as_dict() for finding in findings],
        "assumptions": {name: options[name.replace("-", "_")] for name, *_ in TERMS} | {"source": CHOSEN},
    }
    print_result(answer, as_json=options["as_json"], text=as_text(result, findings, explain=options["explain"]))


def load_part(file: Path, pairs: tuple[str, ...]) -> tuple[Part, dict[str, Any]]:
    """Return the part that FILE and the parameters describe, and what its author says about printing it."""
    from glocal.design.meshfile import read_mesh
    from glocal.design.part import part_from_mesh

    if file.suffix.lower() in MESH_SUFFIXES or (file.is_file() and file.suffix.lower() != ".scad"):
        if pairs:
            raise click.BadParameter("a mesh has no parameters", param_hint="-P")
        return part_from_mesh(read_mesh(file), file.stem), {}
    return render_part(file, pairs)


def render_part(file: Path, pairs: tuple[str, ...]) -> tuple[Part, dict[str, Any]]:
    """Return the part that a design makes with the given values."""
    from glocal.design.openscad import OpenScadPool
    from glocal.design.package import is_own_design, load_package, template_from_scad
    from glocal.design.parameters import bind
    from glocal.design.part import build_part

    if not file.exists():
        template = shipped_product(str(file))
    else:
        if file.is_dir() and not is_own_design(file):
            words = f"{file} holds no design with parameters; name a shape in it, or ask 'glocal match' about all"
            raise click.BadParameter(words, param_hint="FILE")
        template = load_package(file) if file.is_dir() else template_from_scad(file)
    raw = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise click.BadParameter(f"{pair!r} is not NAME=VALUE", param_hint="-P")
        raw[name.strip()] = value
    values = bind(template, raw)
    with OpenScadPool() as pool:
        return build_part(template, values, pool), dict(template.print_notes)


def shipped_product(slug: str) -> Any:
    """Return a product that ships with glocal by its name."""
    from glocal.design.products import demo_products

    products = {product.id: product for product in demo_products()}
    if slug not in products:
        raise click.BadParameter(
            f"there is no file or product {slug!r}; products: {', '.join(sorted(products))}", param_hint="FILE"
        )
    return products[slug]


def recipe_of(
    machine: Machine, findings: tuple[Finding, ...], notes: dict[str, Any], options: dict[str, Any]
) -> Recipe:
    """Return the machine's process with what the author, the check and the options ask for.

    A bare mesh is quoted with the process as it is, so that the figures can be compared; supports are added on demand.
    """
    from glocal.production.recipes import recipe_for

    wanted = dict(notes)
    if options["infill"] is not None:
        wanted["infill_percent"] = options["infill"]
    if options["supports"] == "yes":
        wanted["supports"] = True
    return recipe_for(machine, findings if options["supports"] == "as-needed" else (), wanted)


def refuse_blocking(findings: tuple[Finding, ...]) -> None:
    """Refuse a part that cannot be made, with the check's own words."""
    from glocal.quoting.errors import CannotPrice

    blocking = [finding for finding in findings if finding.severity == "blocking"]
    if blocking:
        raise CannotPrice(
            "Cannot price this: " + " ".join(finding.message for finding in blocking),
            help=" ".join(dict.fromkeys(finding.help for finding in blocking)),
            findings=[finding.as_dict() for finding in blocking],
        )


def context_of(options: dict[str, Any], spool_mass_g: float) -> PriceContext:
    """Return what the price depends on, from the options; sums become minor units of the currency."""
    from datetime import UTC, datetime

    from babel.numbers import get_currency_precision, list_currencies

    from glocal.quoting.errors import BadTerms
    from glocal.quoting.model import MachineRate, PriceContext, ShopTerms
    from glocal.values import Estimate

    if options["currency"] not in list_currencies():
        raise BadTerms(f"{options['currency']} is not a currency.", help="Use an ISO 4217 code such as EUR or JPY.")
    unit = 10 ** get_currency_precision(options["currency"])

    def minor(name: str) -> int:
        return int((Decimal(str(options[name])) * unit).to_integral_value())

    def hours(name: str, spread: float) -> Estimate | None:
        span_s = options[name] * 3600
        return Estimate(span_s, span_s / spread, span_s * spread, CHOSEN) if span_s else None

    labour, odds = options["labour"], options["failure"]
    return PriceContext(
        terms=ShopTerms(
            currency=options["currency"],
            region=options["region"],
            wage_minor_per_h=options["wage"] * unit,
            energy_minor_per_kwh=options["energy"] * unit,
            margin=options["margin"],
            tax_rate=options["tax"],
            tax_included_in_price=not options["region"].startswith("US"),
            packaging_minor=minor("packaging"),
            payment_fee_rate=options["fee_rate"],
            payment_fee_minor=minor("fee"),
            minimum_minor=minor("minimum"),
            quote_valid_days=14,
        ),
        rate=MachineRate(minor("machine_hour"), options["power"], options["setup"]),
        spool_price_minor=minor("spool_price"),
        spool_mass_g=spool_mass_g,
        labour_min=Estimate(labour, labour / 2, labour * 2, CHOSEN),
        failure_odds=Estimate(odds, odds / 2, min(odds * 2, (1 + odds) / 2), CHOSEN),
        plate_share=options["plate_share"],
        delivery_minor=minor("delivery"),
        quantity=options["quantity"],
        now=datetime.now(UTC),
        rush_rate=options["rush"],
        queue_s=hours("queue_hours", 1.0),
        delivery_s=hours("delivery_hours", 2.0),
    )


def standard_tax(region: str) -> float:
    """Return the standard rate of a region's value-added tax, 0.19 for 19 %; refuse to guess where none is known."""
    from datetime import UTC, datetime

    from glocal.design.region import RegionSettings, region_profile
    from glocal.law.tax import STANDARD_PERCENT
    from glocal.quoting.errors import BadTerms

    country = region_profile(region, RegionSettings(), on=datetime.now(UTC).date()).country
    if country not in STANDARD_PERCENT:
        raise BadTerms(f"No standard rate of tax is known for {region}.", help="Say the rate with --tax, 0 for none.")
    return STANDARD_PERCENT[country] / 100


def as_text(result: Quote, findings: tuple[Finding, ...], *, explain: bool) -> str:
    """Return a quote as a bill for people."""
    from babel.numbers import format_currency, get_currency_precision

    unit = 10 ** get_currency_precision(result.currency)

    def money(minor: int) -> str:
        return format_currency(Decimal(minor) / unit, result.currency, locale="en")

    hours, mass = result.time, result.mass
    lines = [
        f"{hours.value / 3600:.2f} h ({hours.low / 3600:.2f} to {hours.high / 3600:.2f}), "
        f"{mass.value:.1f} g ({mass.low:.1f} to {mass.high:.1f}), {result.method}"
    ]
    for line in result.lines:
        lines.append(f"  {line.label:<36} {money(line.amount_minor):>12}")
        if explain:
            lines.append(f"      {line.source}")
    lines.append(f"  {'Total':<36} {money(result.total_minor):>12}")
    lines.append(f"  80 % sure: {money(result.low_minor)} to {money(result.high_minor)}")
    lines.append(
        f"  Ready {result.ready_at:%Y-%m-%d %H:%M} UTC (by {result.ready_high:%Y-%m-%d %H:%M} in 9 of 10 cases)"
    )
    if result.plate_saving_minor:
        lines.append(f"  Sharing the plate saves {money(result.plate_saving_minor)}")
    lines.append(f"  Valid until {result.valid_until:%Y-%m-%d %H:%M} UTC")
    if explain:
        lines.append(f"  Ready: {result.ready_source}")
        lines += [f"  Time: {hours.source}", f"  Mass: {mass.source}"]
    lines.append("  Wage, prices and odds are defaults of this command or your options, not measurements.")
    lines += [f"  Note: {finding.message} {finding.help}" for finding in findings]
    return "\n".join(lines)


def state() -> Path:
    """Return the directory in which this installation keeps its state."""
    import glocal
    from glocal.shop.home import state_directory

    return state_directory(os.environ, Path(glocal.__file__).parent)


def calibration_directory() -> Path:
    """Return where calibrations of this installation lie."""
    return state() / "calibrations"


def slicer() -> Any:
    """Return the installed slicer with this installation's cache."""
    from glocal.production.prusaslicer import PrusaSlicer

    return PrusaSlicer(state() / "slices")


@click.command()
@click.option("--machine", "machine_id", default="reference", show_default=True, help="Id from `glocal machines`.")
@click.option("--material", "material_ids", multiple=True, help="Materials to vary over; pla and petg without.")
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), help="More meshes, beside ours.")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="Directory; the state's without.")
@json_option
def calibrate(
    machine_id: str, material_ids: tuple[str, ...], data: Path | None, output: Path | None, as_json: bool
) -> None:
    """Fit the instant estimate to the installed slicer on meshes that glocal makes, and on those of --data.

    Takes a few CPU minutes: every mesh is sliced once. The error that is stored was measured on held-out shapes.
    """
    from glocal.production.materials import get_material
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.production.recipes import default_recipe
    from glocal.quoting.calibrate import calibrate as fit_to_slicer
    from glocal.quoting.calibration import write_calibration
    from glocal.quoting.samples import sample_meshes

    machine = get_machine(machine_id)
    materials = [get_material(name) for name in material_ids or ("pla", "petg")]
    meshes = [*sample_meshes(), *(given_meshes(data) if data else [])]
    made = fit_to_slicer(meshes, slicer(), machine, materials, default_recipe(machine), tell=progress)
    path = write_calibration(made, output or calibration_directory())
    text = (
        f"{path}: time {made.time_error.median_percent:.1f} % median, {made.time_error.p90_percent:.1f} % at 90 %; "
        f"mass {made.mass_error.median_percent:.1f} / {made.mass_error.p90_percent:.1f} %, "
        f"on {made.time_error.pieces} held-out prints."
    )
    print_result({"file": str(path), **made.as_dict()}, as_json=as_json, text=text)


def given_meshes(directory: Path) -> list[tuple[str, Mesh]]:
    """Return the meshes of a directory, telling which cannot be read."""
    from glocal.design.meshfile import read_mesh
    from glocal.errors import GlocalError

    meshes = []
    for path in sorted(directory.iterdir()):
        if path.suffix.lower() in MESH_SUFFIXES:
            try:
                meshes.append((path.stem, read_mesh(path)))
            except GlocalError as error:
                progress(f"{path.name}: left out, {error.message}")
    return meshes
