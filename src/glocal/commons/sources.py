"""The places from which one log is read, and what was noticed about each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from glocal.commons import bundles
from glocal.commons.errors import AddressRefused, NotVerified, PartMissing, PeerUnreachable
from glocal.commons.model import Entry, Reader


@dataclass(frozen=True, slots=True)
class Source:
    """One place from where a log can be read, with a name for reports."""

    name: str
    reader: Reader


@dataclass(frozen=True, slots=True)
class SyncEvent:
    """Something that a sync noticed.

    Parameters
    ----------
    code : str
        fork, root_fork: the shop itself signed a contradiction. wrong_key, damaged, stale, withheld, unreachable,
        unverifiable: a source is not as it should be; another may be. quota: the log is larger than allowed.
        healed: what was missing was found elsewhere.
    source : str
        Where.
    message : str
        In words.
    evidence : str or None
        File with the portable proof.
    """

    code: str
    source: str
    message: str
    evidence: str | None = None


@dataclass(slots=True)
class SyncReport:
    """What a sync did.

    Parameters
    ----------
    new_entries : int
        Entries verified and added.
    healed, erased : int
        Holes filled; contents erased because their author asked.
    holes : int
        Entries that no source would give and that were not retracted.
    size : int
        Entries verified in all epochs.
    events : list of SyncEvent
    """

    new_entries: int = 0
    healed: int = 0
    erased: int = 0
    holes: int = 0
    size: int = 0
    epoch: int = 0
    events: list[SyncEvent] = field(default_factory=list)

    @property
    def accusations(self) -> list[SyncEvent]:
        """The events that are held against the shop and not against a source."""
        return [event for event in self.events if event.code in {"fork", "root_fork"}]


class Sources:
    """Read one shop's files from several places; one that does not answer is asked no more in this sync.

    Parameters
    ----------
    sources : list of Source
        In the order in which they are asked.
    report : SyncReport
        Gets the events.
    max_bytes : int
        How much may be fetched in all.
    """

    def __init__(self, sources: list[Source], report: SyncReport, max_bytes: int) -> None:
        self.alive = list(sources)
        self.report = report
        self.max_bytes = max_bytes
        self.fetched_bytes = 0
        self._seen: dict[tuple[str, int, bundles.Bundle], list[Entry]] = {}

    def __iter__(self) -> Iterator[Source]:
        return iter(list(self.alive))

    def first(self, source: Source) -> list[Source]:
        """Return all sources that still answer, ``source`` before the others."""
        return sorted(self.alive, key=lambda other: other != source)

    def note(self, code: str, source: Source | str, message: str, evidence: str | None = None) -> None:
        """Write an event into the report, once per kind and source."""
        name = source if isinstance(source, str) else source.name
        if not any((event.code, event.source) == (code, name) for event in self.report.events):
            self.report.events.append(SyncEvent(code, name, message, evidence))

    def note_error(self, source: Source, error: NotVerified) -> None:
        """Write down what a source's bytes failed at."""
        self.note("withheld" if isinstance(error, PartMissing) else "damaged", source, error.message)

    def read(self, source: Source, path: str, max_bytes: int) -> bytes | None:
        """Return a file from a source, None when it cannot be had."""
        if source not in self.alive:
            return None
        if self.fetched_bytes > self.max_bytes:
            self.note("quota", source, f"One sync may fetch {self.max_bytes} bytes; more was offered.")
            return None
        try:
            data = source.reader.read(path, max_bytes)
        except (PeerUnreachable, AddressRefused, OSError) as error:
            self.note("unreachable", source, str(error))
            self.alive.remove(source)
            return None
        except NotVerified as error:
            self.note_error(source, error)
            return None
        self.fetched_bytes += len(data or b"")
        return data

    def bundle(self, source: Source, epoch: int, bundle: bundles.Bundle) -> tuple[bytes, list[Entry]] | None:
        """Return a bundle from a source, packed and unpacked; None if it has none that can be read."""
        packed = self.read(source, f"{epoch}/{bundles.bundle_path(*bundle)}", bundles.MAX_PACKED_BYTES)
        if packed is None:
            return None
        start, stop = bundles.span(bundle)
        try:
            return packed, bundles.decode_bundle(packed, stop - start)
        except NotVerified as error:
            self.note_error(source, error)
            return None

    def entry(self, source: Source, epoch: int, index: int, size: int) -> Entry | None:
        """Return one entry as a source has it, from the smallest bundle that it must serve."""
        for level in range(bundles.TOP_LEVEL + 1):
            bundle = (level, index >> bundles.FANOUT_BITS * level)
            if bundles.is_kept(bundle, size):
                if (source.name, epoch, bundle) not in self._seen:
                    if len(self._seen) > 8:
                        self._seen.clear()
                    found = self.bundle(source, epoch, bundle)
                    self._seen[source.name, epoch, bundle] = found[1] if found else []
                entries = self._seen[source.name, epoch, bundle]
                if entries:
                    return entries[index - bundles.span(bundle)[0]]
        return None

    def of(self, source: Source, epoch: int) -> Reader:
        """Return a reader of one epoch's files at a source."""
        return _EpochOf(self, source, epoch)


@dataclass(frozen=True, slots=True)
class _EpochOf:
    sources: Sources
    source: Source
    epoch: int

    def read(self, path: str, max_bytes: int) -> bytes | None:
        """Return a file of the epoch."""
        return self.sources.read(self.source, f"{self.epoch}/{path}", max_bytes)
