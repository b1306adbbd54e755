"""The Merkle tree against the definitions of RFC 9162, written out a second time and as plainly as they stand there."""

import hashlib
from itertools import pairwise

import pytest

from glocal.commons.errors import BadProof
from glocal.commons.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_path,
    inclusion_path,
    leaf_hash,
    peak_ranges,
    root_from_inclusion,
    root_of,
    roots_from_consistency,
)
from glocal.commons.model import ConsistencyProof, InclusionProof


def sha(data):
    return hashlib.sha256(data).digest()


def mth(data):
    """RFC 9162, 2.1.1, on the data itself."""
    if not data:
        return sha(b"")
    if len(data) == 1:
        return sha(b"\x00" + data[0])
    k = largest_power_below(len(data))
    return sha(b"\x01" + mth(data[:k]) + mth(data[k:]))


def path(m, data):
    """RFC 9162, 2.1.3.1."""
    if len(data) == 1:
        return []
    k = largest_power_below(len(data))
    return [*path(m, data[:k]), mth(data[k:])] if m < k else [*path(m - k, data[k:]), mth(data[:k])]


def subproof(m, data, whole):
    """RFC 9162, 2.1.4.1."""
    if m == len(data):
        return [] if whole else [mth(data)]
    k = largest_power_below(len(data))
    if m <= k:
        return [*subproof(m, data[:k], whole), mth(data[k:])]
    return [*subproof(m - k, data[k:], False), mth(data[:k])]


def largest_power_below(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


LEAVES = [bytes([number]) * (number % 5) for number in range(70)]


def test_known_roots():
    # RFC 6962 test vectors in use since 2013: the empty tree, and one empty leaf
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root_of([leaf_hash(b"")]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 7, 8, 9, 31, 64, 70])
def test_the_root_is_that_of_the_definition(size):
    assert root_of([leaf_hash(leaf) for leaf in LEAVES[:size]]) == mth(LEAVES[:size])


def test_every_inclusion_proof_is_that_of_the_definition_and_leads_to_the_root():
    for size in range(1, 40):
        for index in range(size):
            proof = inclusion_path(index, size, lambda a, b: mth(LEAVES[a:b]))
            assert list(proof.path) == path(index, LEAVES[:size])
            assert root_from_inclusion(leaf_hash(LEAVES[index]), proof) == mth(LEAVES[:size])


def test_every_consistency_proof_is_that_of_the_definition_and_leads_to_both_roots():
    for second in range(2, 36):
        for first in range(1, second):
            proof = consistency_path(first, second, lambda a, b: mth(LEAVES[a:b]))
            assert list(proof.path) == subproof(first, LEAVES[:second], True)
            assert roots_from_consistency(proof, mth(LEAVES[:first])) == (mth(LEAVES[:first]), mth(LEAVES[:second]))


def test_a_proof_of_another_length_is_refused():
    proof = inclusion_path(3, 9, lambda a, b: mth(LEAVES[a:b]))
    leaf = leaf_hash(LEAVES[3])
    for changed in (proof.path[:-1], (*proof.path, proof.path[0]), ()):
        with pytest.raises(BadProof):
            root_from_inclusion(leaf, InclusionProof(3, 9, changed))
    consistent = consistency_path(3, 9, lambda a, b: mth(LEAVES[a:b]))
    for changed in (consistent.path[:-1], (*consistent.path, consistent.path[0]), ()):
        with pytest.raises(BadProof):
            roots_from_consistency(ConsistencyProof(3, 9, changed), mth(LEAVES[:3]))


def test_a_proof_for_a_place_outside_the_tree_is_refused():
    with pytest.raises(BadProof):
        root_from_inclusion(leaf_hash(b""), InclusionProof(9, 9, ()))


def test_the_peaks_of_eleven_leaves_are_eight_two_and_one():
    assert peak_ranges(11) == [(0, 8), (8, 10), (10, 11)]


@pytest.mark.parametrize("cuts", [(0, 1, 3, 70), (0, 70), (0, 256, 512, 700), (0, 255, 256, 511, 1030), (0, 1, 1030)])
def test_a_frontier_grown_in_pieces_has_the_root_of_the_definition(cuts):
    leaves = [leaf_hash(number.to_bytes(2, "big")) for number in range(cuts[-1])]
    frontier = Frontier()
    for start, stop in pairwise(cuts):
        frontier.extend(leaves[start:stop])
        assert frontier.root() == root_of(leaves[:stop]) == mth([number.to_bytes(2, "big") for number in range(stop)])
