"""What goes in and comes out about design sessions and wishes, as OpenAPI describes it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema

Values = dict[str, bool | float | str | list[float]]


class AskIn(Schema):
    """A question to the shop about a configuration. What the design does not offer is kept as a wish."""

    product: str = Field(max_length=100)
    text: str = Field(max_length=2000)
    values: Values = Field(default_factory=dict)
    material: str = Field("", max_length=100, description="the best for the product when empty")
    quantity: int = 1
    name: str = ""
    email: str = ""
    language: str = Field("en", max_length=10)


class RevisionIn(Schema):
    """The next revision, based on the newest that the sender saw."""

    values: Values
    material: str = Field(max_length=100)
    quantity: int = 1
    note: str = Field("", max_length=2000)
    based_on: int


class ProposalIn(Schema):
    """A change of the newest revision: only what changes."""

    changes: Values = Field(default_factory=dict)
    material: str | None = Field(None, max_length=100)
    quantity: int | None = None
    text: str = Field("", max_length=2000)


class AnswerIn(Schema):
    """An answer to a proposal."""

    answer: Literal["accept", "decline", "withdraw"]
    text: str = Field("", max_length=2000)


class CommentIn(Schema):
    """Words about the design, one parameter, or one point of the part (x, y, z in mm)."""

    text: str = Field(max_length=2000)
    parameter: str = Field("", max_length=100)
    point: list[float] | None = Field(None, min_length=3, max_length=3)
    revision: int | None = None


class ApprovalIn(Schema):
    """Which revision is approved; the newest must be meant."""

    revision: int


class WishIn(Schema):
    """What somebody asks for and nobody offers."""

    text: str = Field(max_length=2000)
    product: str | None = Field(None, max_length=100)
    parameters: Values = Field(default_factory=dict, description="as far as it can be said in the design's parameters")
    language: str = Field("en", max_length=10)


class WishOut(Schema):
    """A wish that is kept."""

    id: uuid.UUID
    state: str


class RevisionOut(Schema):
    """One state of the design with its price, or why there is none."""

    number: int
    side: str
    at: datetime
    values: dict[str, Any]
    material: str
    quantity: int
    note: str
    quote_id: uuid.UUID
    part_hash: str | None
    price_minor: int | None
    refusal: dict[str, Any] | None


class ProposalOut(Schema):
    """A proposal, what it changes, and what it does to the price of the revision that it was worked out on."""

    id: uuid.UUID
    side: str
    at: datetime
    state: str
    text: str
    base: int
    changes: dict[str, Any]
    material: str
    quantity: int
    price_minor: int | None
    difference_minor: int | None
    refusal: dict[str, Any] | None
    warnings: list[dict[str, Any]]


class CommentOut(Schema):
    """What was said, and about what."""

    id: uuid.UUID
    side: str
    at: datetime
    text: str
    revision: int
    parameter: str
    point: list[float] | None
    settled: bool


class SessionEventOut(Schema):
    """One line of a session's history; numbers have no gaps."""

    number: int
    at: datetime
    side: str
    code: str
    data: dict[str, Any]


class SessionOut(Schema):
    """A design session as its customer sees it."""

    id: uuid.UUID
    product: str
    state: str
    waits_for: str
    latest: int
    approved: int | None
    order_id: uuid.UUID | None
    currency: str
    revisions: list[RevisionOut]
    proposals: list[ProposalOut]
    comments: list[CommentOut]
    events: list[SessionEventOut]


class SessionOpened(SessionOut):
    """A new session with the token that opens it; nobody else learns it."""

    token: str
