"""The published test vectors, checked by a second implementation that knows only ``docs/protocol.md``."""

import base64
import hashlib
import json

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tests.commons.vectors import PATH, make

VECTORS = json.loads(PATH.read_text())


def sha(data):
    return hashlib.sha256(data).digest()


def root(leaves):
    """RFC 9162, 2.1.1, on leaf hashes."""
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\x01" + root(leaves[:k]) + root(leaves[k:]))


def signed_text(note, vkey):
    """Open a note with nothing but its description."""
    name, key_id, encoded = vkey.split("+", 2)
    key = base64.b64decode(encoded)
    assert sha(name.encode() + b"\n" + key)[:4].hex() == key_id
    text, signatures = note.rsplit("\n\n", 1)
    (line,) = [line for line in signatures.splitlines() if line.startswith(f"— {name} ")]
    raw = base64.b64decode(line.split(" ")[2])
    assert raw[:4].hex() == key_id
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(raw[4:], (text + "\n").encode())
    return (text + "\n").splitlines()


LEAVES = [bytes.fromhex(entry["leaf_hash"]) for entry in VECTORS["entries"]]


def test_the_vectors_are_what_this_version_makes():
    fresh = make()
    fresh["bundle"]["packed"] = VECTORS["bundle"]["packed"]  # another version of zstandard may pack otherwise
    assert fresh == VECTORS


def test_the_keys_are_those_of_the_seeds():
    keys = VECTORS["keys"]
    for seed, vkey in ((keys["root_seed"], keys["root_vkey"]), (keys["operating_seed"], keys["vkey"])):
        public = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)).public_key().public_bytes_raw()
        assert base64.b64decode(vkey.split("+", 2)[2]) == b"\x01" + public


def test_the_identity_certifies_the_operating_key():
    keys = VECTORS["keys"]
    lines = signed_text(VECTORS["identity"], keys["root_vkey"])
    assert lines == ["glocal identity v1", keys["root_vkey"], f"{keys['vkey']} open"]


def test_the_checkpoint_signs_the_root_of_all_entries():
    lines = signed_text(VECTORS["checkpoint"], VECTORS["keys"]["vkey"])
    assert lines == ["shop.example/commons/1", "20", base64.b64encode(root(LEAVES)).decode()]
    assert [root(LEAVES[:size]).hex() for size in range(21)] == VECTORS["roots"]


def test_every_commitment_fits_its_record_and_the_erased_one_has_a_tombstone():
    for entry in VECTORS["entries"]:
        commitment = bytes.fromhex(entry["commitment"])
        assert sha(b"\x00" + commitment).hex() == entry["leaf_hash"]
        if entry["record"] is not None:
            salted = bytes.fromhex(entry["salt"]) + entry["record"].encode()
            assert sha(b"glocal commitment v1\n" + salted) == commitment
    assert [index for index, entry in enumerate(VECTORS["entries"]) if entry["record"] is None] == [3]
    tombstone = json.loads(VECTORS["entries"][19]["record"])
    assert (tombstone["kind"], tombstone["target"]["epoch"], tombstone["target"]["index"]) == ("retract", 1, 3)


def test_records_are_canonical():
    for entry in VECTORS["entries"]:
        if entry["record"]:
            record = json.loads(entry["record"])
            assert json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False) == entry["record"]


@pytest.mark.parametrize("proof", VECTORS["inclusion"], ids=lambda proof: str(proof["index"]))
def test_inclusion_proofs_are_those_of_the_definition(proof):
    def path(m, leaves):
        if len(leaves) == 1:
            return []
        k = 1 << (len(leaves) - 1).bit_length() - 1
        if m < k:
            return [*path(m, leaves[:k]), root(leaves[k:])]
        return [*path(m - k, leaves[k:]), root(leaves[:k])]

    assert [step.hex() for step in path(proof["index"], LEAVES)] == proof["path"]


@pytest.mark.parametrize("proof", VECTORS["consistency"], ids=lambda proof: str(proof["first"]))
def test_consistency_proofs_are_those_of_the_definition(proof):
    def subproof(m, leaves, whole):
        if m == len(leaves):
            return [] if whole else [root(leaves)]
        k = 1 << (len(leaves) - 1).bit_length() - 1
        if m <= k:
            return [*subproof(m, leaves[:k], whole), root(leaves[k:])]
        return [*subproof(m - k, leaves[k:], False), root(leaves[:k])]

    assert [step.hex() for step in subproof(proof["first"], LEAVES, True)] == proof["path"]


def test_the_bundle_is_laid_out_as_described():
    bundle = VECTORS["bundle"]
    raw = zstandard.ZstdDecompressor().decompress(bytes.fromhex(bundle["packed"]))
    assert raw.hex() == bundle["unpacked"]
    assert raw[:8] == b"glc1" + (16).to_bytes(4, "big")
    entries = VECTORS["entries"][:16]
    kinds = raw[8:24]
    assert list(kinds) == [0 if entry["record"] is None else 1 for entry in entries]
    at = 24
    for entry in entries:
        expected = bytes.fromhex(entry["salt"] or entry["commitment"])
        assert raw[at : at + len(expected)] == expected
        at += len(expected)
    records = [entry["record"].encode() for entry in entries if entry["record"]]
    assert raw[at:] == b"".join(len(record).to_bytes(4, "big") for record in records) + b"".join(records)


@pytest.mark.parametrize("plan", VECTORS["plans"], ids=lambda plan: f"{plan['start']}-{plan['size']}")
def test_a_plan_takes_the_largest_bundle_that_begins_here_else_the_smallest_that_holds_it(plan):
    at, size = plan["start"], plan["size"]
    for level, index in plan["bundles"]:
        served = {
            k for k in range(4) if at >> 4 * k < size >> 4 * k and (k == 3 or at >> 4 * k >= (size >> 4 * k) - 32)
        }
        beginning = [k for k in served if at % 16**k == 0]
        assert level == (max(beginning) if beginning else min(served))
        assert index == at >> 4 * level
        at = (index + 1) * 16**level
    assert at == max(size, plan["start"])


def test_paths_have_groups_of_three_digits():
    assert VECTORS["paths"]["1234067"] == "x001/x234/067"
    assert VECTORS["paths"]["7"] == "007"


def test_the_contradiction_holds():
    proof = VECTORS["contradiction"]
    smaller = signed_text(proof["smaller"], proof["vkey"])
    larger = signed_text(proof["larger"], proof["vkey"])
    assert (smaller[1], larger[1]) == ("18", "20")
    assert base64.b64decode(larger[2]) == root(LEAVES)
    assert bytes.fromhex(proof["prefix_root"]) == root(LEAVES[:18]) != base64.b64decode(smaller[2])
