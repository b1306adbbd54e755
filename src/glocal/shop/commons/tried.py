"""Whether the network's answers help: a maker says which they tried on a print, and its outcome speaks for or against.

Nobody votes. What names the answer goes into the outcome's ``refs`` when that is shared, or corrected, in its turn.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from glocal.shop.commons.know_how import everything_known, find_solved
from glocal.shop.errors import OrderInvalid
from glocal.shop.jobs.models import Job
from glocal.shop.outcomes.judge import correct_what_was_shared
from glocal.shop.outcomes.models import JobOutcome, Phase

if TYPE_CHECKING:
    from glocal.commons.knowledge import Known

MOST_TRIED = 16  # references of one record
MOST_FAILURES, MOST_CASES, MOST_ANSWERS = 3, 3, 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer that may have been tried: what names it, what it says in which language, and of what problem."""

    names: str
    text: str
    lang: str
    about: str
    chosen: bool


@transaction.atomic
def say_tried(job_id: uuid.UUID | str, answers: Sequence[str]) -> Job:
    """Note which answers were tried on a print, each by what names it or by its id; none takes back what was said.

    Raises
    ------
    OrderInvalid
        For an answer that nobody known has given, and for more than a record may name.
    """
    job = Job.objects.select_for_update(of=("self",)).get(id=job_id)
    wanted = list(dict.fromkeys(_named(answer, job) for answer in answers))
    if len(wanted) > MOST_TRIED:
        raise OrderInvalid("These are too many answers.", help="Name up to {most}.", most=MOST_TRIED)
    if wanted != job.tried:
        job.tried = wanted
        job.save(update_fields=["tried"])
        correct_what_was_shared(job)
    return job


def _named(answer: str, job: Job) -> str:
    """Return what names an answer, from that itself or from an id that one shop alone has given."""
    if answer in job.tried:
        return answer
    named = {names for names, each in _answers() if answer in {names, each.record["id"]}}
    if len(named) != 1:
        raise OrderInvalid("This answer is not known any more.", help="Ask again, and choose one that is shown.")
    return named.pop()


def _answers() -> Iterator[tuple[str, Known]]:
    from glocal.commons.record_names import reference_to

    for each in everything_known():
        if each.record["kind"] == "answer":
            yield reference_to(each.root_vkey, each.record["id"]), each


def candidates(job: Job, words: str, language: str) -> list[Candidate]:
    """Return the answers that were chosen, then those that fit words; without words, what failed here of late."""
    from glocal.commons.cases import title_in

    chosen = [
        Candidate(names, each.record["text"], each.record["lang"], "", chosen=True)
        for names, each in _answers()
        if names in job.tried
    ]
    hits = [hit for question in ([words] if words else _lately(job)) for hit in find_solved(question, limit=MOST_CASES)]
    others = [
        Candidate(answer["names"], answer["text"], answer["lang"], title_in(hit.record, language), chosen=False)
        for hit in hits
        for answer in hit.answers[:MOST_ANSWERS]
        if answer["names"] not in job.tried
    ]
    return list({each.names: each for each in [*chosen, *others]}.values())


def _lately(job: Job) -> list[str]:
    """Return the defects that this machine had last, this print's first."""
    found = JobOutcome.objects.filter(job__machine_id=job.machine_id, phase=Phase.PART_FAULT).exclude(defect="")
    defects = [outcome.defect for outcome in found.order_by("-id")[:10]]
    return [defect.replace("_", " ") for defect in dict.fromkeys(defects) if defect != "other"][:MOST_FAILURES]
