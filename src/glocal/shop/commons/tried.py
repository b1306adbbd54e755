"""Whether the network's answers help: a maker says which they tried on a print, and its outcome speaks for or against.

Nobody votes. The answer's id goes into the outcome's ``refs`` when that is shared, or corrected, in its turn.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from glocal.shop.commons.know_how import everything_known, find_solved
from glocal.shop.errors import OrderInvalid
from glocal.shop.jobs.models import Job
from glocal.shop.outcomes.judge import correct_what_was_shared
from glocal.shop.outcomes.models import JobOutcome, Phase

MOST_TRIED = 16  # references of one record
MOST_FAILURES, MOST_CASES, MOST_ANSWERS = 3, 3, 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer that may have been tried: its id, what it says in which language, and of what problem."""

    id: str
    text: str
    lang: str
    about: str
    chosen: bool


@transaction.atomic
def say_tried(job_id: uuid.UUID | str, answers: Sequence[str]) -> Job:
    """Note which answers were tried on a print; none takes back what was said.

    Raises
    ------
    OrderInvalid
        For an answer that nobody known has given, and for more than a record may name.
    """
    wanted = list(dict.fromkeys(answers))
    if len(wanted) > MOST_TRIED:
        raise OrderInvalid("These are too many answers.", help="Name up to {most}.", most=MOST_TRIED)
    job = Job.objects.select_for_update(of=("self",)).get(id=job_id)
    known = {each.record["id"] for each in everything_known() if each.record["kind"] == "answer"} | set(job.tried)
    if not known.issuperset(wanted):
        raise OrderInvalid("This answer is not known any more.", help="Ask again, and choose one that is shown.")
    if wanted != job.tried:
        job.tried = wanted
        job.save(update_fields=["tried"])
        correct_what_was_shared(job)
    return job


def candidates(job: Job, words: str, language: str) -> list[Candidate]:
    """Return the answers that were chosen, then those that fit words; without words, what failed here of late."""
    chosen = [
        Candidate(each.record["id"], each.record["text"], each.record["lang"], "", chosen=True)
        for each in everything_known()
        if each.record["id"] in job.tried
    ]
    hits = [hit for question in ([words] if words else _lately(job)) for hit in find_solved(question, limit=MOST_CASES)]
    others = [
        Candidate(answer["id"], answer["text"], answer["lang"], _title(hit.record, language), chosen=False)
        for hit in hits
        for answer in hit.answers[:MOST_ANSWERS]
        if answer["id"] not in job.tried
    ]
    return list({each.id: each for each in [*chosen, *others]}.values())


def _lately(job: Job) -> list[str]:
    """Return the defects that this machine had last, this print's first."""
    found = JobOutcome.objects.filter(job__machine_id=job.machine_id, phase=Phase.PART_FAULT).exclude(defect="")
    defects = [outcome.defect for outcome in found.order_by("-id")[:10]]
    return [defect.replace("_", " ") for defect in dict.fromkeys(defects) if defect != "other"][:MOST_FAILURES]


def _title(record: object, language: str) -> str:
    title = record.get("title", "") if isinstance(record, dict) else ""
    return title if isinstance(title, str) else str(title.get(language) or title.get("en", ""))
