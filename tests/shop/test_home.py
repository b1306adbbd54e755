"""Where a shop keeps its state and which database it uses."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from glocal.shop.home import MailServer, database_from_url, mail_from_url, read_or_make_secret, state_directory


def test_the_environment_names_the_home(tmp_path: Path) -> None:
    assert state_directory({"GLOCAL_HOME": str(tmp_path)}, Path("/nowhere/src/glocal")) == tmp_path


def test_an_installed_program_uses_the_users_data_directory(tmp_path: Path) -> None:
    home = state_directory({"XDG_DATA_HOME": str(tmp_path)}, tmp_path / "lib" / "python" / "glocal")
    assert home == tmp_path / "glocal"


def test_a_checkout_uses_its_own_directory(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    assert state_directory({}, tmp_path / "src" / "glocal") == tmp_path / "var"


def test_a_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret"
    with ThreadPoolExecutor(8) as threads:
        secrets = set(threads.map(lambda _: read_or_make_secret(path), range(16)))
    assert len(secrets) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["secret"]


def test_a_postgresql_url_is_taken_apart() -> None:
    database = database_from_url("postgresql://ann:p%40ss@db.example:5433/shop?sslmode=require", Path("unused"))
    assert {key: database[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME", "OPTIONS")} == {
        "USER": "ann",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "NAME": "shop",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_socket_directory_may_be_the_host() -> None:
    assert database_from_url("postgresql://ann@/shop?host=/run/pg", Path("unused"))["HOST"] == "/run/pg"


def test_another_database_is_refused() -> None:
    with pytest.raises(ValueError, match="mysql"):
        database_from_url("mysql://ann@db/shop", Path("unused"))


def test_sqlite_takes_its_lock_at_once_and_survives_a_power_cut(tmp_path: Path) -> None:
    options = database_from_url("", tmp_path / "shop.sqlite3")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]
    assert "synchronous=FULL" in options["init_command"]


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("", MailServer()),
        ("smtp+tls://ann:p%40ss@mail.example", MailServer("mail.example", 587, "ann", "p@ss", starttls=True)),
        ("smtps://mail.example:2465", MailServer("mail.example", 2465, ssl=True)),
        ("smtp://[::1]", MailServer("::1", 25)),
    ],
)
def test_a_mail_server_is_named_by_an_address(url: str, server: MailServer) -> None:
    assert mail_from_url(url) == server


@pytest.mark.parametrize("url", ["http://mail.example", "mail.example", "smtp://"])
def test_what_names_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="GLOCAL_MAIL"):
        mail_from_url(url)
