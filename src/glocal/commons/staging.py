"""What a sync has fetched and not yet verified: kept on disk, so that an interrupted sync goes on where it stopped."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from glocal.commons import bundles
from glocal.commons.files import DirectoryReader, write_file
from glocal.commons.model import Entry


class Staging:
    """The bundles of one step from one size to another.

    Parameters
    ----------
    directory : Path
        Removed, with what other attempts have left, once a step is taken.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.reader = DirectoryReader(directory)
        self.have: list[bundles.Bundle] = []
        self._decoded: dict[bundles.Bundle, list[Entry]] = {}

    def packed(self, bundle: bundles.Bundle) -> bytes | None:
        """Return a bundle that was fetched before."""
        return self.reader.read(bundles.bundle_path(*bundle), bundles.MAX_PACKED_BYTES)

    def put(self, bundle: bundles.Bundle, packed: bytes) -> None:
        """Keep a fetched bundle."""
        write_file(self.directory / bundles.bundle_path(*bundle), packed, durable=False)

    def add(self, bundle: bundles.Bundle, entries: list[Entry]) -> None:
        """Say that a bundle was decoded and belongs to the step."""
        self.have.append(bundle)
        self._keep(bundle, entries)

    def entries(self, start: int, stop: int) -> list[Entry]:
        """Return staged entries; the range lies within the step."""
        found: list[Entry] = []
        for bundle in self.have:
            first, last = bundles.span(bundle)
            at = start + len(found)
            if first <= at < min(last, stop):
                found.extend(self._decode(bundle)[at - first : min(stop, last) - first])
        return found

    def replace(self, changes: Iterable[tuple[int, Entry]]) -> None:
        """Put other entries in the place of some: erased ones, healed ones."""
        for index, entry in changes:
            for bundle in self.have:
                first, last = bundles.span(bundle)
                if first <= index < last:
                    entries = list(self._decode(bundle))
                    entries[index - first] = entry
                    self.put(bundle, bundles.encode_bundle(entries))
                    self._keep(bundle, entries)

    def _decode(self, bundle: bundles.Bundle) -> list[Entry]:
        if bundle not in self._decoded:
            start, stop = bundles.span(bundle)
            self._keep(bundle, bundles.decode_bundle(self.packed(bundle) or b"", stop - start))
        return self._decoded[bundle]

    def _keep(self, bundle: bundles.Bundle, entries: list[Entry]) -> None:
        if len(self._decoded) >= 2:
            self._decoded.pop(next(iter(self._decoded)))
        self._decoded[bundle] = entries
