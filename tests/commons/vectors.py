"""Make the protocol's test vectors: ``python -m tests.commons.vectors`` writes ``docs/protocol-vectors.json``."""

import json
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from glocal.commons import bundles, merkle, tiles
from glocal.commons.erase import retract
from glocal.commons.evidence import contradiction
from glocal.commons.files import DirectoryReader
from glocal.commons.keys import Keys
from glocal.commons.log import Log
from glocal.commons.verify import consistency_proof, inclusion_proof
from tests.commons.shops import MONTH, deterministic_bytes, problems

PATH = Path(__file__).parents[2] / "docs" / "protocol-vectors.json"
ROOT_SEED, OPERATING_SEED = bytes(range(32)), bytes(range(32, 64))
SIZE = 20


def make():
    """Return the vectors of a log of 20 entries of which number 3 is erased."""
    with tempfile.TemporaryDirectory() as directory:
        return _of(_log(Path(directory) / "shop"), _log(Path(directory) / "twin", other=True))


def _log(directory, *, other=False):
    seeds = {
        name: Ed25519PrivateKey.from_private_bytes(seed) for name, seed in (("r", ROOT_SEED), ("o", OPERATING_SEED))
    }
    keys = Keys(directory / "keys", {1: seeds["o"]}, bytes(32), seeds["r"])
    log = Log.create(directory, "shop.example/commons", keys, random_bytes=deterministic_bytes("vectors"))
    start = 100 if other else 0
    log.append_many(problems(5000)[start : start + SIZE - 1 - other], month=MONTH)
    if not other:
        retract(log, problems(5000)[3]["id"], month=MONTH, reason="mistake")
    return log


def _of(log, twin):
    entries = list(log.entries())
    leaves = [merkle.leaf_hash(entry.commitment) for entry in entries]
    directory = log.public / "1"
    packed = (directory / bundles.bundle_path(1, 0)).read_bytes()
    proof = contradiction(log.vkey, twin.checkpoint(), log.checkpoint(), DirectoryReader(directory))
    return {
        "keys": {
            "root_seed": ROOT_SEED.hex(),
            "operating_seed": OPERATING_SEED.hex(),
            "root_vkey": log.root_vkey,
            "vkey": log.vkey,
        },
        "identity": (log.public / "identity").read_text(),
        "checkpoint": (log.public / "checkpoint").read_text(),
        "entries": [
            {
                "salt": entry.salt.hex() if entry.salt else None,
                "record": entry.content.decode() if entry.content else None,
                "commitment": entry.commitment.hex(),
                "leaf_hash": leaf.hex(),
            }
            for entry, leaf in zip(entries, leaves, strict=True)
        ],
        "roots": [merkle.root_of(leaves[:size]).hex() for size in range(SIZE + 1)],
        "inclusion": [_inclusion(directory, index) for index in (0, 3, 15, 16, 19)],
        "consistency": [_consistency(directory, first) for first in (1, 6, 8, 16, 19)],
        "paths": {str(number): tiles.index_path(number) for number in (0, 7, 999, 1000, 1234067)},
        "plans": [
            {"start": start, "size": size, "bundles": [list(bundle) for bundle in bundles.plan(start, size)]}
            for start, size in ((0, 0), (0, 20), (19, 20), (0, 100_000), (99_999, 100_000), (5, 5000), (4095, 4096))
        ],
        "bundle": {
            "level": 1,
            "index": 0,
            "packed": packed.hex(),
            "unpacked": bundles._unpack(packed, 10**6).hex(),
        },
        "contradiction": json.loads(proof.to_json()),
    }


def _inclusion(directory, index):
    return {"index": index, "size": SIZE, "path": [step.hex() for step in inclusion_proof(directory, index, SIZE).path]}


def _consistency(directory, first):
    path = consistency_proof(directory, first, SIZE).path
    return {"first": first, "second": SIZE, "path": [step.hex() for step in path]}


if __name__ == "__main__":
    PATH.write_text(json.dumps(make(), indent=1, ensure_ascii=False) + "\n")
