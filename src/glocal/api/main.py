"""The interface for programs: what the pages do, as JSON. Described by OpenAPI at ``/api/openapi.json``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from glocal import __version__
from glocal.api.orders import router as orders
from glocal.api.prices import router as prices
from glocal.api.products import router as products
from glocal.api.quotes import router as quotes
from glocal.api.sessions import router as sessions
from glocal.errors import GlocalError
from glocal.http_status import http_status
from glocal.shop.error_words import error_in_words
from glocal.shop.rate_limit import TooMany

api = NinjaAPI(title="glocal", version=__version__, urls_namespace="api", docs_url=None)
api.add_router("", products, tags=["products"])
api.add_router("", quotes, tags=["quotes"])
api.add_router("", prices, tags=["quotes"])
api.add_router("", orders, tags=["orders"])
api.add_router("", sessions, tags=["sessions"])


@api.exception_handler(GlocalError)
def domain_error(request: HttpRequest, error: GlocalError) -> HttpResponse:
    """Answer an error that was raised on purpose: its code, its words, what would help, its facts."""
    response = api.create_response(request, {"error": error_in_words(error)}, status=http_status(error))
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.data["retry_after_s"])
    return response


@api.exception_handler(ValidationError)
def not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer a request that has not the described form."""
    problems = {".".join(str(step) for step in problem["loc"]): problem for problem in error.errors}
    allowed = {place: known for place, problem in problems.items() if (known := _allowed(problem))}
    said = [
        f"{place} (one of {', '.join(str(each).lower() for each in allowed[place])})" if place in allowed else place
        for place in problems
    ]
    message = f"The request is not as described: {', '.join(said)}."
    data = {"fields": list(problems), "allowed": allowed}
    body = {"code": "bad_request", "message": message, "help": "See /api/openapi.json.", "data": data}
    return api.create_response(request, {"error": body}, status=400)


def _allowed(problem: Mapping[str, Any]) -> list[Any]:
    """Return the values that a place may have, where they are few."""
    if problem["type"] in {"bool_parsing", "bool_type"}:
        return [True, False]
    return re.findall(r"'([^']*)'", problem["ctx"]["expected"]) if problem["type"] == "literal_error" else []


@api.exception_handler(HttpError)
def not_read(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer a request that could not even be read: no JSON, not the announced kind."""
    body = {"code": "bad_request", "message": f"{error}.", "help": "See /api/openapi.json.", "data": {}}
    return api.create_response(request, {"error": body}, status=error.status_code)
