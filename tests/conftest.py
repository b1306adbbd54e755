"""What tests of the shop and of its pages share: a database with the engine's tables, a home of their own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# what one process compiled is read by the workers and by the shops that tests start
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# how long an example takes, or is thought up, is for benchmarks: on a busy machine it says nothing
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# a change is judged by the same examples each time; LAWS=search looks for others
settings.register_profile("steady", settings.get_profile("search"), derandomize=True)
settings.load_profile(os.environ.get("LAWS", "steady"))


def pytest_configure() -> None:
    """Hash the passwords of tests at once; the shops that tests start in processes of their own hash as all do."""
    from django.conf import settings as shop_settings

    shop_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


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
    """Begin with what waits for browsers and printers: what comes last is short and fills the gaps."""
    rank: dict[Path, int] = {}
    for item in items:
        own = 0 if item.get_closest_marker("browser") else 1 if item.get_closest_marker("real") else 2
        rank[item.path] = min(rank.get(item.path, own), own)
    items.sort(key=lambda item: rank[item.path])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep each file on one worker, and all browser tests on the same one: two browsers would starve each other."""
    from xdist.scheduler import LoadFileScheduling

    class OneBrowser(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "tests/browser" if file.startswith("tests/browser/") else file

    return OneBrowser(config, log)


@pytest.fixture
def shop_home(tmp_path: Path, settings: Any) -> Path:
    """Give the shop a state directory of its own for one test."""
    settings.GLOCAL_HOME = tmp_path / "home"
    settings.GLOCAL_HOME.mkdir()
    return Path(settings.GLOCAL_HOME)
