"""The two keys of a shop: an operating key for every day, and a root key that certifies it and is kept offline."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from glocal.commons.errors import KeysMissing, KeysUnsafe, LogExists
from glocal.commons.files import write_file
from glocal.commons.notes import VerifierKey, verifier_key

ROOT_FILE, PSEUDONYM_FILE = "root.key", "pseudonym.key"


@dataclass(frozen=True, slots=True)
class Keys:
    """The private keys of one shop.

    Parameters
    ----------
    directory : Path
        Where they are stored, each file readable by its owner alone.
    operating : mapping of int to Ed25519PrivateKey
        Per epoch, the key that signs its checkpoints.
    root : Ed25519PrivateKey or None
        Certifies operating keys; None where it is kept offline, as it should be.
    pseudonym : bytes
        32 secret bytes that turn private identities (job, machine) into public ones that lead nowhere.
    """

    directory: Path
    operating: Mapping[int, Ed25519PrivateKey] = field(repr=False)
    pseudonym: bytes = field(repr=False)
    root: Ed25519PrivateKey | None = field(repr=False, default=None)

    def operating_key(self, name: str, epoch: int) -> VerifierKey:
        """Return the public operating key of one epoch under its log's origin."""
        return verifier_key(f"{name}/{epoch}", _public_bytes(self.need_operating(epoch)))

    def need_operating(self, epoch: int) -> Ed25519PrivateKey:
        """Return the operating key of an epoch or say that it is missing."""
        if epoch not in self.operating:
            raise KeysMissing(
                "The operating key of epoch {epoch} is not in {directory}.",
                help="Restore it from your backup, or begin a new epoch with the root key.",
                epoch=epoch,
                directory=str(self.directory),
            )
        return self.operating[epoch]

    def root_key(self, name: str) -> VerifierKey:
        """Return the public root key under the shop's name."""
        return verifier_key(name, _public_bytes(self.need_root()))

    def need_root(self) -> Ed25519PrivateKey:
        """Return the root key or say how to bring it here."""
        if self.root is None:
            raise KeysMissing(
                "The root key is not here.",
                help="Bring the file {file} from where you keep it offline, and take it away again afterwards.",
                file=ROOT_FILE,
                directory=str(self.directory),
            )
        return self.root

    def alias(self, kind: str, private: str) -> str:
        """Return a public stand-in for a private identity: always the same, and of no use without the secret."""
        return hmac.new(self.pseudonym, f"{kind}\n{private}".encode(), hashlib.sha256).hexdigest()


def create_keys(directory: Path, *, passphrase: bytes | None = None) -> Keys:
    """Make fresh keys in ``directory``; ``passphrase`` encrypts the root key's file."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any((directory / name).exists() for name in (operating_file(1), ROOT_FILE, PSEUDONYM_FILE)):
        raise LogExists("There are keys here already.", help="Choose an empty directory.", directory=str(directory))
    keys = Keys(directory, {1: Ed25519PrivateKey.generate()}, secrets.token_bytes(32), Ed25519PrivateKey.generate())
    write_file(directory / ROOT_FILE, _private_pem(keys.need_root(), passphrase), mode=0o600)
    write_file(directory / PSEUDONYM_FILE, keys.pseudonym, mode=0o600)
    write_file(directory / operating_file(1), _private_pem(keys.operating[1]), mode=0o600)
    return keys


def load_keys(directory: Path, *, root_file: Path | None = None, passphrase: bytes | None = None) -> Keys:
    """Read the keys of a directory; the root key from ``root_file`` when it is kept elsewhere."""
    pseudonym = directory / PSEUDONYM_FILE
    operating = {int(path.stem.partition("-")[2]): path for path in directory.glob("operating-*.key")}
    if not operating or not pseudonym.exists():
        raise KeysMissing(
            "There are no keys in {directory}.",
            help="Run 'glocal commons init', or name the right directory.",
            directory=str(directory),
        )
    root_path = root_file or directory / ROOT_FILE
    root = None
    if root_file is not None or (root_path.exists() and not (_is_encrypted(root_path) and passphrase is None)):
        root = _read_private(root_path, passphrase)
    daily = {epoch: _read_private(path, None) for epoch, path in sorted(operating.items())}
    return Keys(directory, daily, _read_secret(pseudonym), root)


def add_operating_key(keys: Keys, epoch: int) -> Keys:
    """Make and store a fresh operating key for a new epoch; the earlier ones stay until their owner deletes them."""
    fresh = Ed25519PrivateKey.generate()
    write_file(keys.directory / operating_file(epoch), _private_pem(fresh), mode=0o600)
    return replace(keys, operating={**keys.operating, epoch: fresh})


def operating_file(epoch: int) -> str:
    """Return the file name of an epoch's operating key."""
    return f"operating-{epoch}.key"


def _public_bytes(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _private_pem(private: Ed25519PrivateKey, passphrase: bytes | None = None) -> bytes:
    protection: serialization.KeySerializationEncryption = (
        serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    )
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)


def _is_encrypted(path: Path) -> bool:
    return b"ENCRYPTED" in _read_secret(path)


def _read_secret(path: Path) -> bytes:
    if not path.exists():
        raise KeysMissing("The key file {path} is not there.", help="Name the right file.", path=str(path))
    if stat.S_IMODE(path.stat().st_mode) & 0o077 and os.name == "posix":
        raise KeysUnsafe("Others on this computer can read {path}.", help="Run: chmod 600 {path}", path=str(path))
    return path.read_bytes()


def _read_private(path: Path, passphrase: bytes | None) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(_read_secret(path), passphrase)
    except (ValueError, TypeError) as error:
        raise KeysMissing(
            "The key file {path} cannot be read.", help="Give the right passphrase or file.", path=str(path)
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeysMissing(
            "The key file {path} holds another kind of key.", help="glocal signs with Ed25519.", path=str(path)
        )
    return key
