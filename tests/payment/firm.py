"""A payment firm as its API reference has it: answers by contract, forgets nothing, and can fall silent."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx

from glocal.payment.gateway import PaymentGateway
from glocal.payment.mollie import Mollie
from glocal.payment.stripe import Stripe

CONTRACTS = Path(__file__).parent / "contracts"
SECRET = "whsec_of_the_test"


@dataclass
class Firm:
    """Answers each request of a contract; what a request has to be is checked when it comes."""

    name: str
    silent: bool = False
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    check_content: bool = True

    def __post_init__(self) -> None:
        self.contract = json.loads((CONTRACTS / f"{self.name}.json").read_text())

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer a request, or break."""
        assert request.headers["Authorization"] == "Bearer key-of-the-test"
        for step, exchange in self.contract.items():
            wanted = exchange["request"]
            if (request.method, str(request.url)) != (wanted["method"], wanted["url"]):
                continue
            self.asked.append((step, request.headers.get("Idempotency-Key", ""), request.content.decode()))
            if self.silent:
                raise httpx.ReadTimeout("lost", request=request)
            if self.check_content and "form" in wanted:
                assert dict(parse_qsl(request.content.decode())) == wanted["form"]
            if self.check_content and "json" in wanted:
                assert json.loads(request.content) == wanted["json"]
            status, body = self.answers.get(step, (exchange["response"]["status"], exchange["response"]["json"]))
            return httpx.Response(status, json=body)
        raise AssertionError(f"{request.method} {request.url} is in no contract")

    def change(self, step: str, **changes: Any) -> None:
        """Let a step answer with other fields."""
        self.answers[step] = (200, {**self.contract[step]["response"]["json"], **changes})

    def client(self) -> httpx.Client:
        """Return a client whose every request comes here."""
        return httpx.Client(transport=httpx.MockTransport(self.handle))

    def gateway(self) -> PaymentGateway:
        """Return the shop's side of the contract."""
        if self.name == "stripe":
            return Stripe("key-of-the-test", SECRET, self.client())
        return Mollie("key-of-the-test", self.client())
