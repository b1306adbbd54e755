"""Use another shop's design: a product of one's own, with what the network knows about printing it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from glocal.shop.commons.designs import package_name
from glocal.shop.products.actions import put_on_shelf
from glocal.shop.products.models import Product
from glocal.shop.products.packages import write_files
from glocal.shop.shops.queries import the_shop
from glocal.values import Estimate

if TYPE_CHECKING:
    from glocal.commons.packages import Package


def use_design(package: Package, package_hash: str, *, work_min: float) -> dict[str, Any]:
    """Make a product of a fetched design; return it with its terms and what is known about it.

    Only its address leads to it until its owner puts it on the shelf.

    Raises
    ------
    LicenceForbids, LicenceUnknown
        When prints of it may not be sold, or nobody can tell.
    PackageRefused
        When it has no parametric source that this shop can render.
    """
    from glocal.commons import licences
    from glocal.commons.designs import licence_of
    from glocal.commons.okh_errors import PackageRefused

    licence = licence_of(package)
    licences.check_sell(licence)
    manifest = package.manifest
    if manifest is None or "glocal" not in manifest.raw or "datapackage.json" not in package.files:
        raise PackageRefused(
            "This package holds no parametric design, only files.",
            help="Print its files as they are, or write a datapackage.json for its OpenSCAD source.",
        )
    name = package_name(package_hash)
    directory = Path(settings.GLOCAL_HOME) / "designs" / name
    write_files(package.files, directory)
    _refuse_to_replace(directory, name)
    labour = Estimate(work_min, work_min / 2, work_min * 2, "what the owner said when taking the design over")
    product = put_on_shelf(the_shop(), name, labour_min=labour, position=1000)
    product.is_listed, product.shared_as = False, package_hash
    product.printed_elsewhere = printed_elsewhere(package_hash)
    product.save(update_fields=["is_listed", "shared_as", "printed_elsewhere"])
    return {
        "product": product.slug,
        "title": product.text("title", "en"),
        "use": licences.use_in_words(licence),
        "authors": list(manifest.authors),
        "licence": licence,
        "package": package_hash,
        "envelope": product.printed_elsewhere,
        "listed": False,
        **known_about(package_hash),
    }


def _refuse_to_replace(directory: Path, name: str) -> None:
    """A design of another shop never takes the place of an own product that happens to have its name."""
    from glocal.commons.okh_errors import PackageRefused
    from glocal.design.package import load_package

    slug = load_package(directory).id
    if Product.objects.filter(slug=slug).exclude(package=name).exists():
        raise PackageRefused(
            "You already have a product named “{slug}”; the design of the other shop would take its place.",
            help="Give one of them another name.",
            slug=slug,
        )


def printed_elsewhere(package_hash: str) -> dict[str, dict[str, float]]:
    """Return between which values good prints lie of those who publish a design, per parameter; the widest counts."""
    from glocal.design.envelope import Span, joined
    from glocal.shop.commons.know_how import everything_known

    found: dict[str, Span] = {}
    for entry in everything_known():
        if entry.record.get("package") == package_hash and entry.record["kind"] == "design":
            listed = {
                each["name"]: Span(**each["printed"])
                for each in entry.record.get("parameters", ())
                if "printed" in each
            }
            found = joined(found, listed)
    return {name: asdict(span) for name, span in found.items()}


def known_about(package_hash: str) -> dict[str, Any]:
    """Return recipes that the design names, and problems and answers that refer to it, as far as they are heeded."""
    from glocal.commons.cases import cases_of
    from glocal.shop.commons.know_how import everything_known

    known = everything_known()
    designs = [entry for entry in known if entry.record.get("package") == package_hash]
    named = {recipe for entry in designs for recipe in entry.record.get("recipes", ())}
    about = [entry for entry in known if package_hash in entry.record.get("refs", ())]
    problems = [entry for entry in about if entry.record["kind"] == "problem"]
    cases = [case for case in cases_of(known) if case.known in problems]
    outcomes = [entry.record["phase"] for entry in about if entry.record["kind"] == "outcome"]
    return {
        "recipes": [dict(entry.record) for entry in known if entry.record["id"] in named],
        "prints": {"ok": outcomes.count("ok"), "part_fault": outcomes.count("part_fault")},
        "problems": [
            {"title": case.title(), "text": case.record["text"], "answers": [answer.text for answer in case.answers]}
            for case in cases
        ],
    }
