"""What all logs say together: the own one and every verified copy, without what was replaced or taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from glocal.commons.log import Log
from glocal.commons.peer import PeerCopy


@dataclass(frozen=True, slots=True)
class Known:
    """One record with who said it.

    Parameters
    ----------
    shop : str
        The name of the shop whose log holds it.
    root_vkey : str
        That shop's root key.
    epoch, index : int
        Its place in that log.
    record : mapping
        The record.
    """

    shop: str
    root_vkey: str
    epoch: int
    index: int
    record: Mapping[str, Any]

    @property
    def reference(self) -> str:
        """A short name that is the same at every node: shop, epoch, place."""
        return f"{self.shop}/{self.epoch}#{self.index}"


def known_records(log: Log | None, copies: Iterable[PeerCopy]) -> Iterator[Known]:
    """Yield what stands, shop by shop in the order of their keys, so that every node with the same logs says the same.

    Of two records with one id in one shop's log the first stands. A record that a later one of the same shop
    supersedes does not stand; nobody supersedes what another has said.
    """
    sources = [(copy.following.root_vkey, list(copy.records())) for copy in copies]
    if log is not None:
        own = [
            (epoch, index, record) for epoch in range(1, log.epoch + 1) for index, record in log.records(epoch=epoch)
        ]
        sources.append((log.root_vkey, own))
    for root_vkey, records in sorted(sources, key=lambda source: source[0]):
        yield from _standing(root_vkey, records)


def _standing(root_vkey: str, records: Sequence[tuple[int, int, Mapping[str, Any]]]) -> Iterator[Known]:
    replaced = {record["supersedes"] for _, _, record in records if "supersedes" in record}
    seen: set[str] = set()
    for epoch, index, record in records:
        if record["id"] not in seen:
            seen.add(record["id"])
            if record["id"] not in replaced and record["kind"] != "retract":
                yield Known(root_vkey.partition("+")[0], root_vkey, epoch, index, record)
