"""Tell the network what went wrong and what helped: problems and answers in the shop's own log."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from glocal.shop.commons.actions import shop_log
from glocal.shop.commons.know_how import everything_known, told_here
from glocal.shop.errors import OrderInvalid
from glocal.shop.shops.models import Shop
from glocal.values import new_id

LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Telling:
    """What the owner tells.

    Parameters
    ----------
    problem : str
        What names a problem that is known already (``records.problem_name``); empty for a new one.
    symptom : str
        Class of failure of a new problem.
    happened : str
        What goes wrong, of a new problem.
    helped : str
        What helped; may be empty for a new problem.
    machine, material : str
        Model and type, where they were said.
    language : str
        Of the texts.
    """

    problem: str
    symptom: str
    happened: str
    helped: str
    machine: str = ""
    material: str = ""
    language: str = "en"


def take_back_told(shop: Shop, record_id: str) -> int:
    """Erase a problem or an answer of the shop's own log, a problem with the shop's answers to it; return how many.

    Tombstones stay, and whoever follows the shop erases what it has.

    Raises
    ------
    OrderInvalid
        When it is not the shop's own, or was taken back before.
    """
    from glocal.commons.cases import problems_of
    from glocal.commons.erase import retract
    from glocal.commons.record_names import reference_to

    mine = told_here()
    if record_id not in mine.values():
        raise OrderInvalid("This is not in the shop’s own log any more.", help="Ask again, and choose one of yours.")
    known = [each for each in everything_known() if each.record["kind"] in {"problem", "answer"}]
    own = [each for each in known if reference_to(each.root_vkey, each.record["id"]) in mine]
    problem_of = problems_of(known)
    answers = [
        str(each.record["id"])
        for each in own
        if each.record["kind"] == "answer"
        and (problem := problem_of(each)) in own
        and problem is not None
        and problem.record["id"] == record_id
    ]
    log = shop_log(shop)
    for each in (*answers, record_id):
        retract(log, each, month=f"{timezone.now():%Y-%m}", reason="owner_asked")
    return len(answers) + 1


def tell_network(shop: Shop, told: Telling) -> tuple[str, ...]:
    """Publish a problem, an answer, or both; return the ids of their records.

    Raises
    ------
    OrderInvalid
        When there is nothing to tell, it is too long, or the problem is not known.
    PrivateDataRefused, RecordRefused
        When a text holds an address, a telephone number, a date or a time, or is not of the form that is published.
    """
    from glocal.commons.record_names import problem_name
    from glocal.commons.records import answer_record, problem_record

    happened, helped = (text.replace("\r\n", "\n").strip() for text in (told.happened, told.helped))
    if max(len(happened), len(helped)) > LONGEST:
        raise OrderInvalid("The text is too long.", help="Write up to {most} characters.", most=LONGEST)
    log, records, problem = shop_log(shop), [], told.problem
    if problem and not any(
        problem == problem_name(each.root_vkey, each.record["id"])
        for each in everything_known()
        if each.record["kind"] == "problem"
    ):
        raise OrderInvalid("This problem is not known any more.", help="Ask again, and choose one that is shown.")
    if not problem:
        if not happened:
            raise OrderInvalid("Nothing is said.", help="Write what goes wrong, and what helped if you know.")
        told_id = log.record_id(f"problem {new_id()}")
        problem = problem_name(log.root_vkey, told_id)
        context = {name: said for name, said in (("machine", told.machine), ("material", told.material)) if said}
        record = problem_record(id=told_id, symptom=told.symptom, text=happened, context=context, lang=told.language)
        records.append(record)
    elif not helped:
        raise OrderInvalid("Nothing is said.", help="Write what helped.")
    if helped:
        answer = log.record_id(f"answer {new_id()}")
        records.append(answer_record(id=answer, problem=problem, text=helped, lang=told.language))
    log.append_many(records, month=f"{timezone.now():%Y-%m}")
    return tuple(str(record["id"]) for record in records)
