"""Workers have stable names, and the dead are found."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from glocal.shop.models import Worker
from glocal.shop.workers.life import find_dead, leave, register
from glocal.shop.workers.slot import Slot, is_free
from glocal.shop.workflow.pace import Pace

PACE = Pace(beat_s=2, dead_s=20)


def test_a_place_is_taken_once_and_free_again_after(tmp_path: Path) -> None:
    first, second = Slot(tmp_path), Slot(tmp_path)
    assert first.name != second.name
    assert not is_free(tmp_path, first.name)
    name = first.name
    first.release()
    assert is_free(tmp_path, name)
    third = Slot(tmp_path)
    assert third.name == name  # the next worker takes up the work under the same name
    second.release()
    third.release()


def test_a_worker_elsewhere_is_never_known_to_be_gone(tmp_path: Path) -> None:
    assert not is_free(tmp_path, "another-host/0")


@pytest.mark.django_db
def test_the_silent_and_the_gone_are_found(shop_home: Path) -> None:
    now = timezone.now()
    ages = {"elsewhere/0": 30, "elsewhere/1": 5, "stopped/0": 500}
    for name, age in ages.items():
        Worker.objects.create(name=name, host=name, pid=1, beat_at=now - timedelta(seconds=age))
    Worker.objects.filter(name="stopped/0").update(stopped_at=now)
    assert [worker.name for worker in find_dead("me/0", PACE)] == ["elsewhere/0"]


@pytest.mark.django_db
def test_a_worker_that_leaves_is_followed_at_once(shop_home: Path) -> None:
    register("me/0")
    assert find_dead("you/0", PACE) == []
    leave("me/0")
    assert [worker.name for worker in find_dead("you/0", PACE)] == ["me/0"]
