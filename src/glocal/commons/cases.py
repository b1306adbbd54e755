"""Problems with their answers, whoever gave them, and which of these answers prints have confirmed.

An answer is confirmed by an outcome that names it in ``refs`` and came out well, or that its author lists in
``confirmed_by`` and printed; one shop confirms or denies it once, however often it prints. Votes do not exist. Whoever
gives an answer the id of somebody else's gets none of its confirmations, and nobody's prints are claimed by another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from glocal.commons.knowledge import Known
from glocal.commons.records import reference_to


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
    """Return a record's title in a language, else in English, else whatever there is."""
    title = record.get("title", "")
    if isinstance(title, Mapping):
        return str(title.get(language) or title.get("en") or next(iter(title.values()), ""))
    return str(title)


def cases_of(known: Iterable[Known]) -> list[Case]:
    """Return everything that can be found, in the order of ``known``; an answer without its problem stands alone."""
    everything = list(known)
    answers: dict[str, list[Known]] = defaultdict(list)
    for entry in everything:
        if entry.record["kind"] == "answer":
            answers[entry.record["problem"]].append(entry)
    said = _said_by_prints(everything)
    problems = {entry.record["id"] for entry in everything if entry.record["kind"] == "problem"}
    found: list[Case] = []
    for entry in everything:
        kind = entry.record["kind"]
        if kind == "problem":
            given = [Answered(answer, *said(answer)) for answer in answers[entry.record["id"]]]
            found.append(Case(entry, tuple(sorted(given, key=lambda answer: answer.standing, reverse=True))))
        elif kind in {"recipe", "design"} or (kind == "answer" and entry.record["problem"] not in problems):
            found.append(Case(entry))
    return found


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

    def count(answer: Known) -> tuple[int, int]:
        given, shop = answer.record["id"], answer.root_vkey
        shops = dict(tried[given]) if len(givers[given]) == 1 else {}
        shops |= tried[reference_to(shop, given)]
        for listed in answer.record.get("confirmed_by", ()):
            if (shop, listed) in outcomes:
                shops.setdefault(shop, outcomes[shop, listed])
        return sum(shops.values()), sum(not ok for ok in shops.values())

    return count
