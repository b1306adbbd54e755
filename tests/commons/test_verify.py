import shutil

import pytest

from glocal.commons import bundles
from glocal.commons.errors import BadProof, BadSignature, NotVerified, PartMissing, RecordWithheld
from glocal.commons.model import Checkpoint, ConsistencyProof, Entry, InclusionProof
from glocal.commons.store import EpochStore
from glocal.commons.verify import (
    consistency_proof,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
    verify_log,
    verify_shop,
)
from tests.commons.shops import MONTH, new_log, problems


@pytest.fixture
def filled(log):
    log.append_many(problems(5000)[:300], month=MONTH)
    return log


def test_root_key_and_operating_key_both_verify(filled):
    assert verify_log(filled.directory, filled.root_vkey) == verify_log(filled.public, filled.vkey)
    assert [epoch.size for epoch in verify_shop(filled.directory, filled.root_vkey)] == [300]


def test_another_shops_key_does_not(filled, tmp_path):
    other = new_log(tmp_path / "other")
    with pytest.raises(BadSignature):
        verify_log(filled.directory, other.root_vkey)
    with pytest.raises(BadSignature):
        verify_log(filled.directory, other.vkey)


def test_every_file_matters(filled, tmp_path):
    for number, path in enumerate(sorted(path for path in (filled.public / "1").rglob("*") if path.is_file())):
        copy = tmp_path / str(number)
        shutil.copytree(filled.public, copy)
        (copy / path.relative_to(filled.public)).unlink()
        with pytest.raises(PartMissing):
            verify_log(copy, filled.root_vkey)


def test_a_record_left_out_without_retraction_is_found(filled):
    entry = next(filled.entries(7, 8))
    EpochStore(filled.public / "1").rewrite(7, Entry(entry.commitment))
    with pytest.raises(RecordWithheld, match="Entry 7"):
        verify_log(filled.directory, filled.root_vkey)


def test_a_changed_record_is_found(filled):
    entry = next(filled.entries(7, 8))
    forged = entry.content.replace(b"lifts", b"sinks")
    EpochStore(filled.public / "1").rewrite(7, Entry(bundles.commit(entry.salt, forged), entry.salt, forged))
    with pytest.raises(BadProof):
        verify_log(filled.directory, filled.root_vkey)


def test_trailing_bytes_are_refused(filled):
    path = filled.public / "1" / bundles.bundle_path(1, 17)
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(NotVerified):
        verify_log(filled.directory, filled.root_vkey)


def test_proofs_from_the_tiles_hold(filled):
    checkpoint, tiles = filled.checkpoint(), filled.public / "1"
    for index in (0, 1, 254, 255, 256, 299):
        entry = next(filled.entries(index, index + 1))
        proof = inclusion_proof(tiles, index, checkpoint.size)
        verify_inclusion(entry, proof, checkpoint)
        with pytest.raises(BadProof):
            verify_inclusion(entry, InclusionProof((index + 1) % 300, 300, proof.path), checkpoint)
        with pytest.raises(BadProof):
            verify_inclusion(Entry(entry.commitment, entry.salt, entry.content + b" "), proof, checkpoint)


def test_consistency_from_every_earlier_size_holds(filled):
    newest = filled.checkpoint()
    tree = EpochStore(filled.public / "1")
    from glocal.commons.tiles import HashTiles

    for size in (0, 1, 2, 3, 255, 256, 257, 299, 300):
        earlier = Checkpoint(newest.origin, size, HashTiles(tree.reader, 300).root(size))
        proof = consistency_proof(filled.public / "1", size, 300)
        verify_consistency(earlier, newest, proof)
        if 0 < size < 300:
            with pytest.raises(BadProof):
                verify_consistency(Checkpoint(newest.origin, size, bytes(32)), newest, proof)
            with pytest.raises(BadProof):
                verify_consistency(earlier, newest, ConsistencyProof(size, 300, proof.path[:-1]))
