"""The interface is a promise: a change of it shows in ``openapi.json`` beside this file.

To accept a change: ``GLOCAL_ACCEPT_OPENAPI=1 pytest tests/api/test_openapi.py``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.test import Client

SNAPSHOT = Path(__file__).with_name("openapi.json")


def test_the_interface_is_as_promised(client: Client) -> None:
    described = client.get("/api/openapi.json").json()
    described["info"]["version"] = "any"
    text = json.dumps(described, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if os.environ.get("GLOCAL_ACCEPT_OPENAPI") == "1":
        SNAPSHOT.write_text(text)
    assert json.loads(SNAPSHOT.read_text()) == described, "see the first lines of this file"


def test_every_operation_says_what_it_does(client: Client) -> None:
    for address, operations in client.get("/api/openapi.json").json()["paths"].items():
        for method, operation in operations.items():
            assert operation.get("summary"), f"{method} {address} lacks a summary"
            assert operation.get("description"), f"{method} {address} lacks a description"
