"""Merkle trees of RFC 9162, section 2.1: hashes, roots and proofs, computed and never stored here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from glocal.commons.errors import BadProof
from glocal.commons.model import HASH_BYTES, ConsistencyProof, InclusionProof

EMPTY_ROOT = hashlib.sha256(b"").digest()
BLOCK_HEIGHT = 8
RangeHash = Callable[[int, int], bytes]  # the Merkle root of the leaves from a (inclusive) to b (exclusive)


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf with this data."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split_point(count: int) -> int:
    """Return the largest power of two below ``count`` (2 or more)."""
    return 1 << (count - 1).bit_length() - 1


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes.

    Parameters
    ----------
    leaves : sequence of bytes
        32-byte leaf hashes, in order.
    """
    sha256, row = hashlib.sha256, list(leaves)
    while len(row) > 1:
        last = row[len(row) & ~1 :]  # a node without a neighbour moves up as it is
        pairs = zip(row[::2], row[1::2], strict=False)
        row = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + last
    return row[0] if row else EMPTY_ROOT


class Frontier:
    """The right edge of a growing tree: enough to add leaves and to know the root.

    Holds one hash per set bit of the size, largest subtree first.
    """

    __slots__ = ("peaks", "size")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if len(peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks, not {len(peaks)}")
        self.size = size
        self.peaks = list(peaks)

    def push(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self._add(leaf, 0)

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add leaf hashes in order, whole blocks at a time where they fit."""
        at = 0
        while at < len(leaves):
            height = (
                BLOCK_HEIGHT if self.size % (1 << BLOCK_HEIGHT) == 0 and at + (1 << BLOCK_HEIGHT) <= len(leaves) else 0
            )
            self._add(root_of(leaves[at : at + (1 << height)]), height)
            at += 1 << height

    def _add(self, subtree: bytes, height: int) -> None:
        rest = self.size >> height
        while rest & 1:
            subtree = node_hash(self.peaks.pop(), subtree)
            rest >>= 1
        self.peaks.append(subtree)
        self.size += 1 << height

    def root(self) -> bytes:
        """Return the root of the tree so far."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def copy(self) -> Frontier:
        """Return a frontier that grows on its own."""
        return Frontier(self.size, self.peaks)


def peak_ranges(size: int) -> list[tuple[int, int]]:
    """Return the ranges of the complete subtrees that make up a tree, largest first."""
    ranges, start = [], 0
    for bit in reversed(range(size.bit_length())):
        if size >> bit & 1:
            ranges.append((start, start + (1 << bit)))
            start += 1 << bit
    return ranges


def inclusion_path(index: int, size: int, range_hash: RangeHash) -> InclusionProof:
    """Build the proof that leaf ``index`` is in the tree of ``size`` leaves (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"index is {index}, expected 0 to {size - 1}")
    path, start, stop = [], 0, size
    while stop - start > 1:
        middle = start + split_point(stop - start)
        if index < middle:
            path.append(range_hash(middle, stop))
            stop = middle
        else:
            path.append(range_hash(start, middle))
            start = middle
    return InclusionProof(index, size, tuple(reversed(path)))


def consistency_path(first: int, second: int, range_hash: RangeHash) -> ConsistencyProof:
    """Build the proof that the tree of ``first`` leaves is a prefix of that of ``second`` (RFC 9162, 2.1.4.1)."""
    if not 0 <= first <= second:
        raise ValueError(f"sizes are {first} and {second}, expected the first not to be larger")
    if first in {0, second}:
        return ConsistencyProof(first, second, ())
    path: list[bytes] = []
    start, stop, whole = 0, second, True
    while first != stop:
        middle = start + split_point(stop - start)
        if first <= middle:
            path.append(range_hash(middle, stop))
            stop = middle
        else:
            path.append(range_hash(start, middle))
            start, whole = middle, False
    if not whole:
        path.append(range_hash(start, stop))
    return ConsistencyProof(first, second, tuple(reversed(path)))


def root_from_inclusion(leaf: bytes, proof: InclusionProof) -> bytes:
    """Return the root to which an inclusion proof leads (RFC 9162, 2.1.3.2); refuse a proof of the wrong length."""
    if not 0 <= proof.index < proof.size:
        raise BadProof("The proof is for an entry that lies outside the log.", index=proof.index, size=proof.size)
    node, last, root = proof.index, proof.size - 1, leaf
    for step in proof.path:
        if last == 0 or len(step) != HASH_BYTES:
            raise BadProof("The proof of inclusion is too long.")
        if node & 1 or node == last:
            root = node_hash(step, root)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, step)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise BadProof("The proof of inclusion is too short.")
    return root


def roots_from_consistency(proof: ConsistencyProof, first_root: bytes) -> tuple[bytes, bytes]:
    """Return the two roots to which a consistency proof leads (RFC 9162, 2.1.4.2).

    ``first_root`` is used only where the smaller tree is a whole subtree of the larger, as the RFC prescribes.
    """
    first, second = proof.first_size, proof.second_size
    if not 0 < first < second:
        raise BadProof("The proof of consistency is for trees that need none.", first=first, second=second)
    path = list(proof.path)
    if first.bit_count() == 1:
        path.insert(0, first_root)
    if not path or any(len(step) != HASH_BYTES for step in path):
        raise BadProof("The proof of consistency is too short.")
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    small = large = path[0]
    for step in path[1:]:
        if last == 0:
            raise BadProof("The proof of consistency is too long.")
        if node & 1 or node == last:
            small, large = node_hash(step, small), node_hash(step, large)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            large = node_hash(large, step)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise BadProof("The proof of consistency is too short.")
    return small, large
