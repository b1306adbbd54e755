"""What a 3MF file says of the part in it: who designed it, under which licence, with which parameters."""

from __future__ import annotations

from collections.abc import Sequence

from glocal.shop.parts.licence import design_of
from glocal.shop.parts.models import BuiltPart


def part_metadata(row: BuiltPart) -> dict[str, str]:
    """Return the metadata of a part, ready for :func:`glocal.design.threemf.write_3mf`.

    A licence that allows to pass a design on asks to name its authors. Nothing is in it about whoever ordered it.
    """
    design = design_of(row)
    known = {"Title": row.title, "Application": "glocal"}
    if design is not None:
        known |= {"Designer": ", ".join(design.authors), "LicenseTerms": design.licence}
        known |= {"design": design.id, "design-hash": row.template_hash}
    known |= {f"parameter-{name}": _text(value) for name, value in sorted(row.values.items())}
    return {name: text for name, text in known.items() if text}


def plate_metadata(rows: Sequence[BuiltPart], title: str) -> dict[str, str]:
    """Return the metadata of a plate: that of its part, or of several what they have in common and whose they are."""
    if len(rows) == 1:
        return {**part_metadata(rows[0]), "Title": title}
    each = [part_metadata(row) for row in rows]
    known = {"Title": title, "Application": "glocal"}
    for name, between in (("Designer", ", "), ("LicenseTerms", " AND "), ("design", ", ")):
        known[name] = between.join(dict.fromkeys(one[name] for one in each if name in one))
    for number, one in enumerate(each, 1):
        known |= {f"part-{number}-{name}": text for name, text in one.items() if name.startswith("parameter-")}
    return {name: text for name, text in known.items() if text}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return " ".join(_text(one) for one in value)
    return f"{value:g}" if isinstance(value, int | float) else str(value)
