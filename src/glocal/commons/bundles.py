"""Content bundles: the records behind the commitments; a first sync is few files, a new record a small one.

A bundle of level k holds 16**k entries. All bundles of the top level are kept, and of each lower level the newest
``KEPT``, so that whoever was here recently fetches single records and whoever comes new fetches 4096 at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import zstandard

from glocal.commons.errors import BadEncoding
from glocal.commons.model import HASH_BYTES, MAX_RECORD_BYTES, SALT_BYTES, Entry
from glocal.commons.tiles import index_path

FANOUT_BITS = 4
TOP_LEVEL = 3
KEPT = 32
MAGIC = b"glc1"
ERASED, RECORD = 0, 1
COMMITMENT_TAG = b"glocal commitment v1\n"
MAX_BUNDLE_BYTES = 64 * 1024 * 1024
MAX_PACKED_BYTES = MAX_BUNDLE_BYTES
MAX_WINDOW_BYTES = 8 * 1024 * 1024
Bundle = tuple[int, int]  # level, index


def commit(salt: bytes, content: bytes) -> bytes:
    """Return the commitment to a record: it says nothing about the record to who has not the salt."""
    return hashlib.sha256(COMMITMENT_TAG + salt + content).digest()


def bundle_path(level: int, index: int) -> str:
    """Return the path of a content bundle."""
    return f"content/{level}/{index_path(index)}"


def span(bundle: Bundle) -> tuple[int, int]:
    """Return the first entry of a bundle and the one after its last."""
    level, index = bundle
    return index << FANOUT_BITS * level, index + 1 << FANOUT_BITS * level


def is_kept(bundle: Bundle, size: int) -> bool:
    """Say whether a log of ``size`` entries must serve this bundle."""
    level, index = bundle
    complete = size >> FANOUT_BITS * level
    return index < complete and (level == TOP_LEVEL or index >= complete - KEPT)


def kept_bundles(size: int) -> Iterator[Bundle]:
    """Yield every bundle that a log of ``size`` entries must serve."""
    for level in range(TOP_LEVEL + 1):
        complete = size >> FANOUT_BITS * level
        for index in range(0 if level == TOP_LEVEL else max(0, complete - KEPT), complete):
            yield level, index


def plan(start: int, size: int) -> list[Bundle]:
    """Return the bundles to fetch, in order, to know the entries from ``start`` to ``size``.

    At each place the largest bundle that begins there; where none is served, the smallest that holds it.
    """
    bundles: list[Bundle] = []
    while start < size:
        choices = [
            (level, start >> FANOUT_BITS * level)
            for level in range(TOP_LEVEL + 1)
            if is_kept((level, start >> FANOUT_BITS * level), size)
        ]
        beginning_here = [choice for choice in choices if span(choice)[0] == start]
        bundles.append(beginning_here[-1] if beginning_here else choices[0])
        start = span(bundles[-1])[1]
    return bundles


def encode_bundle(entries: Sequence[Entry], *, effort: int = 12) -> bytes:
    """Return the compressed form of a bundle; ``effort`` is zstandard's level.

    Magic, number of entries (4 bytes, big-endian), one kind byte each, one salt or commitment each, one length
    (4 bytes) per record, the records. Like things stand together, which compresses well.
    """
    records = [entry.content for entry in entries if entry.content is not None]
    raw = b"".join(
        (
            MAGIC,
            len(entries).to_bytes(4, "big"),
            bytes(ERASED if entry.erased else RECORD for entry in entries),
            *(entry.commitment if entry.salt is None else entry.salt for entry in entries),
            *(len(record).to_bytes(4, "big") for record in records),
            *records,
        )
    )
    return zstandard.ZstdCompressor(level=effort, write_checksum=False).compress(raw)


def decode_bundle(packed: bytes, count: int) -> list[Entry]:
    """Read a bundle of ``count`` entries; anything unexpected, trailing bytes included, refuses it."""
    raw = _unpack(packed, 8 + count * (1 + HASH_BYTES + 4 + MAX_RECORD_BYTES))
    head = 8 + count
    if raw[:4] != MAGIC or int.from_bytes(raw[4:8], "big") != count or len(raw) < head:
        raise BadEncoding("A content bundle does not begin as one.")
    kinds = raw[8:head]
    records = kinds.count(RECORD)
    if records + kinds.count(ERASED) != count:
        raise BadEncoding("A content bundle holds an entry of an unknown kind.")
    lengths_at = head + records * SALT_BYTES + (count - records) * HASH_BYTES
    bodies_at = lengths_at + 4 * records
    lengths = [int.from_bytes(raw[at : at + 4], "big") for at in range(lengths_at, bodies_at, 4)]
    if len(raw) != bodies_at + sum(lengths) or any(length > MAX_RECORD_BYTES for length in lengths):
        raise BadEncoding("A content bundle has missing or extra bytes.")
    return list(_entries(raw, kinds, head, lengths, bodies_at))


def _entries(raw: bytes, kinds: bytes, at: int, lengths: list[int], body: int) -> Iterator[Entry]:
    remaining = iter(lengths)
    for kind in kinds:
        if kind == ERASED:
            yield Entry(raw[at : at + HASH_BYTES])
            at += HASH_BYTES
        else:
            salt, length = raw[at : at + SALT_BYTES], next(remaining)
            content = raw[body : body + length]
            yield Entry(commit(salt, content), salt, content)
            at, body = at + SALT_BYTES, body + length


def _unpack(packed: bytes, cap: int) -> bytes:
    """Decompress one zstandard frame that says its size truthfully and holds at most ``cap`` bytes."""
    try:
        frame = zstandard.get_frame_parameters(packed)
        declared = frame.content_size
        if declared > min(cap, MAX_BUNDLE_BYTES) or frame.dict_id:
            raise BadEncoding("A content bundle would unpack to more than is allowed.")
        unpacker = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW_BYTES)
        raw = unpacker.decompress(packed, max_output_size=declared, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise BadEncoding("A content bundle cannot be unpacked.") from error
    if len(raw) != declared:
        raise BadEncoding("A content bundle unpacks to another size than it says.")
    return raw
