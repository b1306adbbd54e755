"""What the maker says of a print, after the printer's word and before it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from glocal.commons.cases import cases_of
from glocal.commons.starter import starter_problems
from glocal.shop.commons.actions import share_outcome
from glocal.shop.commons.batches import due_at, share_due
from glocal.shop.commons.know_how import everything_known
from glocal.shop.commons.tried import candidates, say_tried
from glocal.shop.errors import NotNow, OrderInvalid
from glocal.shop.jobs.models import Job
from glocal.shop.outcomes.judge import (
    MACHINE_FAULTS,
    PART_DEFECTS,
    Judgement,
    Measured,
    judge_print,
    photo_of,
    waits_for_judgement,
)
from glocal.shop.workflow import job_steps, learn
from glocal.shop.workflow.conclude import Verdict, conclude
from tests.shop.conftest import TINY_PNG, ShopUnderTest

pytestmark = pytest.mark.django_db


@pytest.fixture
def printed(shop: ShopUnderTest, job: Job) -> Job:
    """Return a job that its printer calls finished."""
    job_steps.mark_printing(job)
    conclude(job, Verdict("ok", "The printer finished it.", print_s=600.0))
    return job


def test_every_defect_has_a_drawing_and_a_name() -> None:
    from glocal.commons.pictures import picture_of
    from glocal.commons.schema import DEFECTS

    drawn = {picture_of(name) for name in (*PART_DEFECTS, *MACHINE_FAULTS)}
    assert len(drawn) == len(PART_DEFECTS) + len(MACHINE_FAULTS) >= 8
    assert {*PART_DEFECTS, *MACHINE_FAULTS} <= set(DEFECTS)


def test_a_finished_print_waits_for_somebodys_eyes_until_they_have_looked(printed: Job) -> None:
    assert waits_for_judgement([printed.machine_id]) == [printed]
    judge_print(printed.id, Judgement("good", measured=Measured(0.2, None, 5.5), note="lovely"), photo=TINY_PNG)
    outcome = printed.outcome
    outcome.refresh_from_db()
    assert (outcome.phase, outcome.said_by, outcome.deviation_mm, outcome.mass_g) == ("ok", "maker", 0.2, 5.5)
    assert outcome.print_s == 600.0  # the printer's own clock stays
    assert (photo_of(printed) or b"").startswith(b"\xff\xd8")
    assert waits_for_judgement([printed.machine_id]) == []


def test_a_print_that_is_not_good_after_all_is_made_again(printed: Job) -> None:
    order = printed.pieces.get().order
    generation = order.generation
    judge_print(printed.id, Judgement("failed", "warping"))
    printed.refresh_from_db()
    order.refresh_from_db()
    outcome = printed.outcome
    assert (printed.state, outcome.phase, outcome.defect) == ("failed", "part_fault", "warping")
    assert (order.state, order.generation) == ("failed_retry", generation + 1)
    with pytest.raises(NotNow):
        judge_print(printed.id, Judgement("good"))


def test_what_its_customer_has_is_not_made_again_by_a_late_word(printed: Job) -> None:
    order = printed.pieces.get().order
    order.state, order.handed_over_at = "done", order.created_at
    order.save()
    judge_print(printed.id, Judgement("failed", "warping"))
    order.refresh_from_db()
    printed.outcome.refresh_from_db()
    assert (order.state, printed.outcome.phase) == ("done", "part_fault")  # it is learnt from all the same


def test_a_job_by_hand_ends_with_what_was_seen(shop: ShopUnderTest) -> None:
    from tests.shop.test_preparation import carry

    carry(shop.order())
    job = Job.objects.get()
    said: list[dict[str, Any]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("glocal.shop.jobs.actions.send", lambda _, message, **__: said.append(message))
        judge_print(job.id, Judgement("failed", "clog", Measured(print_s=60.0)), photo=TINY_PNG)
    job_steps.hear(str(job.id), said[0])
    outcome = Job.objects.get().outcome
    assert (outcome.phase, outcome.defect, outcome.print_s) == ("machine_fault", "clog", 60.0)
    assert outcome.photo_file


@pytest.mark.parametrize(("word", "defect"), [("failed", ""), ("failed", "bad luck"), ("good", "warping")])
def test_a_judgement_names_a_defect_where_there_is_one_and_only_there(word: Any, defect: str) -> None:
    with pytest.raises(OrderInvalid):
        Judgement(word, defect)


@pytest.mark.parametrize("measured", [{"deviation_mm": -1.0}, {"mass_g": 1e9}, {"print_s": float("nan")}])
def test_what_cannot_be_measured_is_refused(measured: dict[str, float]) -> None:
    with pytest.raises(OrderInvalid):
        Measured(**measured)


def test_what_was_shared_is_corrected_once_somebody_has_looked(
    shop: ShopUnderTest, printed: Job, settings: Any
) -> None:
    from glocal.commons.knowledge import known_records
    from glocal.shop.commons.actions import shop_log

    settings.PACE = {"share_within_s": 1}
    first = share_outcome(shop.shop, printed)
    judge_print(printed.id, Judgement("failed", "warping"))
    corrected = learn.share_correction(str(printed.id))
    assert learn.share_correction(str(printed.id)) == corrected, "nothing has changed since"
    assert first is not None
    (known,) = known_records(shop_log(shop.shop), [])
    assert (known.record["id"], known.record["supersedes"]) == (corrected, first.record_id)
    assert (known.record["phase"], known.record["defect"]) == ("part_fault", "warping")
    assert (known.record["evidence"], first.record["evidence"]) == ("maker", "machine")


def test_what_was_taken_back_is_not_said_again(shop: ShopUnderTest, printed: Job) -> None:
    share_outcome(shop.shop, printed)
    printed.shared.update(record={})  # as `take_back` leaves it
    judge_print(printed.id, Judgement("failed", "warping"))
    learn.share_correction(str(printed.id))
    assert printed.shared.count() == 1


def test_what_was_tried_speaks_for_an_answer_once_the_outcome_is_shared(
    shop: ShopUnderTest, printed: Job, settings: Any
) -> None:
    settings.PACE = {"share_within_s": 1}
    answer, problem = a_starter_answer()
    shop.shop.shares_outcomes = True
    shop.shop.save()
    named = next(each.names for each in candidates(printed, problem, "en"))
    assert say_tried(printed.id, [answer]).tried == [named]
    share_outcome(shop.shop, Job.objects.get(id=printed.id))
    assert confirmed(answer) == (1, 0)
    judge_print(printed.id, Judgement("failed", "warping"))
    learn.share_correction(str(printed.id))
    assert confirmed(answer) == (0, 1)
    assert next(each.chosen for each in candidates(Job.objects.get(id=printed.id), "", "en"))
    say_tried(printed.id, [])
    learn.share_correction(str(printed.id))
    assert confirmed(answer) == (0, 0)


def test_only_answers_that_somebody_gave_were_tried(shop: ShopUnderTest, printed: Job) -> None:
    answer, _ = a_starter_answer()
    with pytest.raises(OrderInvalid):
        say_tried(printed.id, [answer, "00000000-0000-8000-8000-000000000000"])
    with pytest.raises(OrderInvalid):
        say_tried(printed.id, [f"00000000-0000-8000-8000-{number:012}" for number in range(17)])
    assert Job.objects.get(id=printed.id).tried == []


def test_a_correction_waits_as_long_as_an_outcome_does(shop: ShopUnderTest, printed: Job) -> None:
    share_outcome(shop.shop, printed)
    judge_print(printed.id, Judgement("failed", "warping"))
    week, job = timedelta(days=7), Job.objects.get(id=printed.id)
    assert learn.share_correction(str(job.id)) == ""
    assert job.said_at is not None
    due = due_at(job, week)
    assert job.said_at < due <= job.said_at + week
    assert (due.hour, due.minute, due.second) == (0, 0, 0)
    assert share_due(shop.shop, due - timedelta(seconds=1), week) == 0
    assert share_due(shop.shop, due, week) == 1
    assert share_due(shop.shop, due + week, week) == 0
    assert job.shared.count() == 2


def a_starter_answer() -> tuple[str, str]:
    """Return the id of an answer that comes with the software, and the words of its problem."""
    problem, answer = starter_problems()[:2]
    return answer.record["id"], problem.record["text"]


def confirmed(answer: str) -> tuple[int, int]:
    """Return how many shops' prints speak for and against an answer."""
    (found,) = (
        each for case in cases_of(everything_known()) for each in case.answers if each.known.record["id"] == answer
    )
    return found.confirmed, found.denied
