"""What tests of the shop and of its pages share: a database with the engine's tables, a home of their own."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the test database in a file, as a shop does: the durable engine opens it by itself beside Django."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        connection.settings_dict["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Give the test database the tables of the durable engine, as every shop's database has them."""
    from dbos import DBOS

    from glocal.shop.workflow.engine import engine_url, quiet

    with django_db_blocker.unblock():
        quiet()
        DBOS.migrate(engine_url())


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their argument: an archive made while tests are collected has the hour in it, a name must not."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what waits for real parts, a browser beside a printer: what comes last is short and fills the gaps."""
    browsers = dict.fromkeys(item.path for item in items if item.get_closest_marker("browser"))
    others = dict.fromkeys(item.path for item in items if item.get_closest_marker("real") and item.path not in browsers)
    turns = [path for pair in zip_longest(browsers, others) for path in pair if path is not None]
    rank = {path: number for number, path in enumerate(turns)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


@pytest.fixture
def shop_home(tmp_path: Path, settings: Any) -> Path:
    """Give the shop a state directory of its own for one test."""
    settings.GLOCAL_HOME = tmp_path / "home"
    settings.GLOCAL_HOME.mkdir()
    return Path(settings.GLOCAL_HOME)
