"""The store of files keeps what it was given, once, and notices damage."""

from __future__ import annotations

from pathlib import Path

import pytest

from glocal.shop.errors import FileDamaged
from glocal.shop.files.store import FileStore
from glocal.values import sha256_hex


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    assert store.put(b"peg") == store.put(b"peg") == sha256_hex(b"peg")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [sha256_hex(b"peg")]
    assert store.read(sha256_hex(b"peg")) == b"peg"


def test_damage_is_noticed(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    name = store.put(b"peg")
    store.path(name).write_bytes(b"pig")
    with pytest.raises(FileDamaged, match="changed"):
        store.read(name)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileDamaged, match="missing"):
        FileStore(tmp_path).read("0" * 64)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 63, "G" * 64])
def test_only_hashes_are_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileDamaged):
        FileStore(tmp_path).path(name)
