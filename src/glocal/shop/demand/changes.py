"""What a proposed variant changes, to look at: the thing as it stands on the shelf, and as it would stand there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glocal.shop.demand.proposals import find_proposal
from glocal.shop.parts.models import BuiltPart
from glocal.shop.products.models import Product
from glocal.shop.products.shelf import first_material
from glocal.shop.quotes.actions import quote_product
from glocal.shop.quotes.models import QuoteRecord
from glocal.shop.quotes.options import QuoteOptions

if TYPE_CHECKING:
    from glocal.design.model import ParameterValue


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: the option that is preset, the part as offered, and its price; None where it has none."""

    option: str
    part: BuiltPart | None
    total_minor: int | None


def sides_of(product: Product, region: str, parameter: str) -> tuple[Side, Side]:
    """Return a product as it is preset now, and as it would be; both are built and priced.

    Raises
    ------
    NotNow
        When nothing is proposed for this parameter any more.
    """
    proposal = find_proposal(product, region, parameter)
    return (
        _side(product, region, proposal.instead_of, {}),
        _side(product, region, proposal.option, {parameter: proposal.value}),
    )


def _side(product: Product, region: str, option: str, values: dict[str, ParameterValue]) -> Side:
    view = quote_product(product, values, QuoteOptions(first_material(product), region, 1))
    total = QuoteRecord.objects.values_list("total_minor", flat=True).get(id=view.id)
    return Side(option, view.part, total)
