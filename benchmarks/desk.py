"""The owner's desk with 10,000 orders and 100,000 events on SQLite: how long each page takes, how often it asks."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import Figure, at_most

ORDERS = 10_000
TIMES = 15
MOST_MS, MOST_QUERIES = 150, 12
PAGES = {
    "demand": "/desk/demand/",
    "today": "/desk/",
    "orders": "/desk/orders/",
    "orders, searched": "/desk/orders/?q=martin",
    "orders that wait": "/desk/orders/?state=waiting",
    "orders, an old page": "/desk/orders/?before={old}",
    "one order": "/desk/orders/{order}/",
    "customers": "/desk/customers/",
    "customers, searched": "/desk/customers/?q=martin",
    "catalogue": "/desk/products/",
    "makers": "/desk/makers/",
    "data": "/desk/data/",
    "settings": "/desk/settings/",
    "payments": "/desk/payments/",
    "all payments, the last page": "/desk/payments/?show=all&page=200",
    "money to give back": "/desk/payments/?show=back",
    "one payment": "/desk/payments/{order}/",
    "one product": "/desk/products/{product}/",
    "design conversations": "/desk/designs/",
    "wishes": "/desk/wishes/",
    "machines": "/desk/machines/",
    "growth questions": "/desk/grow/",
    "know-how": "/know-how/",
    "the law": "/desk/law/",
    "one person": "/desk/people/?email={somebody}",
}


def figures(data: Path | None) -> list[Figure]:
    """Measure every page in a process of its own, after one visit that warms it."""
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "GLOCAL_HOME": home,
            "DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "glocal.settings",
        }
        measured = subprocess.run(
            [sys.executable, "-m", "benchmarks.desk"],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
    found: dict[str, Any] = json.loads(measured.stdout.splitlines()[-1])
    rows = [at_most(f"{name}: ms, median", page["ms"], MOST_MS) for name, page in found["pages"].items()]
    rows += [at_most(f"{name}: queries", page["queries"], MOST_QUERIES) for name, page in found["pages"].items()]
    rows += [Figure(f"{name}: CPU ms, median", page["cpu_ms"]) for name, page in found["pages"].items()]
    rows.append(Figure("the order book as CSV: s", found["csv_s"]))
    rows.append(Figure("events in the database", found["events"]))
    return rows


def _measure() -> dict[str, Any]:
    """Fill a shop and open each of its pages."""
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.test import Client
    from django.utils import timezone

    from benchmarks.desk_data import fill
    from glocal.shop.demo_shop import seed
    from glocal.shop.makers.links import link_of
    from glocal.shop.models import Maker, Order, OrderEvent, Product
    from glocal.shop.workflow.engine import migrate

    migrate()
    seed()
    fill(ORDERS, now=timezone.now())
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.create(username="owner", is_staff=True))
    maker = Maker.objects.order_by("created_at").first()
    if maker is None:
        raise RuntimeError("the demonstration has makers")
    ids = list(Order.objects.filter(state="done").order_by("id").values_list("id", flat=True))
    somebody = Order.objects.values_list("customer_email", flat=True).get(id=ids[-1])
    product = Product.objects.order_by("id").values_list("slug", flat=True)[0]
    names = {"product": product, "old": ids[len(ids) // 4], "order": ids[-1], "somebody": somebody}
    pages = {name: _page(client, address.format(**names)) for name, address in PAGES.items()}
    pages["a maker's page"] = _page(Client(HTTP_HOST="127.0.0.1"), f"/maker/{link_of(maker)}/")  # makers never sign in
    began = time.perf_counter()
    lines = b"".join(client.get("/desk/data/orders.csv").streaming_content)  # type: ignore[arg-type]
    csv_s = time.perf_counter() - began
    if lines.count(b"\n") != ORDERS + 1:
        raise RuntimeError("the order book is not whole")
    return {"pages": pages, "csv_s": csv_s, "orders": ORDERS, "events": OrderEvent.objects.count()}


def _page(client: Any, address: str) -> dict[str, float]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
    queries = len(asked)  # the next request forgets them
    times, cpu_times = [], []
    for _ in range(TIMES):
        began, began_cpu = time.perf_counter(), time.process_time()
        client.get(address)
        times.append(1000 * (time.perf_counter() - began))
        cpu_times.append(1000 * (time.process_time() - began_cpu))
    return {"ms": statistics.median(times), "cpu_ms": statistics.median(cpu_times), "queries": queries}


if __name__ == "__main__":
    print(json.dumps(_measure()))
