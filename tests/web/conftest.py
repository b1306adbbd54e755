"""A shop with one product, one maker and one price, behind Django's test client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.shop.builders import make_machine, make_product, make_shop
from tests.web.builders import make_quote


@pytest.fixture(autouse=True)
def fresh_brake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait for the forms that the tests before it sent."""
    from glocal.shop.rate_limit import Buckets

    monkeypatch.setattr("glocal.web.address.changes", Buckets(size=60, per_s=2.0))


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    """A state directory of the test's own."""
    settings.GLOCAL_HOME = tmp_path
    return tmp_path


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Orders are handed over to a list instead of the durable queue."""
    handed: list[tuple[Any, ...]] = []
    monkeypatch.setattr("glocal.shop.orders.path.enqueue", lambda *arguments, **_: handed.append(arguments))
    return handed


@pytest.fixture
def machine(db: None) -> Any:
    return make_machine()


@pytest.fixture
def product(db: None, home: Path) -> Any:
    return make_product(make_shop(), home)


@pytest.fixture
def quote(product: Any, machine: Any) -> Any:
    return make_quote(product, machine)
