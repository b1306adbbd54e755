"""A directory of files named by what is in them: put bytes, get a SHA-256; the same bytes are kept once."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from glocal.shop.errors import FileDamaged
from glocal.values import sha256_hex

CHUNK_BYTES = 256 * 1024
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class FileStore:
    """Content-addressed files below one directory.

    Parameters
    ----------
    directory : Path
        Made when the first file is put.
    """

    directory: Path

    def path(self, content_hash: str) -> Path:
        """Return where the content with this hash lies or would lie."""
        if not _HASH.fullmatch(content_hash):
            raise FileDamaged(f"{content_hash!r} is not the name of a stored file")
        return self.directory / content_hash[:2] / content_hash

    def put(self, content: bytes) -> str:
        """Store bytes and return their SHA-256. A crash leaves the whole file or none."""
        content_hash = sha256_hex(content)
        path = self.path(content_hash)
        if path.exists():
            return content_hash
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(fresh).replace(path)
        except BaseException:
            Path(fresh).unlink(missing_ok=True)
            raise
        return content_hash

    def put_file(self, source: Path) -> str:
        """Store a copy of a file and return its SHA-256."""
        return self.put(source.read_bytes())

    def stream(self, content_hash: str) -> Iterator[bytes]:
        """Yield the content in chunks, or raise :class:`FileDamaged` where it is missing or not what it should be."""
        path = self.path(content_hash)
        digest = hashlib.sha256()
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    digest.update(chunk)
                    yield chunk
        except FileNotFoundError:
            raise FileDamaged(
                "A stored file is missing.", help="Restore the files from a backup.", hash=content_hash
            ) from None
        if digest.hexdigest() != content_hash:
            raise FileDamaged(
                "A stored file was changed on the disk.", help="Restore the files from a backup.", hash=content_hash
            )

    def forget(self, content_hash: str) -> None:
        """Delete the content with this hash; nothing happens when there is none."""
        self.path(content_hash).unlink(missing_ok=True)

    def read(self, content_hash: str) -> bytes:
        """Return the whole content."""
        return b"".join(self.stream(content_hash))


def shop_files() -> FileStore:
    """Return the store of this shop."""
    from django.conf import settings

    return FileStore(Path(settings.GLOCAL_HOME) / "files")
