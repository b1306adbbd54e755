from dataclasses import replace
from threading import Thread

import numpy as np
import pytest

from glocal.commons import search_words
from glocal.commons.erase import retract
from glocal.commons.files import DirectoryReader
from glocal.commons.knowledge import known_records
from glocal.commons.minilm import WIDTH
from glocal.commons.peer import Following, PeerCopy
from glocal.commons.record_names import content_id
from glocal.commons.records import answer_record, problem_record
from glocal.commons.search import SearchIndex, expand
from glocal.commons.sources import Source
from glocal.commons.sync import sync
from tests.commons.shops import MONTH, new_log

TROUBLES = [
    ("warping", "Corners lift on PETG", "The corners come off the bed when the window is open.", {"material": "PETG"}),
    ("stringing", "Fine hairs between the towers", "Threads as thin as hair cross every gap.", {"material": "TPU"}),
    ("clog", "Nothing comes out", "After a change of spool the nozzle stays dry.", {"machine": "Ender-3"}),
    ("layer_shift", "Everything above one layer is moved", "As if the belt had jumped by some teeth.", {}),
]


def trouble(number):
    symptom, title, text, context = TROUBLES[number]
    return problem_record(id=content_id({"n": number}), symptom=symptom, title=title, text=text, context=context)


@pytest.fixture
def asked(log, tmp_path):
    """Two shops: ours with two problems, a followed one with the other two and an answer."""
    other = new_log(tmp_path / "other", "neighbour.example")
    log.append_many([trouble(0), trouble(1)], month=MONTH)
    answer = answer_record(
        id=content_id({"answer": 1}), problem=trouble(0)["id"], text="Close the window and use a brim of 5 mm."
    )
    other.append_many([trouble(2), trouble(3), answer], month=MONTH)
    copy = PeerCopy.create(tmp_path / "peers", Following(other.root_vkey))
    sync(copy, [Source("other", DirectoryReader(other.public))])
    return log, other, copy


def test_the_union_is_the_same_whoever_makes_it(asked, tmp_path):
    log, other, copy = asked
    ours = list(known_records(log, [copy]))
    back = PeerCopy.create(tmp_path / "back", Following(log.root_vkey))
    sync(back, [Source("shop", DirectoryReader(log.public))])
    assert list(known_records(other, [back])) == ours
    assert len(ours) == 5


def test_what_its_author_replaced_or_took_back_does_not_stand(asked):
    log, _, copy = asked
    better = {**trouble(1), "id": content_id({"better": 1}), "supersedes": trouble(1)["id"]}
    foreign = {**trouble(2), "id": content_id({"foreign": 1}), "supersedes": trouble(3)["id"]}
    log.append_many([better, foreign], month=MONTH)
    retract(log, trouble(0)["id"], month=MONTH)
    standing = {known.record["id"] for known in known_records(log, [copy])}
    assert trouble(0)["id"] not in standing
    assert trouble(1)["id"] not in standing
    assert {better["id"], foreign["id"], trouble(3)["id"]} <= standing  # nobody replaces what another has said


def titles(index, question):
    return [hit.record.get("title", hit.record.get("text")) for hit in index.search(question)]


def test_other_words_for_the_same_symptom_find_it(asked, tmp_path):
    log, _, copy = asked
    index = SearchIndex(tmp_path / "search.sqlite")
    assert index.refill(known_records(log, [copy])) == 5
    assert titles(index, "my print is curling up")[:1] != titles(index, "nozzle blocked")[:1]
    assert titles(index, "print curls")[0] == "Corners lift on PETG"
    assert titles(index, "die Ecken")[0] == "Corners lift on PETG"
    assert titles(index, "nozzle jammed")[0] == "Nothing comes out"
    found = index.search("brim window")[0]  # an answer is found with the problem that it solves
    assert found.record["title"] == "Corners lift on PETG"
    assert [answer["text"] for answer in found.answers] == ["Close the window and use a brim of 5 mm."]
    assert titles(index, "quantum") == []


