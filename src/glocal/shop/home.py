"""Where a shop keeps its state, its secrets and its database, read from the environment without Django."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# WAL lets readers and one writer work at once; FULL makes a commit survive a power cut; temp tables stay in memory
SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON;"
SQLITE_BUSY_S = 20


def state_directory(environment: Mapping[str, str], package_dir: Path) -> Path:
    """Return where the state lies: ``GLOCAL_HOME``, else ``var`` of a checkout, else the user's data directory."""
    if environment.get("GLOCAL_HOME"):
        return Path(environment["GLOCAL_HOME"]).expanduser().resolve()
    checkout = package_dir.parents[1]
    if (checkout / "pyproject.toml").is_file():
        return checkout / "var"
    data_home = environment.get("XDG_DATA_HOME") or str(Path("~/.local/share").expanduser())
    return Path(data_home) / "glocal"


def read_or_make_secret(path: Path) -> str:
    """Return the secret in ``path``; make it once, readable by the owner alone, whoever comes first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mkstemp makes it 0600
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(fresh, path)  # fails when another process was faster: then its secret is the one
        except FileExistsError:
            pass
        finally:
            Path(fresh).unlink()
    return path.read_text().strip()


def database_from_url(url: str, sqlite_file: Path) -> dict[str, Any]:
    """Return Django's description of the database: PostgreSQL by ``url``, or SQLite in ``sqlite_file``."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": sqlite_file,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": SQLITE_BUSY_S,
                "init_command": SQLITE_PRAGMAS,
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(
            f"DATABASE_URL starts with {parts.scheme!r}, expected postgresql://user:password@host:port/name"
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed in; without a host they are only printed."""

    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    ssl: bool = False
    starttls: bool = False

    @property
    def backend(self) -> str:
        """Django's name of the way that mails take."""
        return f"django.core.mail.backends.{'smtp' if self.host else 'console'}.EmailBackend"


MAIL_PORTS = {"smtp": 25, "smtps": 465, "smtp+tls": 587}


def mail_from_url(url: str) -> MailServer:
    """Return the mail server that ``url`` names: ``smtp+tls://user:password@host:port``, or ``smtps``, or ``smtp``."""
    if not url:
        return MailServer()
    parts = urlsplit(url)
    if parts.scheme not in MAIL_PORTS or not parts.hostname:
        raise ValueError(f"GLOCAL_MAIL starts with {parts.scheme!r}, expected smtp+tls://user:password@host:port")
    return MailServer(
        host=parts.hostname,
        port=parts.port or MAIL_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        ssl=parts.scheme == "smtps",
        starttls=parts.scheme == "smtp+tls",
    )
