"""Leave out what this shop, or one whose judgement it follows, has labelled as spam, wrong or unsafe.

A label is a record in the log of who gives it; nobody is obliged to heed it. A shop heeds its own labels and those of
the feeds that it chose. The label ``block`` with a shop's name and :func:`shop_target` leaves out the whole shop.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from glocal.commons.knowledge import Known
from glocal.commons.peer import PeerCopy
from glocal.commons.record_names import content_id
from glocal.commons.records import DATA_LICENCE
from glocal.commons.schema import VERSION

HIDING = frozenset({"spam", "wrong", "unsafe", "illegal"})
BLOCK = "block"


def shop_target(root_vkey: str) -> str:
    """Return the id that a label names when it means a whole shop."""
    return content_id({"shop": root_vkey})


def judges_of(own: str, copies: Iterable[PeerCopy]) -> set[str]:
    """Return whose labels count: the own shop's, and those of followed shops that were chosen for it."""
    return {own, *(copy.following.root_vkey for copy in copies if copy.following.labels)} - {""}


def block_record(root_vkey: str) -> dict[str, Any]:
    """Return the label that leaves out a whole shop."""
    target = shop_target(root_vkey)
    head = {"v": VERSION, "kind": "label", "id": content_id({"block": target}), "lang": "en", "licence": DATA_LICENCE}
    return {**head, "target": target, "node": root_vkey.partition("+")[0], "label": BLOCK}


def heeded(known: Iterable[Known], judges: Collection[str]) -> Iterator[Known]:
    """Yield what no judge has labelled away.

    Parameters
    ----------
    known : iterable of Known
        What all logs say together.
    judges : collection of str
        Root keys of the own shop and of the feeds that it follows; nobody hides anything of a judge's own.
    """
    everything = list(known)
    hidden: set[tuple[str, str]] = set()  # a record's id alone may be copied by a shop that wants the original hidden
    blocked: set[str] = set()
    for entry in everything:
        if entry.record["kind"] == "label" and entry.root_vkey in judges:
            label, target = entry.record["label"], entry.record["target"]
            if label == BLOCK:
                blocked.add(target)
            elif label in HIDING:
                hidden.add((entry.record["node"], target))
    for entry in everything:
        mine, named = entry.root_vkey in judges, (entry.shop, entry.record["id"])
        if mine or (named not in hidden and shop_target(entry.root_vkey) not in blocked):
            yield entry