def test_what_was_erased_is_not_found_and_leaves_no_trace(asked, tmp_path):
    log, _, copy = asked
    index = SearchIndex(tmp_path / "search.sqlite")
    index.refill(known_records(log, [copy]))
    retract(log, trouble(1)["id"], month=MONTH)
    index.refill(known_records(log, [copy]))
    assert titles(index, "hairs between towers") == []
    assert b"Threads as thin" not in index.path.read_bytes()


@pytest.mark.parametrize(
    "question", ["", " ", '"', "a AND (", "title:x*", "NEAR(", "'; DROP TABLE records; --", "-", "x" * 10_000]
)
def test_a_question_is_words_and_nothing_else(asked, tmp_path, question):
    log, _, copy = asked
    index = SearchIndex(tmp_path / "search.sqlite")
    assert index.search(question) == []
    index.refill(known_records(log, [copy]))
    index.search(question)
    assert len(titles(index, "corners")) == 1


def test_a_symptom_stands_for_its_words():
    assert {"warp", "corners", "lift"} <= expand("It warped!")
    assert expand("blue") == {"blue"}


def test_common_words_are_left_out_when_many_records_hold_them(log, tmp_path, monkeypatch):
    monkeypatch.setattr(search_words, "COMMON_FROM", 2)
    monkeypatch.setattr(search_words, "MOST_SCORED", 3)
    texts = ["the nozzle drips", "the bed is cold", "the towers lean", "the belts slip"]
    records = [
        problem_record(id=content_id({"n": number}), symptom="other", text=text, context={})
        for number, text in enumerate(texts)
    ]
    log.append_many(records, month=MONTH)
    index = SearchIndex(tmp_path / "search.sqlite")
    index.refill(known_records(log, []))
    assert titles(index, "the tower") == ["the towers lean"]
    assert len(titles(index, "the")) == len(texts)  # the rarest word is looked up, however common


class Reader:
    """Stands in for the model: breaks off when told to, and looks into the index meanwhile."""

    def __init__(self, index, breaks):
        self.index, self.breaks, self.seen = index, breaks, []

    def encode(self, sentences):
        self.seen.append([hit.record["id"] for hit in SearchIndex(self.index).search("corners")])
        if self.breaks:
            raise KeyboardInterrupt
        return np.full((len(sentences), 384), 384**-0.5, dtype=np.float32)


def test_a_fill_that_breaks_off_leaves_what_was_there_and_the_next_one_is_whole(asked, tmp_path):
    log, _, copy = asked
    path, known = tmp_path / "index.sqlite", list(known_records(log, [copy]))
    index = SearchIndex(path, Reader(path, breaks=True))
    with pytest.raises(KeyboardInterrupt):
        index.refill(known)
    assert index.search("") == []
    index.encoder = Reader(path, breaks=False)
    index.refill(known)
    assert index.encoder.seen[0] == []
    (before,) = (hit.record["id"] for hit in SearchIndex(path).search("corners", limit=1))
    index.encoder = Reader(path, breaks=True)
    with pytest.raises(KeyboardInterrupt):
        index.refill([*known, replace(known[0], record={**trouble(0), "title": "new", "id": content_id({"new": 1})})])
    assert index.encoder.seen[0][0] == before
    assert [hit.record["id"] for hit in SearchIndex(path).search("corners", limit=1)] == [before]


class Meddled:
    """Takes all for the same; while it reads a question, somebody else does something for a tenth of a second."""

    meanwhile = None

    def encode(self, sentences):
        if self.meanwhile is not None:
            self.meanwhile.start()
            self.meanwhile.join(0.1)
        return np.full((len(sentences), WIDTH), WIDTH**-0.5, dtype=np.float32)

    def foreign(self, sentence):
        return 0.0


def test_an_index_that_is_filled_anew_during_a_search_answers_as_it_was(asked, tmp_path):
    log, _, copy = asked
    path, known, encoder = tmp_path / "index.sqlite", list(known_records(log, [copy])), Meddled()
    index = SearchIndex(path, encoder)
    index.refill(known)
    before = index.search("hairs")
    assert len(before) == len(TROUBLES)
    encoder.meanwhile = Thread(target=SearchIndex(path).refill, args=(known[:1],))
    assert index.search("hairs") == before
    encoder.meanwhile.join()
    encoder.meanwhile = None
    assert len(index.search("hairs")) == 1
