"""Whose turn it is at the slicer."""

from __future__ import annotations

import threading

import pytest

from glocal.api.turns import Overtaken, Turns


def test_of_one_visitor_only_the_newest_question_is_answered() -> None:
    turns = Turns()
    answers: list[str] = []

    def ask(name: str, visit: str) -> None:
        try:
            with turns.turn(visit):
                answers.append(name)
        except Overtaken:
            answers.append(f"{name} was overtaken")

    with turns.turn("somebody else"):
        waiting = []
        for name, visit in (("first", "me"), ("other", ""), ("second", "me"), ("again", "")):
            thread = threading.Thread(target=ask, args=(name, visit))
            thread.start()
            waiting.append(thread)
            while turns._count < len(waiting) + 1:
                pass
    for thread in waiting:
        thread.join()
    assert sorted(answers) == ["again", "first was overtaken", "other", "second"]


def test_a_failure_gives_the_turn_to_the_next() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.turn("me"):
        1 / 0  # noqa: B018
    with turns.turn("me"):
        pass


def test_forgotten_visitors_are_answered_all_the_same() -> None:
    turns = Turns(keep=1)
    for visit in ("a", "b", "a"):
        with turns.turn(visit):
            pass
