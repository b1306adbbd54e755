"""A shop with a past: as many orders as wanted, each with its quote, piece, plate, outcome and timeline, in bulk."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

BATCH = 500
NAMES = ("Ada Obi", "Léa Martin", "Yusuf Haddad", "Bisi Adé", "Noor Saleh", "Tomás Vega", "Ines Roux", "Kofi Mensah")
STEPS = ("placed", "checking", "slicing", "sliced", "matching", "matched", "queued", "printing", "printed", "done")
OPEN = ("placed", "queued", "printing", "needs_maker", "needs_customer", "failed_retry")
STATE_OF_STEP = {"sliced": "slicing", "matched": "matching"}
RECIPE = {
    "id": "made-up",
    "name": "made up",
    "layer_height_mm": 0.2,
    "infill_percent": 15.0,
    "supports": False,
    "brim_mm": 0.0,
}
TIME_S, MASS_G = 5400.0, 31.0


def fill(orders: int, *, now: datetime, days: int = 365, open_orders: int = 40, seed: int = 1) -> None:
    """Give the shop of this database ``orders`` orders over the last ``days`` days, the last ones still open."""
    from glocal.shop.models import MakerMachine, Product

    dice = random.Random(seed)  # noqa: S311 - made-up orders, the same every time
    products, machines = list(Product.objects.select_related("shop")), list(MakerMachine.objects.all())
    prices = {product.id: _price(product, machines[0], now) for product in products}
    parts = {product.id: _part(product) for product in products}
    for numbers in _batches(range(orders)):
        rows = _Rows()
        for number in numbers:
            age = timedelta(days=days * (1 - (number + 1) / orders))
            product, machine = dice.choice(products), dice.choice(machines)
            is_open = number >= orders - open_orders
            rows.add(
                number,
                now - age,
                product,
                machine,
                part=parts[product.id],
                price=prices[product.id],
                dice=dice,
                is_open=is_open,
            )
        rows.write()


def _batches(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), BATCH):
        yield numbers[start : start + BATCH]


def _price(product: Any, machine: Any, now: datetime) -> dict[str, Any]:
    """Return a real price of a made-up piece."""
    from glocal.quoting.model import MachineRate, PriceContext, PrintUse
    from glocal.quoting.price import price
    from glocal.shop.shops.queries import terms_of
    from glocal.values import Estimate

    said = "the benchmark"
    use = PrintUse(
        Estimate(TIME_S, TIME_S * 0.9, TIME_S * 1.2, said),
        Estimate(MASS_G, 28, 35, said),
        method="instant",
        source=said,
    )
    context = PriceContext(
        terms=terms_of(product.shop),
        rate=MachineRate(machine.hourly_minor, machine.power_w, machine.setup_min),
        spool_price_minor=2000,
        spool_mass_g=1000.0,
        labour_min=Estimate(6, 4, 9, said),
        failure_odds=Estimate(0.05, 0.02, 0.1, said),
        plate_share=1.0,
        delivery_minor=0,
        now=now,
    )
    return price(use, context).as_dict()


def _part(product: Any) -> Any:
    from glocal.shop.models import BuiltPart

    known = BuiltPart.objects.filter(template_id=product.slug).first()
    nothing = "0" * 64
    return known or BuiltPart.objects.create(
        hash=f"{product.slug:0<64}"[:64].encode().hex()[:64],
        title=product.slug,
        template_id=product.slug,
        template_hash=product.template_hash,
        features={
            "volume_mm3": 24_000.0,
            "area_mm2": 9_000.0,
            "extent_mm": [60.0, 40.0, 12.0],
            "triangles": 1200,
            "bodies": 1,
        },
        mesh_file=nothing,
        glb_file=nothing,
        drawn_file=nothing,
    )


class _Rows:
    """Rows of several tables, written together."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Any]] = {}

    def _put(self, row: Any) -> Any:
        self.tables.setdefault(type(row).__name__, []).append(row)
        return row

    def add(
        self,
        number: int,
        at: datetime,
        product: Any,
        machine: Any,
        *,
        part: Any,
        price: dict[str, Any],
        dice: random.Random,
        is_open: bool,
    ) -> None:
        """Add one order with everything that belongs to it."""
        from glocal.shop import models

        state = dice.choice(OPEN) if is_open else "cancelled" if dice.random() < 0.03 else "done"
        quote = self._put(_quote(at, product, machine, part=part, price=price, dice=dice))
        name = dice.choice(NAMES)
        order = self._put(
            models.Order(
                id=_id_at(at, dice),
                created_at=at,
                quote=quote,
                sold_as=product.words(),
                idempotency_key=f"made-up-{number}",
                customer_name=name,
                customer_email=f"{name.split()[0].lower()}.{number % 3000}@example.org",
                quantity=1,
                total_minor=price["price_minor"],
                currency=price["currency"],
                state=state,
                state_at=at,
                machine=machine,
                promised_by=at + timedelta(days=dice.uniform(0.5, 3)),
            )
        )
        self._books(order, price)
        piece = self._put(models.Piece(id=_id_at(at, dice), created_at=at, order=order, number=1))
        if state in ("done", "queued", "printing"):
            self._job(at, machine, piece, dice, state)
        for step in STEPS[: len(STEPS) if state == "done" else 6]:
            of = STATE_OF_STEP.get(step, step)
            self._put(models.OrderEvent(order=order, at=at, state=of, code=step, message=f"Step {step}.", data={}))

    def _books(self, order: Any, price: dict[str, Any]) -> None:
        """Charge an order, and pay it or take it back as its state says."""
        from glocal.payment.books import Account, charge, receive, standing
        from glocal.shop import models
        from glocal.shop.payments.queries import number_for

        self._put(models.OrderPayment(order=order, method="pickup", number=number_for(order)))
        deeds = {"charge": charge(standing(()), order.total_minor, price["tax_minor"])}
        if order.state == "cancelled":
            deeds["off"] = charge(standing(deeds["charge"]), 0, 0)
        elif order.state == "done":
            deeds["paid"] = receive(Account.CASH, order.total_minor)
        for deed, bookings in deeds.items():
            for line, booking in enumerate(bookings, start=1):
                self._put(
                    models.BookingEntry(
                        order=order,
                        key=f"{deed}:{order.id}",
                        line=line,
                        debit=booking.debit.value,
                        credit=booking.credit.value,
                        amount_minor=booking.amount_minor,
                        currency=order.currency,
                    )
                )

    def _job(self, at: datetime, machine: Any, piece: Any, dice: random.Random, state: str) -> None:
        from glocal.shop import models

        started = at + timedelta(hours=1) if state != "queued" else None
        job = self._put(
            models.Job(
                id=_id_at(at, dice),
                created_at=at,
                machine=machine,
                state={"done": "printed"}.get(state, state),
                plate=[{"piece": str(piece.id), "part": "0" * 64, "x_mm": 90.0, "y_mm": 90.0, "angle_deg": 0.0}],
                material_id="petg",
                recipe=RECIPE,
                gcode_file="0" * 64,
                threemf_file="0" * 64,
                input_hash="0" * 64,
                estimate_s=TIME_S,
                estimate_g=MASS_G,
                slicer="made up",
                intent_at=started,
                started_at=started,
                ended_at=started + timedelta(hours=2) if started and state == "done" else None,
                progress=round(dice.random(), 2) if state == "printing" else None,
            )
        )
        self._put(models.Job.pieces.through(job_id=job.id, piece_id=piece.id))
        if state == "done":
            print_s = TIME_S * dice.uniform(0.9, 1.3)
            self._put(
                models.JobOutcome(
                    created_at=at, job=job, phase="ok", said_by="printer", print_s=print_s, mass_g=MASS_G * 1.02
                )
            )

    def write(self) -> None:
        """Write everything, what is pointed at first."""
        from django.db import transaction

        with transaction.atomic():
            for rows in self.tables.values():
                type(rows[0]).objects.bulk_create(rows)


def _quote(at: datetime, product: Any, machine: Any, *, part: Any, price: dict[str, Any], dice: random.Random) -> Any:
    """Return the price of one piece as it was frozen."""
    from glocal.shop import models

    return models.QuoteRecord(
        id=_id_at(at, dice),
        created_at=at,
        product=product,
        part=part,
        values={},
        material_id="petg",
        region=product.shop.region,
        quantity=1,
        machine=machine,
        method="instant",
        quote=price,
        total_minor=price["price_minor"],
        low_minor=price["low"]["price_minor"],
        high_minor=price["high"]["price_minor"],
        currency=price["currency"],
        valid_until=at + timedelta(days=14),
    )


def _id_at(at: datetime, dice: random.Random) -> UUID:
    """Return a UUIDv7 of a moment, so that order by identity is order by time here too."""
    millis = int(at.timestamp() * 1000)
    return UUID(int=(millis << 80) | (7 << 76) | (dice.getrandbits(12) << 64) | (2 << 62) | dice.getrandbits(62))
