"""The order book as CSV, a few rows at a time, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from babel.numbers import get_currency_precision

from glocal.shop.orders.listing import ListedOrder, OrderFilter, found_orders, listed, with_what_is_listed

if TYPE_CHECKING:
    from glocal.quoting.actual import Margin

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CHUNK_ROWS = 200
COLUMNS = (
    "order",
    "ordered_at",
    "state",
    "product",
    "material",
    "quantity",
    "currency",
    "price",
    "tax",
    "margin_planned",
    "margin_actual",
    "cost_actual",
    "customer",
    "email",
    "language",
    "maker",
    "machine",
    "promised_by",
)


def safe_cell(value: object) -> object:
    """Return a value as it may stand in a spreadsheet: a text that would be read as a formula is marked as text.

    Numbers stay numbers; OWASP's list of first characters, with their full-width forms.
    """
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.lstrip(" ").startswith(STARTS_A_FORMULA) else value


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield rows as CSV (RFC 4180), each cell safe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def order_book(wanted: OrderFilter) -> Iterator[str]:
    """Yield the lines of the order book, the oldest order first, with a mark by which spreadsheets know UTF-8."""
    yield "\ufeff"
    yield from csv_lines([COLUMNS])
    orders = with_what_is_listed(found_orders(wanted)).order_by("id")
    yield from csv_lines(_row(listed(order)) for order in orders.iterator(chunk_size=CHUNK_ROWS))


def _row(each: ListedOrder) -> list[object]:
    order = each.order
    machine = order.machine

    def major(minor: int | None) -> object:
        return None if minor is None else in_major_units(minor, order.currency)

    return [
        str(order.id),
        order.created_at.isoformat(timespec="seconds"),
        order.state,
        order.quote.product.slug,
        order.quote.material_id,
        order.quantity,
        order.currency,
        major(order.total_minor),
        major(_of(each.planned, "tax_minor")),
        major(_of(each.planned, "left_minor")),
        major(_of(each.actual, "left_minor")),
        major(_of(each.actual, "cost_minor")),
        order.customer_name,
        order.customer_email,
        order.language,
        machine.maker.name if machine else "",
        machine.name if machine else "",
        order.promised_by.isoformat(timespec="seconds"),
    ]


def in_major_units(minor: int, currency: str) -> Decimal:
    """Return a sum in major units, exact: 1240 of EUR is 12.40, of JPY 1240."""
    return Decimal(minor).scaleb(-get_currency_precision(currency))


def _of(margin: Margin | None, field: str) -> int | None:
    return None if margin is None else int(getattr(margin, field))
