"""What the books say after the scripted day, read in a process of its own as an auditor would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def books_of(home: Path) -> dict[str, Any]:
    """Return what the books of the shop at ``home`` sum up to."""
    environment = {
        **os.environ,
        "GLOCAL_HOME": str(home),
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "glocal.settings",
    }
    read = subprocess.run(
        [sys.executable, "-m", "benchmarks.day_books"], env=environment, check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(read.stdout.splitlines()[-1])
    return found


def _audit() -> dict[str, Any]:
    """Sum up the books of the shop at ``GLOCAL_HOME``."""
    import django

    django.setup()
    from babel.numbers import format_currency

    from glocal.payment.books import Account
    from glocal.shop.models import Order
    from glocal.shop.payments.ledger import standing_of

    sums, due_minor, told = dict.fromkeys(Account, 0), 0, {}
    orders = list(Order.objects.all())
    for order in orders:
        for row in order.bookings.all():
            sums[Account(row.debit)] += row.amount_minor
            sums[Account(row.credit)] -= row.amount_minor
        now = standing_of(order)
        due_minor += abs(now.due_minor)
        minor = [now.received_minor, now.returned_minor]
        told[order.customer_email.split("@")[0]] = [
            format_currency(each / 100, order.currency, locale="en") for each in minor if each
        ]
        if order.total_minor - now.returned_minor != now.charged_minor:
            due_minor += abs(order.total_minor - now.returned_minor - now.charged_minor)
    return {"orders": len(orders), "sum_minor": sum(sums.values()), "due_minor": due_minor, **told}


if __name__ == "__main__":
    print(json.dumps(_audit()))
