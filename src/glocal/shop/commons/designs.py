"""Designs that other shops have published: what they are, what one may do with them, how they came to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from glocal.shop.commons.know_how import everything_known
from glocal.shop.errors import NotFound
from glocal.shop.products.models import Product


@dataclass(frozen=True, slots=True)
class SharedDesign:
    """One published design.

    Parameters
    ----------
    package : str
        Its hash, by which it is fetched.
    titles : dict of str to str
        Language → title.
    licence : str
        SPDX expression.
    may_sell : bool
        Whether prints of it may be sold.
    ancestors : tuple of (str, str)
        What it was made from: title or hash, and how.
    product : Product or None
        The own product made of it, where there is one.
    """

    package: str
    version: str
    titles: dict[str, str]
    shop: str
    month: str
    authors: tuple[str, ...]
    licence: str
    may_sell: bool
    parameters: tuple[dict[str, Any], ...]
    ancestors: tuple[tuple[str, str], ...]
    product: Product | None

    def title(self, language: str) -> str:
        """Return the title in a language, else in English, else in the first there is."""
        return self.titles.get(language) or self.titles.get("en") or next(iter(self.titles.values()), self.package[:12])


def package_name(package_hash: str) -> str:
    """Return under which name a design of the commons lies among this shop's own."""
    return f"commons-{package_hash[:16]}"


def shared_designs() -> Iterator[SharedDesign]:
    """Yield the newest version of each design that this shop or those that it follows have published."""
    from glocal.commons import licences
    from glocal.errors import GlocalError

    records = [known for known in everything_known() if known.record["kind"] == "design"]
    titles = {known.record["package"]: known.record["title"] for known in records}
    own = {product.package: product for product in Product.objects.filter(package__startswith="commons-")}
    for known in sorted(records, key=lambda entry: (entry.record["month"], entry.index), reverse=True):
        record = known.record
        licence = str(record["licence"])
        try:
            licences.check_sell(licence)
            may_sell = True
        except GlocalError:
            may_sell = False
        yield SharedDesign(
            record["package"],
            record["version"],
            dict(record["title"]),
            known.shop,
            record["month"],
            tuple(record.get("attribution", ())),
            licence,
            may_sell,
            tuple(record.get("parameters", ())),
            tuple(
                (next(iter(titles.get(parent["hash"], {}).values()), parent["hash"][:12]), parent["relation"])
                for parent in record.get("derived_from", ())
            ),
            own.get(package_name(record["package"])),
        )


def shared_design(package_hash: str) -> SharedDesign:
    """Return one design, or raise :class:`NotFound`."""
    for design in shared_designs():
        if design.package == package_hash:
            return design
    raise NotFound("No shop that you follow has published this design.", help="Follow the shop that has, and sync.")
