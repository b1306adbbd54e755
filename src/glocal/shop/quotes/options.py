"""What a price is asked for, beside the design's own values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glocal.shop.errors import OrderInvalid
from glocal.shop.quotes.models import Prefer

if TYPE_CHECKING:
    from glocal.shop.quotes.models import QuoteRecord

MOST_PIECES = 1000


@dataclass(frozen=True, slots=True)
class QuoteOptions:
    """How something shall be made and handed over.

    Parameters
    ----------
    material_id : str
        Of a material, or with a colour behind it: ``petg:black``.
    region : str
        Of the one who asks: an ISO 3166 code.
    quantity : int
        1 to 1,000 pieces.
    rush : bool
        Go before all that wait, for the surcharge that the shop asks.
    prefer : str
        What the maker is chosen by: price and day together (balanced), cheap, soon, near or green.
    colour : str
        As the shop calls it; empty for whichever is there.
    """

    material_id: str
    region: str
    quantity: int = 1
    delivery: bool = False
    rush: bool = False
    prefer: str = Prefer.BALANCED
    colour: str = ""

    def __post_init__(self) -> None:
        material_id, _, colour = self.material_id.partition(":")
        object.__setattr__(self, "material_id", material_id)
        object.__setattr__(self, "colour", colour or self.colour)
        if not 1 <= self.quantity <= MOST_PIECES:
            raise OrderInvalid(
                "The quantity is {quantity}.",
                help="Order 1 to {most} pieces.",
                quantity=self.quantity,
                most=MOST_PIECES,
            )
        if self.prefer not in Prefer.values:
            raise OrderInvalid(
                "“{said}” is no preference.",
                help="Choose one of: {allowed}.",
                said=self.prefer[:80],
                allowed=list(Prefer.values),
                field="prefer",
            )

    @classmethod
    def of(cls, quote: QuoteRecord) -> QuoteOptions:
        """Return the options with which a quote was given."""
        terms = (quote.quantity, quote.delivery, quote.rush, quote.prefer, quote.colour)
        return cls(quote.material_id, quote.region, *terms)
