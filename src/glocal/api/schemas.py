"""What goes in and comes out, as OpenAPI describes it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema


class ErrorBody(Schema):
    """What went wrong, in words and for programs."""

    code: str
    message: str
    help: str
    data: dict[str, Any]


class ErrorOut(Schema):
    """Every error has this form."""

    error: ErrorBody


class ProductOut(Schema):
    """A product on the shelf."""

    slug: str
    title: str
    summary: str
    materials: list[dict[str, str]]


class ProductDetail(ProductOut):
    """A product with the parameters that a customer may set."""

    licence: str
    authors: list[str]
    template_hash: str
    parameters: list[dict[str, Any]]
    presets: list[dict[str, Any]]


class FontOut(Schema):
    """A font file that a text needs."""

    name: str
    url: str


class FontsOut(Schema):
    """Fonts for the texts of a configuration, and the parameters that follow from them."""

    fonts: list[FontOut]
    values: dict[str, Any]


class QuoteIn(Schema):
    """What shall be priced."""

    product: str = Field(max_length=100)
    values: dict[str, bool | float | str | list[float]] = Field(default_factory=dict)
    material: str = Field(max_length=100, description="`id` of one of the product's materials, such as `petg:black`")
    quantity: int = 1
    delivery: bool = False
    rush: bool = Field(False, description="go before all that wait, for the shop's surcharge")
    prefer: Literal["balanced", "near", "cheap", "soon", "green"] = Field(
        "balanced", description="what the maker is chosen by; `balanced`: price and day together"
    )
    exact: bool = Field(False, description="let the slicer answer instead of the instant estimate")
    wait: bool = Field(
        True,
        description="wait for the slicer where the instant estimate does not know; else the refusal is `needs_slicer`",
    )
    visit: str = Field(
        "",
        max_length=60,
        description="any text of the asker's own: a newer question with the same one ends an older, and its choices are"
        " one voice's",
    )
    remember: bool = Field(False, description="count the choices, without a name, as what this region wants")


class Refusal(Schema):
    """Why there is no price."""

    code: str
    message: str
    help: str


class Building(Schema):
    """How far a shape is that takes long to build."""

    elapsed_s: int
    limit_s: int = Field(description="it is given up after this long")
    ahead: int = Field(description="how many such shapes come before it")


class Law(Schema):
    """What has to stand beside a button with which a consumer orders, in the reader's language."""

    withdrawal: str = Field(description="whether the piece can be sent back (Directive 2011/83/EU, Article 16(c))")
    tax: str = Field(description="whether tax is in the price")


class QuoteOut(Schema):
    """A price with its lines and its uncertainty, or the reason why there is none."""

    id: uuid.UUID
    orderable: bool
    values: dict[str, Any]
    part_hash: str | None
    features: dict[str, Any] | None
    files: dict[str, str] = Field(
        description="addresses of the part's picture (png), shape (glb) and, where the licence allows, design (3mf)"
    )
    findings: list[dict[str, Any]]
    quote: dict[str, Any] | None
    law: Law | None = Field(description="to be shown before anybody orders; none without a price")
    refusal: Refusal | None
    building: Building | None = Field(description="with the refusal `still_building`: ask again in a second")
    maker: str | None = Field(description="who would make it")
    ways: list[dict[str, Any]] = Field(
        description="the same thing for who may wait for others on its plate: id to order, hold_h, total_minor, ready"
    )


class VariantIn(Schema):
    """One change to a configuration: other values, or another material."""

    values: dict[str, bool | float | str | list[float]] = Field(default_factory=dict)
    material: str | None = Field(None, max_length=100)


class PricesIn(Schema):
    """Changes of one configuration whose prices are wanted together."""

    product: str = Field(max_length=100)
    values: dict[str, bool | float | str | list[float]] = Field(default_factory=dict)
    material: str = Field(max_length=100)
    quantity: int = 1
    delivery: bool = False
    variants: list[VariantIn] = Field(max_length=40)
    visit: str = Field("", max_length=60, description="a newer question with the same text ends an older one")


class VariantPrice(Schema):
    """What the configuration would cost with one change, or why that is not known."""

    price_minor: int | None
    low_minor: int | None
    high_minor: int | None
    refusal: Refusal | None = Field(description="`not_yet`: send it again; `needs_slicer`: ask for a quote")


class PricesOut(Schema):
    """One answer for each change, in their order; nothing can be ordered with it."""

    currency: str
    prices: list[VariantPrice]


class OrderIn(Schema):
    """An order for a quote."""

    quote_id: uuid.UUID
    name: str
    email: str
    note: str = ""
    language: str = "en"
    address: str = Field("", description="where it is brought to; needed where the quote is with delivery")


class EventOut(Schema):
    """One line of an order's timeline."""

    id: int
    at: datetime
    state: str
    code: str
    message: str


class OrderOut(Schema):
    """An order as its customer sees it."""

    id: uuid.UUID
    state: str
    quantity: int
    total_minor: int
    currency: str
    pieces: list[uuid.UUID]
    timeline: list[EventOut]


class OrderPlaced(OrderOut):
    """A new order with the token that opens it; nobody else learns it."""

    token: str
