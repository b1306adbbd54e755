"""Schemathesis over the whole interface, in this process: no fault of ours, every answer as its description says.

The demonstration shop answers with its real parts (designs built in their sandbox, the slicer). First come requests
that are not as described, then sound ones; three in four of these name a product, a quote, an order or a design session
that exists: without that, nearly all would end at "not found".
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks import Figure, at_most

EXAMPLES = int(os.environ.get("GLOCAL_EXAMPLES", "40"))  # of each operation: so many sound, so many broken ones
KNOWN_OF_FOUR = 3


def figures(data: Path | None) -> list[Figure]:
    """Attack the interface of a fresh shop in a process of its own."""
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "GLOCAL_HOME": home,
            "DATABASE_URL": "",
            "GLOCAL_LOG": "ERROR",
            "DJANGO_SETTINGS_MODULE": "glocal.settings",
        }
        attacked = subprocess.run(
            [sys.executable, "-m", "benchmarks.schemathesis"],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    found: dict[str, Any] = json.loads(attacked.stdout.splitlines()[-1])
    for failure in found["failures"]:
        print(f"  {failure}", file=sys.stderr)
    answers = ", ".join(f"{status}: {count}" for status, count in sorted(found["answers"].items()))
    return [
        at_most("answers that are a fault or not as described", len(found["failures"]), 0),
        Figure("operations", found["operations"]),
        Figure(f"requests ({answers})", sum(found["answers"].values())),
    ]


def _attack() -> dict[str, Any]:
    """Send what schemathesis thinks of to every operation."""
    import django

    django.setup()
    import schemathesis
    from django.core.wsgi import get_wsgi_application
    from schemathesis import GenerationMode

    from glocal.api import prices, quotes
    from glocal.shop.demo_shop import seed
    from glocal.shop.workflow.engine import migrate

    migrate()
    seed()
    quotes.limits.size = prices.limits.size = 10**9  # the brake has tests of its own
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    answers: Counter[str] = Counter()
    failures: list[str] = []
    operations = [result.ok() for result in schema.get_all_operations()]
    for operation in operations:
        _operation(operation, GenerationMode.NEGATIVE, answers, failures)
    _name_what_exists(schemathesis, _known())
    for operation in operations:
        _operation(operation, GenerationMode.POSITIVE, answers, failures)
    return {"operations": len(operations), "answers": answers, "failures": failures}


def _operation(operation: Any, mode: Any, answers: Counter[str], failures: list[str]) -> None:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis.errors import Unsatisfiable
    from schemathesis.specs.openapi.checks import positive_data_acceptance

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def answered(case: Any) -> None:
        response = case.call()
        answers[str(response.status_code)] += 1
        try:
            # what is well-formed may still be refused in words: a material that is not offered, a price too old
            case.validate_response(response, excluded_checks=[positive_data_acceptance])
        except BaseExceptionGroup as group:
            failures.extend(f"{operation.label}: {each}\n{case.as_curl_command()}" for each in group.exceptions)
        except AssertionError as failure:
            failures.append(f"{operation.label}: {failure}\n{case.as_curl_command()}")

    with suppress(Unsatisfiable):  # where nothing is asked for, nothing can be asked for wrongly
        answered()


def _known() -> dict[str, str]:
    """Return what exists in the shop: one of each kind, with its key."""
    from glocal.shop.models import Product
    from glocal.shop.orders.actions import CustomerDetails, place_order
    from glocal.shop.quotes.actions import quote_product
    from glocal.shop.quotes.options import QuoteOptions
    from glocal.shop.sessions.actions import Asker, open_session

    product = Product.objects.get(slug="replacement-knob")
    quote = quote_product(product, {}, QuoteOptions("petg", "FR"))
    order = place_order(quote.id, CustomerDetails("Ada", "ada@example.org"), idempotency_key="known")
    asker = Asker("Ada", "ada@example.org", "en")
    session = open_session(product, {}, material_id="petg", text="Does it fit?", asker=asker, key="known")
    return {
        "slug": product.slug,
        "quote_id": str(quote.id),
        "order_id": str(order.id),
        "order": order.token,
        "session_id": str(session.id),
        "session": session.token,
    }


def _name_what_exists(schemathesis: Any, known: dict[str, str]) -> None:
    """Let most requests name what exists, and show its key; which ones follows from the request itself."""

    def chosen(values: Any) -> bool:
        return zlib.crc32(repr(sorted(values.items())).encode()) % 4 < KNOWN_OF_FOUR

    @schemathesis.hook("map_path_parameters")
    def existing(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
        if not path_parameters or not chosen(path_parameters):
            return path_parameters
        return {name: known.get(name, value) for name, value in path_parameters.items()}

    @schemathesis.hook("map_headers")
    def with_key(context: Any, headers: dict[str, Any] | None) -> dict[str, Any] | None:
        path = context.operation.path
        kind = "session" if "/sessions/" in path else "order" if "/orders/" in path else ""
        if headers is None or not kind or not chosen(dict(headers)):
            return headers
        return {**headers, "Authorization": f"Bearer {known[kind]}"}

    @schemathesis.hook("map_body")
    def existing_in(context: Any, body: Any) -> Any:
        if not isinstance(body, dict) or not chosen({"body": body}):
            return body
        named = {"product": known["slug"], "quote": known["quote_id"], "quote_id": known["quote_id"]}
        return {name: named.get(name, value) for name, value in body.items()}


if __name__ == "__main__":
    print(json.dumps(_attack()))
