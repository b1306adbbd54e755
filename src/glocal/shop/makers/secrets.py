"""Secrets of printer connections, encrypted at rest with a key that only this installation has."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from glocal.shop.errors import FileDamaged
from glocal.shop.home import read_or_make_secret

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


def _fernet() -> Fernet:
    from cryptography.fernet import Fernet
    from django.conf import settings

    secret = read_or_make_secret(Path(settings.GLOCAL_HOME) / "printer-key")
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()))


def seal(secret: str) -> str:
    """Return a secret encrypted for the database."""
    return _fernet().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the secret, or say that it was encrypted with another key."""
    from cryptography.fernet import InvalidToken

    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise FileDamaged(
            "The printer's password cannot be read: it was stored with another key.",
            help="Enter the printer's password or API key again.",
        ) from None
