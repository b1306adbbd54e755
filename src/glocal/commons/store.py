"""The files of one epoch on disk, all written before the checkpoint that names them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from glocal.commons import bundles, tiles
from glocal.commons.errors import PartMissing
from glocal.commons.files import TEMPORARY_SUFFIX, DirectoryReader, sync_directory, write_file
from glocal.commons.merkle import leaf_hash, root_of
from glocal.commons.model import HASH_BYTES, Entry, Reader


class EpochStore:
    """Read and grow the tree of one epoch in a directory.

    Parameters
    ----------
    directory : Path
        The epoch's directory.
    durable : bool
        Whether every file is forced to the disk before the next step; a mirror, which can fetch again, need not.
    """

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self.directory = directory
        self.reader = DirectoryReader(directory)
        self.durable = durable
        self._touched: set[Path] = set()

    def grow(self, size: int, entries: Sequence[Entry]) -> bytes:
        """Write every file of the tree with ``entries`` added after the first ``size``; return its root.

        Nothing that a checkpoint of ``size`` needs is changed, so a crash at any moment leaves that tree whole.
        """
        new_size = size + len(entries)
        reach = _reach(size, new_size)
        known = [*self.entries(reach, size, size), *entries]
        return self.adopt(
            size,
            [entry.commitment for entry in entries],
            lambda bundle: bundles.encode_bundle(
                known[bundles.span(bundle)[0] - reach : bundles.span(bundle)[1] - reach]
            ),
        )

    def adopt(self, size: int, commitments: list[bytes], packed: Callable[[bundles.Bundle], bytes]) -> bytes:
        """Write every file of the tree with more entries, whose content bundles ``packed`` gives; return its root."""
        new_size = size + len(commitments)
        self._grow_entry_bundles(size, commitments)
        self._grow_hash_tiles(size, [leaf_hash(commitment) for commitment in commitments])
        for level in range(bundles.TOP_LEVEL + 1):
            shift = bundles.FANOUT_BITS * level
            for index in range(size >> shift, new_size >> shift):
                if bundles.is_kept((level, index), new_size):
                    self._write(bundles.bundle_path(level, index), packed((level, index)))
        if self.durable:
            for directory in self._touched:
                sync_directory(directory)
        self._touched.clear()
        return tiles.HashTiles(self.reader, new_size).root()

    def prune(self, old_size: int, size: int) -> None:
        """Remove what a log of ``old_size`` had to serve and one of ``size`` need not."""
        for level in range(bundles.TOP_LEVEL):
            old, new = old_size >> bundles.FANOUT_BITS * level, size >> bundles.FANOUT_BITS * level
            for index in range(max(0, old - bundles.KEPT), min(old, new - bundles.KEPT)):
                (self.directory / bundles.bundle_path(level, index)).unlink(missing_ok=True)
        level = 0
        while old_size >> 8 * level != size >> 8 * level:
            index = old_size >> 8 * (level + 1)
            if index != size >> 8 * (level + 1):
                self._remove_partials(level, index)
                if level == 0:
                    self._remove_partials("entries", index)
            level += 1

    def entries(self, start: int, stop: int, size: int) -> Iterator[Entry]:
        """Yield the entries from ``start`` to ``stop`` of a log of ``size``."""
        for bundle in bundles.plan(start, size):
            first, last = bundles.span(bundle)
            if first >= stop:
                return
            yield from read_bundle(self.reader, bundle)[max(0, start - first) : stop - first]
            start = last

    def erase(self, index: int, size: int) -> None:
        """Erase the content of one entry of a log of ``size``, if there is such an entry and it still has content."""
        entry = next(self.entries(index, index + 1, size), None) if index < size else None
        if entry is not None and not entry.erased:
            self.rewrite(index, Entry(entry.commitment))

    def rewrite(self, index: int, entry: Entry) -> None:
        """Replace one entry's content in every bundle file that holds it, unfinished ones included."""
        for level in range(bundles.TOP_LEVEL + 1):
            bundle = (level, index >> bundles.FANOUT_BITS * level)
            if self.reader.read(bundles.bundle_path(*bundle), bundles.MAX_PACKED_BYTES) is not None:
                held = read_bundle(self.reader, bundle)
                held[index - bundles.span(bundle)[0]] = entry
                self._write(bundles.bundle_path(*bundle), bundles.encode_bundle(held), sync_names=True)
        for leftover in self.directory.rglob(f"*{TEMPORARY_SUFFIX}"):
            leftover.unlink(missing_ok=True)

    def _grow_entry_bundles(self, size: int, commitments: list[bytes]) -> None:
        width = size % tiles.WIDTH
        held = tiles.read_commitments(self.reader, size // tiles.WIDTH, width) if width else []
        row = held + commitments
        for start in range(0, len(row), tiles.WIDTH):
            part = row[start : start + tiles.WIDTH]
            path = tiles.tile_path("entries", (size + start) // tiles.WIDTH, len(part))
            self._write(path, tiles.encode_commitments(part))

    def _grow_hash_tiles(self, size: int, hashes: list[bytes]) -> None:
        level = 0
        while hashes:
            count = size >> 8 * level
            width = count % tiles.WIDTH
            held = tiles.read_tile(self.reader, level, count // tiles.WIDTH, width) if width else b""
            row = held + b"".join(hashes)
            hashes = []
            for start in range(0, len(row), tiles.TILE_BYTES):
                tile = row[start : start + tiles.TILE_BYTES]
                index = count // tiles.WIDTH + start // tiles.TILE_BYTES
                self._write(tiles.tile_path(level, index, len(tile) // HASH_BYTES), tile)
                if len(tile) == tiles.TILE_BYTES:
                    hashes.append(root_of([tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]))
            level += 1

    def _remove_partials(self, level: int | str, index: int) -> None:
        directory = self.directory / (tiles.tile_path(level, index) + ".p")
        if directory.is_dir():
            for partial in directory.iterdir():
                partial.unlink()
            directory.rmdir()

    def _write(self, path: str, data: bytes, *, sync_names: bool = False) -> None:
        target = self.directory / path
        write_file(target, data, durable=self.durable, sync_names=sync_names and self.durable)
        parent = target.parent
        while parent not in self._touched:
            self._touched.add(parent)
            if parent == self.directory:
                break
            parent = parent.parent


def read_bundle(reader: Reader, bundle: bundles.Bundle) -> list[Entry]:
    """Read one content bundle."""
    path = bundles.bundle_path(*bundle)
    packed = reader.read(path, bundles.MAX_PACKED_BYTES)
    if packed is None:
        raise PartMissing("A content bundle of the log is missing.", path=path)
    start, stop = bundles.span(bundle)
    return bundles.decode_bundle(packed, stop - start)


def _reach(size: int, new_size: int) -> int:
    """Return the first entry that a bundle completed between two sizes holds."""
    shifts = [bundles.FANOUT_BITS * level for level in range(bundles.TOP_LEVEL + 1)]
    return min((size >> shift << shift for shift in shifts if size >> shift < new_size >> shift), default=size)
