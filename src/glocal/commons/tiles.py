"""Hash tiles of C2SP tlog-tiles: where each hash of the tree is stored, and how any hash is computed from them."""

from __future__ import annotations

from collections.abc import Iterator

from glocal.commons.errors import BadEncoding, PartMissing
from glocal.commons.merkle import EMPTY_ROOT, Frontier, node_hash, peak_ranges, root_of, split_point
from glocal.commons.model import HASH_BYTES, Reader

WIDTH = 256
TILE_BYTES = WIDTH * HASH_BYTES
ENTRY_BYTES = 2 + HASH_BYTES
ENTRY_PREFIX = HASH_BYTES.to_bytes(2, "big")
Tile = tuple[int, int, int]  # level, index, width


def index_path(index: int) -> str:
    """Return a number as path elements of three digits: 1234067 is ``x001/x234/067``."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    return "/".join(reversed(groups))


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """Return the path of a tile; ``level`` is a number or ``"entries"``."""
    return f"tile/{level}/{index_path(index)}" + ("" if width == WIDTH else f".p/{width}")


def tiles_of(size: int) -> Iterator[Tile]:
    """Yield every tile (level, index, width) of a tree of ``size`` leaves."""
    level, count = 0, size
    while count:
        for index in range(count // WIDTH):
            yield level, index, WIDTH
        if count % WIDTH:
            yield level, count // WIDTH, count % WIDTH
        level, count = level + 1, count // WIDTH


def new_tiles(old: int, new: int) -> list[Tile]:
    """Return the tiles that a tree of ``new`` leaves has and one of ``old`` leaves has not."""
    tiles: list[Tile] = []
    level = 0
    while new:
        first = old // WIDTH
        if old != new:
            tiles.extend((level, index, WIDTH) for index in range(first, new // WIDTH))
            if new % WIDTH:
                tiles.append((level, new // WIDTH, new % WIDTH))
        level, old, new = level + 1, old // WIDTH, new // WIDTH
    return tiles


class HashTiles:
    """The hashes of one tree, read tile by tile.

    Parameters
    ----------
    reader : Reader
        Where the tiles are.
    size : int
        The size of the tree; decides which tiles are partial.
    """

    def __init__(self, reader: Reader, size: int) -> None:
        self.reader = reader
        self.size = size
        self._cache: dict[tuple[int, int], bytes] = {}

    def tile(self, level: int, index: int) -> bytes:
        """Return the hashes of one tile, concatenated."""
        if (level, index) not in self._cache:
            width = min(WIDTH, (self.size >> 8 * level) - index * WIDTH)
            if len(self._cache) > 64:
                self._cache.clear()
            self._cache[level, index] = read_tile(self.reader, level, index, width)
        return self._cache[level, index]

    def hashes(self, level: int, start: int, stop: int) -> list[bytes]:
        """Return the hashes from ``start`` to ``stop`` of a tile level."""
        found = []
        for position in range(start, stop):
            tile, offset = self.tile(level, position // WIDTH), position % WIDTH * HASH_BYTES
            found.append(tile[offset : offset + HASH_BYTES])
        return found

    def range_hash(self, start: int, stop: int) -> bytes:
        """Return the Merkle root of the leaves from ``start`` to ``stop``, a range that RFC 9162 splits off."""
        count = stop - start
        if count == 0:
            return EMPTY_ROOT
        if count & count - 1:
            middle = start + split_point(count)
            return node_hash(self.range_hash(start, middle), self.range_hash(middle, stop))
        level = (count.bit_length() - 1) // 8
        return root_of(self.hashes(level, start >> 8 * level, stop >> 8 * level))

    def frontier(self, size: int | None = None) -> Frontier:
        """Return the right edge of the tree, or of its prefix of ``size`` leaves."""
        size = self.size if size is None else size
        return Frontier(size, [self.range_hash(*span) for span in peak_ranges(size)])

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the tree, or of its prefix of ``size`` leaves."""
        return self.frontier(size).root()


def read_tile(reader: Reader, level: int, index: int, width: int) -> bytes:
    """Return a tile's first ``width`` hashes, from the partial tile or from the full one that replaced it."""
    data = reader.read(tile_path(level, index, width), TILE_BYTES)
    if data is None and width < WIDTH:
        data = reader.read(tile_path(level, index), TILE_BYTES)
        data = data[: width * HASH_BYTES] if data is not None and len(data) == TILE_BYTES else data
    if data is None:
        raise PartMissing("A hash tile of the log is missing.", path=tile_path(level, index, width))
    if len(data) != width * HASH_BYTES:
        raise BadEncoding("A hash tile has the wrong length.", path=tile_path(level, index, width))
    return data


def encode_commitments(commitments: list[bytes]) -> bytes:
    """Return an entry bundle: each commitment after its length in two bytes."""
    return b"".join(ENTRY_PREFIX + commitment for commitment in commitments)


def read_commitments(reader: Reader, index: int, width: int) -> list[bytes]:
    """Return the commitments of one entry bundle."""
    path = tile_path("entries", index, width)
    data = reader.read(path, WIDTH * ENTRY_BYTES)
    if data is None and width < WIDTH:
        data = reader.read(tile_path("entries", index), WIDTH * ENTRY_BYTES)
        data = data[: width * ENTRY_BYTES] if data is not None and len(data) == WIDTH * ENTRY_BYTES else data
    if data is None:
        raise PartMissing("An entry bundle of the log is missing.", path=path)
    entries = [data[start : start + ENTRY_BYTES] for start in range(0, len(data), ENTRY_BYTES)]
    if len(data) != width * ENTRY_BYTES or any(entry[:2] != ENTRY_PREFIX for entry in entries):
        raise BadEncoding("An entry bundle cannot be read.", path=path)
    return [entry[2:] for entry in entries]
