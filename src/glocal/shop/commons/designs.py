"""Designs that other shops share: which there are, and how one of them gets into the own catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glocal.shop.commons.actions import log_directory
from glocal.shop.commons.use_design import use_design
from glocal.shop.products.models import Product

if TYPE_CHECKING:
    from collections.abc import Mapping

WORK_MIN = 15.0  # of a person on one piece, until the owner says it better
MOST_SHOWN = 200


def designs_to_take(language: str) -> list[dict[str, Any]]:
    """Return designs of this shop's log and of those it follows that are not in the catalogue, the newest first."""
    from glocal.commons import licences
    from glocal.commons.errors import CommonsError
    from glocal.commons.knowledge import known_records
    from glocal.commons.log import Log
    from glocal.commons.peer import followed

    directory = log_directory()
    log = Log.open(directory) if Log.exists(directory) else None
    taken = set(Product.objects.filter(package__startswith="commons-").values_list("package", flat=True))
    rows: dict[str, dict[str, Any]] = {}
    for known in known_records(log, followed(directory / "peers")):
        record = known.record
        if record["kind"] != "design" or f"commons-{record['package'][:16]}" in taken:
            continue
        try:
            licences.check_sell(record["licence"])
            may_sell = True
        except CommonsError:
            may_sell = False
        rows[record["package"]] = {
            "hash": record["package"],
            "title": _title(record, language),
            "licence": record["licence"],
            "authors": list(record.get("attribution", ())),
            "may_sell": may_sell,
        }
    return list(rows.values())[::-1][:MOST_SHOWN]


def _title(record: Mapping[str, Any], language: str) -> str:
    title = record["title"]
    if isinstance(title, str):
        return title
    return str(title.get(language) or title.get("en") or next(iter(title.values())))


def take_design(package_hash: str) -> dict[str, Any]:
    """Fetch a design and put it into the catalogue, hidden; what stands against it is refused by name."""
    from glocal.commons.design_fetch import fetched

    return use_design(fetched(log_directory(), package_hash), package_hash, work_min=WORK_MIN)
