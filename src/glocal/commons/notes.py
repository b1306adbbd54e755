"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint) with Ed25519 keys."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from glocal.commons.errors import BadEncoding, BadSignature, NameRefused
from glocal.commons.model import HASH_BYTES, Checkpoint, EpochRef, Identity

ED25519 = b"\x01"
MAX_NOTE_BYTES = 16_384
MAX_SIGNATURES = 16
IDENTITY_TITLE = "glocal identity v1"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._/:-]{0,98}[a-z0-9])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name it signs under."""

    name: str
    key_id: bytes
    public: bytes

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"


def check_name(name: str) -> str:
    """Return ``name`` if a log may be called so."""
    if not _NAME.fullmatch(name) or "//" in name or ".." in name:
        raise NameRefused(
            "A log cannot be called “{name}”.",
            help="Use small letters, digits, dots, hyphens and slashes, for example 'shop.example/commons'.",
            name=name,
        )
    return name


def verifier_key(name: str, public: bytes) -> VerifierKey:
    """Return the verifier key of a 32-byte Ed25519 public key under a name."""
    key_id = hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]
    return VerifierKey(name, key_id, public)


def parse_vkey(text: str) -> VerifierKey:
    """Read ``name+keyid+base64``; the key id must be the recommended hash."""
    name, _, rest = text.partition("+")
    key_hex, _, encoded = rest.partition("+")
    try:
        raw = _base64(encoded)
    except BadEncoding:
        raw = b""
    if not name or len(raw) != 1 + HASH_BYTES or raw[:1] != ED25519:
        raise BadEncoding("This is not a verifier key of the form name+id+key.", help="Copy the whole key.")
    key = verifier_key(name, raw[1:])
    if key.key_id.hex() != key_hex:
        raise BadEncoding("The verifier key does not fit its own id.", help="Copy the whole key again.")
    return key


def sign_note(text: str, signers: Sequence[tuple[VerifierKey, Callable[[bytes], bytes]]]) -> bytes:
    """Return the note with one signature line per signer, each a key and its signing function."""
    body = text.encode()
    lines = [f"— {key.name} {base64.b64encode(key.key_id + sign(body)).decode()}\n".encode() for key, sign in signers]
    return body + b"\n" + b"".join(lines)


def open_note(note: bytes, key: VerifierKey) -> str:
    """Return the note's text once ``key``'s signature on it is verified.

    Signatures by other keys are ignored; a wrong one under this key rejects the whole note.
    """
    if len(note) > MAX_NOTE_BYTES:
        raise BadEncoding("A signed note is too long.", bytes=len(note))
    try:
        text = note.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise BadEncoding("A signed note is not UTF-8.") from error
    body, separator, signatures = text.rpartition("\n\n")
    if not separator or not signatures.endswith("\n") or _CONTROL.search(text):
        raise BadEncoding("A signed note is not in the form of text, blank line, signatures.")
    body += "\n"
    lines = signatures[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise BadEncoding("A signed note has too many signatures.")
    verified = False
    for line in lines:
        name, raw = _signature_line(line)
        if name == key.name and raw[:4] == key.key_id:
            _check_signature(key.public, raw[4:], body.encode())
            verified = True
    if not verified:
        raise BadSignature(
            "The note is not signed by {name}.", help="Check the key that you follow.", name=key.name, key=str(key)
        )
    return body


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """Return the body of a checkpoint."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def open_checkpoint(note: bytes, vkey: str) -> Checkpoint:
    """Verify and read a checkpoint; its origin must be the key's name, and extension lines are refused."""
    key = parse_vkey(vkey)
    lines = open_note(note, key).split("\n")
    if len(lines) != 4 or not _DECIMAL.fullmatch(lines[1]):
        raise BadEncoding("A checkpoint is not origin, size and root.")
    root = _base64(lines[2])
    if lines[0] != key.name or len(root) != HASH_BYTES:
        raise BadEncoding("A checkpoint is of another log.", origin=lines[0], expected=key.name)
    return Checkpoint(lines[0], int(lines[1]), root, note)


def identity_text(root_vkey: str, epochs: Sequence[EpochRef]) -> str:
    """Return the body of an identity note."""
    lines = [IDENTITY_TITLE, root_vkey]
    for epoch in epochs:
        end = (
            "open" if epoch.final_root is None else f"{epoch.final_size} {base64.b64encode(epoch.final_root).decode()}"
        )
        lines.append(f"{epoch.vkey} {end}")
    return "\n".join(lines) + "\n"


def open_identity(note: bytes, root_vkey: str) -> Identity:
    """Verify and read an identity note."""
    key = parse_vkey(root_vkey)
    lines = open_note(note, key).split("\n")
    if len(lines) < 4 or lines[0] != IDENTITY_TITLE or lines[1] != root_vkey or lines[-1]:
        raise BadEncoding("An identity note is not of the form that this version knows.")
    epochs = tuple(_epoch_line(line, f"{key.name}/{number}") for number, line in enumerate(lines[2:-1], start=1))
    try:
        return Identity(key.name, root_vkey, epochs, note)
    except ValueError as error:
        raise BadEncoding("An identity note must have one open epoch, the last.") from error


def claimed_root_key(note: bytes) -> str:
    """Return the root key that an identity note says it is signed by, for whoever has nothing better to pin."""
    lines = note[:MAX_NOTE_BYTES].decode("utf-8", "replace").split("\n")
    if len(lines) < 2 or lines[0] != IDENTITY_TITLE:
        raise BadEncoding("This is not an identity note.", help="Give the address of a shop's log.")
    open_identity(note, lines[1])
    return lines[1]


def _epoch_line(line: str, origin: str) -> EpochRef:
    fields = line.split(" ")
    if parse_vkey(fields[0]).name != origin:
        raise BadEncoding("An identity note certifies a key of another log.", origin=origin)
    if fields[1:] == ["open"]:
        return EpochRef(fields[0])
    if len(fields) != 3 or not _DECIMAL.fullmatch(fields[1]) or len(root := _base64(fields[2])) != HASH_BYTES:
        raise BadEncoding("An identity note has a line that cannot be read.")
    return EpochRef(fields[0], int(fields[1]), root)


def _signature_line(line: str) -> tuple[str, bytes]:
    fields = line.split(" ")
    if len(fields) != 3 or fields[0] != "—" or not fields[1] or "+" in fields[1]:
        raise BadEncoding("A signature line cannot be read.")
    raw = _base64(fields[2])
    if len(raw) < 5:
        raise BadEncoding("A signature is too short.")
    return fields[1], raw


def _check_signature(public: bytes, signature: bytes, body: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, body)
    except (InvalidSignature, ValueError) as error:
        raise BadSignature("The signature is wrong: the note was changed, or signed by somebody else.") from error


def _base64(text: str) -> bytes:
    """Decode standard base64 in its one canonical spelling."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadEncoding("A base64 field cannot be read.") from error
    if base64.b64encode(raw).decode() != text:
        raise BadEncoding("A base64 field is not in its canonical spelling.")
    return raw
