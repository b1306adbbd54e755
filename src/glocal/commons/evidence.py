"""Portable proof that a key has signed two histories that exclude each other; anyone with the key can check it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from glocal.commons import merkle, notes
from glocal.commons.errors import BadEncoding, BadProof
from glocal.commons.model import HASH_BYTES, Checkpoint, ConsistencyProof, Reader
from glocal.commons.tiles import HashTiles

TITLE = "glocal contradiction v1"
MAX_PATH = 130


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two signed checkpoints of which the smaller is no prefix of the larger.

    Parameters
    ----------
    vkey : str
        The key that signed both.
    smaller, larger : bytes
        The two notes; by tree size.
    prefix_root : bytes
        The root that the larger tree really has at the smaller one's size.
    path : tuple of bytes
        The consistency proof from there to the larger tree's root; empty when both sizes are equal.
    """

    vkey: str
    smaller: bytes
    larger: bytes
    prefix_root: bytes
    path: tuple[bytes, ...]

    def to_json(self) -> str:
        """Return the proof as a file that can be handed on."""
        return json.dumps(
            {
                "title": TITLE,
                "vkey": self.vkey,
                "smaller": self.smaller.decode(),
                "larger": self.larger.decode(),
                "prefix_root": self.prefix_root.hex(),
                "path": [step.hex() for step in self.path],
            },
            ensure_ascii=False,
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str) -> Contradiction:
        """Read a proof that somebody handed on; it is not yet checked."""
        try:
            raw: dict[str, Any] = json.loads(text)
            if raw["title"] != TITLE or len(raw["path"]) > MAX_PATH:
                raise ValueError(raw["title"])
            path = tuple(bytes.fromhex(step) for step in raw["path"])
            notes_ = raw["smaller"].encode(), raw["larger"].encode()
            return cls(str(raw["vkey"]), *notes_, bytes.fromhex(raw["prefix_root"]), path)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BadEncoding("This is not a proof of contradiction.") from error


def contradiction(vkey: str, first: Checkpoint, second: Checkpoint, second_tree: Reader) -> Contradiction | None:
    """Return the proof that two checkpoints exclude each other, or None if they do not.

    Parameters
    ----------
    vkey : str
        The key that signed both.
    first, second : Checkpoint
        ``first.size <= second.size``.
    second_tree : Reader
        Hash tiles that lead to the second checkpoint's root.
    """
    tree = HashTiles(second_tree, second.size)
    prefix_root = tree.root(first.size)
    if prefix_root == first.root or first.size == 0:
        return None
    path = merkle.consistency_path(first.size, second.size, tree.range_hash).path
    proof = Contradiction(vkey, first.note, second.note, prefix_root, tuple(path))
    check_contradiction(proof)
    return proof


def check_contradiction(proof: Contradiction) -> tuple[Checkpoint, Checkpoint]:
    """Return the two checkpoints if the proof holds, else raise; needs nothing but the proof."""
    first, second = notes.open_checkpoint(proof.smaller, proof.vkey), notes.open_checkpoint(proof.larger, proof.vkey)
    if len(proof.prefix_root) != HASH_BYTES or proof.prefix_root == first.root:
        raise BadProof("The two checkpoints do not exclude each other.")
    if first.size == second.size:
        bound = proof.prefix_root == second.root and not proof.path
    elif first.size == 0:
        bound = False
    else:
        steps = ConsistencyProof(first.size, second.size, proof.path)
        bound = merkle.roots_from_consistency(steps, proof.prefix_root) == (proof.prefix_root, second.root)
    if not bound:
        raise BadProof("The proof of contradiction does not lead to the signed root.")
    return first, second
