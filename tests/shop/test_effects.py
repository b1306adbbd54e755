"""An effect happens once, with its record, or not at all."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from glocal.shop.effects.once import once
from glocal.shop.models import Effect, Worker

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_second_call_returns_the_first_result() -> None:
    results = iter([1, 2])
    assert once("key", lambda: next(results)) == 1
    assert once("key", lambda: next(results)) == 1


def test_an_effect_that_fails_leaves_nothing_and_can_be_tried_again() -> None:
    def fail() -> None:
        Worker.objects.create(name="w", host="h", pid=1)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        once("key", fail)
    assert not Worker.objects.exists()
    assert not Effect.objects.exists()
    assert once("key", lambda: "done") == "done"


def test_a_broken_rule_of_the_database_is_not_taken_for_a_known_effect() -> None:
    Worker.objects.create(name="w", host="h", pid=1)
    with pytest.raises(IntegrityError):
        once("key", lambda: Worker.objects.create(name="w", host="h", pid=2))
