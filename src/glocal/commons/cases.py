"""Problems with their answers, whoever gave them, and which of these answers prints have confirmed.

An answer is confirmed by an outcome that names it in ``refs`` and came out well, or that its author lists in
``confirmed_by`` and printed; one shop confirms or denies it once, however often it prints. Votes do not exist. Whoever
gives an answer the id of somebody else's gets none of its confirmations, and nobody's prints are claimed by another.

An answer belongs to the problem of one shop, which it names by shop and id (``records.problem_name``), so that who
copies a problem's id draws no answers. Older answers name an id alone. Such a one belongs to the problem of its own
shop, for people mostly told both at once; else to one that came with the software; else to the problem of the earliest
month, as a copy comes after what it copies, and of one month to that of the shop with the lowest root key, so
that all nodes say the same. Who copies an id and dates it back may still take these; an answer that is told anew, with
the shop's name, is safe.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from glocal.commons.knowledge import Known
from glocal.commons.record_names import problem_name, reference_to

LONGEST_TITLE = 200  # characters


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer.

    Parameters
    ----------
    known : Known
        The record and who said it.
    confirmed, denied : int
        Shops whose prints came out well, or with a fault of the part, after they tried it.
    """

    known: Known
    confirmed: int = 0
    denied: int = 0

    @property
    def text(self) -> str:
        """What to do."""
        return str(self.known.record["text"])

    @property
    def standing(self) -> tuple[float, bool]:
        """How far prints speak for it: the middle of the Wilson interval, as if it had one for and one against."""
        return (self.confirmed + 1) / (self.confirmed + self.denied + 2), bool(self.known.record.get("accepted"))


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that can be found: a problem with its answers, best first, or a recipe or design alone."""

    known: Known
    answers: tuple[Answered, ...] = field(default=())

    @property
    def record(self) -> Mapping[str, Any]:
        """The problem, recipe or design."""
        return self.known.record

    @property
    def reference(self) -> str:
        """Who said it and where."""
        return self.known.reference

    @property
    def symptom(self) -> str:
        """Its class, "other" for what is no problem."""
        return str(self.record.get("symptom", "other"))

    def title(self, language: str = "en") -> str:
        """Return the title in a language, else in English, else whatever there is."""
        return title_in(self.record, language)


def title_in(record: Mapping[str, Any], language: str = "en") -> str:
    """Return a record's title in a language, else in English, else whatever there is, else how its text begins."""
    title = record.get("title", "")
    if isinstance(title, Mapping):
        return str(title.get(language) or title.get("en") or next(iter(title.values()), ""))
    return str(title or record.get("text", ""))[:LONGEST_TITLE]


def cases_of(known: Iterable[Known]) -> list[Case]:
    """Return everything that can be found, in the order of ``known``; an answer without its problem stands alone."""
    everything = list(known)
    problem_of = problems_of(everything)
    answers: dict[tuple[str, str], list[Known]] = defaultdict(list)
    alone: set[tuple[str, str]] = set()
    for entry in everything:
        if entry.record["kind"] == "answer":
            problem = problem_of(entry)
            if problem is None:
                alone.add(_key(entry))
            else:
                answers[_key(problem)].append(entry)
    said = _said_by_prints(everything)
    found: list[Case] = []
    for entry in everything:
        kind = entry.record["kind"]
        if kind == "problem":
            given = [Answered(answer, *said(answer)) for answer in answers[_key(entry)]]
            found.append(Case(entry, tuple(sorted(given, key=lambda answer: answer.standing, reverse=True))))
        elif kind in {"recipe", "design"} or (kind == "answer" and _key(entry) in alone):
            found.append(Case(entry))
    return found


def problems_of(known: Iterable[Known]) -> Callable[[Known], Known | None]:
    """Return a function from an answer to the problem that it belongs to, None where that is not known."""
    problems = [entry for entry in known if entry.record["kind"] == "problem"]
    named = {problem_name(*_key(entry)): entry for entry in problems}
    by_id: dict[str, list[Known]] = defaultdict(list)
    for entry in sorted(problems, key=_age):
        by_id[entry.record["id"]].append(entry)

    def problem_of(answer: Known) -> Known | None:
        name = answer.record["problem"]
        same_id = by_id.get(name, [])
        own = [entry for entry in same_id if entry.root_vkey == answer.root_vkey]
        return named.get(name) or next(iter([*own, *same_id]), None)

    return problem_of


def _age(entry: Known) -> tuple[bool, str, str]:
    """Order problems of one id: what came with the software, then by month; one that is not signed yet has none."""
    return entry.root_vkey != "", str(entry.record.get("month", "9999-12")), entry.root_vkey


def _key(entry: Known) -> tuple[str, str]:
    return entry.root_vkey, str(entry.record["id"])


def _said_by_prints(everything: Iterable[Known]) -> Any:
    """Return a function from an answer to how many shops' prints confirm and deny it."""
    outcomes: dict[tuple[str, str], bool] = {}
    tried: dict[str, dict[str, bool]] = defaultdict(dict)
    givers: dict[str, set[str]] = defaultdict(set)
    for entry in everything:
        record = entry.record
        if record["kind"] == "answer":
            givers[record["id"]].add(entry.root_vkey)
        elif record["kind"] == "outcome" and record["phase"] in {"ok", "part_fault"}:
            outcomes[entry.root_vkey, record["id"]] = record["phase"] == "ok"
            for reference in record.get("refs", ()):
                tried[reference][entry.root_vkey] = record["phase"] == "ok"

    names = {reference_to(shop, given) for given, shops in givers.items() for shop in shops}

    def count(answer: Known) -> tuple[int, int]:
        given, shop = answer.record["id"], answer.root_vkey
        shops = dict(tried[given]) if len(givers[given]) == 1 and given not in names else {}
        shops |= tried[reference_to(shop, given)]
        for listed in answer.record.get("confirmed_by", ()):
            if (shop, listed) in outcomes:
                shops.setdefault(shop, outcomes[shop, listed])
        return sum(shops.values()), sum(not ok for ok in shops.values())

    return count
