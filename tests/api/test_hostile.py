"""Whatever a program sends to any operation of the interface, the answer is one in words and never a fault of ours.

Requests are made from the interface's own description: well-formed ones with odd values, and some that are not as
described at all. ``GLOCAL_EXAMPLES=500`` looks longer than the suite can afford.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shop.conftest import GCODE, TINY_PNG, BoxRenderer, FakeSlicer

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("GLOCAL_EXAMPLES", "3"))  # of each operation
ODD_TEXTS = st.sampled_from(
    [
        *("", "\x00", "\ud7ff", "\u202e", "x" * 5000, "٣"),
        *("../../etc/passwd", "' OR 1=1 --", "<script>", "1e999", "-0", "{{7*7}}"),
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30) | ODD_TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def value_of(schema: Mapping[str, Any], parts: Mapping[str, Any], known: Mapping[str, str]) -> st.SearchStrategy[Any]:
    """Return values that a schema describes, now and then something else."""
    return st.one_of(_described(schema, parts, known), _described(schema, parts, known), ANYTHING)


def _described(schema: Mapping[str, Any], parts: Mapping[str, Any], known: Mapping[str, str]) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _described(parts[schema["$ref"].rsplit("/", 1)[-1]], parts, known)
    if "anyOf" in schema:
        return st.one_of([_described(one, parts, known) for one in schema["anyOf"]])
    return _object(schema, parts, known) if schema.get("type") == "object" else _plain(schema, parts, known)


def _plain(schema: Mapping[str, Any], parts: Mapping[str, Any], known: Mapping[str, str]) -> st.SearchStrategy[Any]:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("format") == "uuid":
        return st.sampled_from(sorted(known.values())) | st.uuids().map(str)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "string": st.sampled_from(sorted(known.values())) | st.text(max_size=40) | ODD_TEXTS,
        "integer": st.sampled_from([-1, 0, 1, 2, 2**31, 2**63, 10**30]),
        "number": st.floats(allow_nan=False) | st.sampled_from([0, -1, 1e308]),
        "boolean": st.booleans(),
        "null": st.none(),
        "array": st.deferred(lambda: st.lists(value_of(schema.get("items", {}), parts, known), max_size=3)),
    }
    return kinds.get(str(schema.get("type")), ANYTHING)


def _object(schema: Mapping[str, Any], parts: Mapping[str, Any], known: Mapping[str, str]) -> st.SearchStrategy[Any]:
    fields = {name: value_of(one, parts, known) for name, one in schema.get("properties", {}).items()}
    needed = {name: fields.pop(name) for name in schema.get("required", ()) if name in fields}
    if not fields and not needed:
        return st.dictionaries(st.sampled_from(["side", "height", "name", "no such"]), ANYTHING, max_size=4)
    return st.fixed_dictionaries(needed, optional=fields)


def requests_of(operation: Mapping[str, Any], parts: Mapping[str, Any], known: Mapping[str, str]) -> Any:
    """Return parameters by place, and a body, for one operation."""
    places: dict[str, dict[str, st.SearchStrategy[Any]]] = {"path": {}, "query": {}, "header": {}}
    for parameter in operation.get("parameters", ()):
        places[parameter["in"]][parameter["name"]] = value_of(parameter["schema"], parts, known)
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = value_of(content["schema"], parts, known) if content else st.none()
    return st.fixed_dictionaries({**{place: st.fixed_dictionaries(of) for place, of in places.items()}, "body": body})


def send(client: Client, method: str, address: str, wanted: Mapping[str, Any]) -> Any:
    from urllib.parse import quote, urlencode

    for name, value in wanted["path"].items():
        address = address.replace("{" + name + "}", quote(str(value)[:500], safe="") or "-")
    headers = {
        name: str(value).encode("latin-1", "replace").decode("latin-1").translate({0: None, 10: None, 13: None})
        for name, value in wanted["header"].items()
    }
    query = urlencode({name: str(value) for name, value in wanted["query"].items()}, errors="replace")
    body = json.dumps(wanted["body"]) if wanted["body"] is not None else ""
    return client.generic(method, f"{address}?{query}", body, content_type="application/json", headers=headers)


@pytest.fixture
def quick_parts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Boxes for parts, and a slicer that answers at once: what is attacked is the interface."""
    from glocal.shop.parts import engine, printing

    gcode = tmp_path / "sliced.gcode"
    gcode.write_text(GCODE)
    monkeypatch.setattr(printing, "slicer", lambda: FakeSlicer(gcode))
    monkeypatch.setattr("glocal.design.picture.render_png", lambda mesh: TINY_PNG)
    with engine.engine_replaced(BoxRenderer()):
        yield


@pytest.mark.usefixtures("quick_parts", "no_engine")
def test_no_request_breaks_the_interface(client: Client, quote: Any) -> None:
    described = client.get("/api/openapi.json").json()
    parts, known = described["components"]["schemas"], {"quote": str(quote.id), "product": quote.product.slug}
    operations = [(m, path, one) for path, of in described["paths"].items() for m, one in of.items()]
    assert len(operations) >= 16
    client.raise_request_exception = False
    for method, path, operation in operations:
        _attack(client, method, path, requests_of(operation, parts, known))


def _attack(client: Client, method: str, path: str, requests: st.SearchStrategy[Any]) -> None:
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(wanted=requests)
    def never_breaks(wanted: dict[str, Any]) -> None:
        response = send(client, method, path, wanted)
        assert response.status_code < 500, (method, path, wanted, response.content[:300])
        if response.status_code >= 400:
            assert response.json()["error"]["message"]

    never_breaks()
