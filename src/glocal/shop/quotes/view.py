"""What a quote looks like from outside."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glocal.shop.parts.models import BuiltPart
from glocal.shop.quotes.models import QuoteRecord

if TYPE_CHECKING:
    from glocal.design.model import ParameterValue


@dataclass(frozen=True, slots=True)
class QuoteView:
    """An answer to "what would this cost?": a price, or in words why there is none.

    Parameters
    ----------
    id : UUID
        Of the frozen quote; an order is placed with it.
    values : mapping
        The customer's values as the design took them.
    part : BuiltPart or None
        ``None`` when the design itself could not be built.
    findings : list of dict
        What the printability check says, warnings included.
    quote : mapping or None
        :meth:`glocal.quoting.model.Quote.as_dict` for the whole quantity.
    refusal : mapping or None
        ``code``, ``message``, ``help`` and ``data``.
    candidates : mapping
        Who was considered: ``accepted``, ``rejected`` and ``unknown`` with reasons.
    ways : list of dict
        The same thing for who may wait for others on its plate: ``id`` of that quote, ``hold_h``, ``total_minor``,
        ``ready`` and ``saving_minor``.
    """

    id: uuid.UUID
    values: Mapping[str, ParameterValue]
    part: BuiltPart | None
    findings: list[dict[str, Any]]
    quote: Mapping[str, Any] | None
    refusal: Mapping[str, Any] | None
    candidates: Mapping[str, Any]
    ways: list[dict[str, Any]]

    @property
    def glb_file(self) -> str | None:
        """Hash of the part's GLB in the file store."""
        return self.part.glb_file if self.part else None

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as JSON."""
        return {
            "id": str(self.id),
            "values": {name: list(v) if isinstance(v, tuple) else v for name, v in self.values.items()},
            "part": {"hash": self.part.hash, "features": self.part.features} if self.part else None,
            "glb_file": self.glb_file,
            "findings": self.findings,
            "quote": dict(self.quote) if self.quote else None,
            "refusal": dict(self.refusal) if self.refusal else None,
            "candidates": dict(self.candidates),
            "ways": self.ways,
        }


def view_of(row: QuoteRecord) -> QuoteView:
    """Return a stored quote as a view."""
    return QuoteView(
        id=row.id,
        values={name: tuple(v) if isinstance(v, list) else v for name, v in row.values.items()},
        part=row.part,
        findings=row.findings,
        quote=row.quote,
        refusal=row.refusal,
        candidates=row.candidates,
        ways=[_way(row, other) for other in row.alternatives.all()],
    )


def _way(row: QuoteRecord, other: QuoteRecord) -> dict[str, Any]:
    return {
        "id": str(other.id),
        "hold_h": other.hold_h,
        "total_minor": other.total_minor,
        "ready": (other.quote or {})["ready"],
        "saving_minor": (row.total_minor or 0) - (other.total_minor or 0),
    }
