"""What an SPDX licence allows: publishing, selling prints, changing, and what a change may be published under.

Only licences whose rules we have read are judged; for any other the answer is that nobody here can tell. This reads
identifiers and rules, it is no legal advice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from glocal.commons.okh_errors import LicenceForbids, LicenceUnknown


@dataclass(frozen=True, slots=True)
class Terms:
    """What one licence asks.

    Parameters
    ----------
    attribution : bool
        Whether the authors must be named.
    sell, change : bool
        Whether prints may be sold, and whether changed versions may be passed on.
    share_alike : str
        The family whose licences a changed version must stay under; empty for any.
    """

    attribution: bool = True
    sell: bool = True
    change: bool = True
    share_alike: str = ""


_FREE, _NAMED = Terms(attribution=False), Terms()
_SINGLE: Mapping[str, Terms] = {
    **dict.fromkeys(("CC0-1.0", "Unlicense", "0BSD", "MIT-0", "PDDL-1.0", "WTFPL"), _FREE),
    **dict.fromkeys(("MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib", "ODC-By-1.0", "SHL-2.0",
                     "SHL-2.1", "SHL-0.5", "SHL-0.51", "CERN-OHL-P-2.0"), _NAMED),
    **dict.fromkeys(("CERN-OHL-1.1", "CERN-OHL-1.2"), Terms(share_alike="CERN-OHL-1")),
    "CERN-OHL-S-2.0": Terms(share_alike="CERN-OHL-S"),
    "CERN-OHL-W-2.0": Terms(share_alike="CERN-OHL-W"),
    **dict.fromkeys(("TAPR-OHL-1.0",), Terms(share_alike="TAPR-OHL")),
    **dict.fromkeys(("MPL-2.0",), Terms(share_alike="MPL")),
    **dict.fromkeys(("ODbL-1.0",), Terms(share_alike="ODbL")),
}  # fmt: skip
_FAMILIES = ("AGPL", "LGPL", "GPL", "EUPL", "GFDL")
_NEWEST_CC = ("1.0", "2.0", "2.5", "3.0", "4.0")


_CREATIVE_COMMONS = (
    ("creative commons", "cc"),
    ("attribution", "by"),
    ("noncommercial", "nc"),
    ("non-commercial", "nc"),
    ("sharealike", "sa"),
    ("share alike", "sa"),
    ("noderivatives", "nd"),
    ("noderivs", "nd"),
)


def terms_of(expression: str) -> list[tuple[str, Terms]]:
    """Return the licences that apply, each with its terms; of "A OR B" the more permissive one.

    Raises
    ------
    LicenceUnknown
        When it is no SPDX expression, or names a licence whose terms are not known here.
    """
    parsed = _parse(expression)
    return _terms(parsed)


def check_publish(expression: str) -> None:
    """Refuse to publish what nobody may pass on, or of which nobody can tell."""
    terms_of(expression)


def check_sell(expression: str) -> None:
    """Refuse to sell prints where the licence keeps that to its author."""
    for name, terms in terms_of(expression):
        if not terms.sell:
            raise LicenceForbids(
                "{licence} does not allow prints to be sold.",
                help="Ask the author for a commercial licence, or offer another design.",
                licence=name,
            )


def check_remix(parent: str, child: str) -> None:
    """Refuse a changed version whose licence the original's does not allow.

    Parameters
    ----------
    parent, child : str
        SPDX expressions of the original and of what was made from it.
    """
    ours = terms_of(child)
    for name, terms in terms_of(parent):
        if not terms.change:
            raise LicenceForbids("{licence} does not allow changed versions to be passed on.", licence=name)
        if not terms.sell and any(own.sell for _, own in ours):
            raise LicenceForbids(
                "The original is under {licence}; a changed version must stay non-commercial too.",
                help="Publish it under {licence}.",
                licence=name,
            )
        if terms.share_alike and not all(_stays(name, terms, own_name) for own_name, _ in ours):
            raise LicenceForbids(
                "The original is under {licence}; a changed version must stay under the same terms, not {child}.",
                help="Publish it under {licence}.",
                licence=name,
                child=child,
            )
        if terms.attribution and not any(own.attribution for _, own in ours):
            raise LicenceForbids(
                "The original is under {licence}, which asks to name its authors; {child} would drop that.",
                help="Choose a licence that keeps the names, such as CC-BY-4.0.",
                licence=name,
                child=child,
            )


@dataclass(frozen=True, slots=True)
class Uses:
    """What all licences of a design allow together; ``alike`` are those under which changed versions have to stay."""

    sell: bool
    change: bool
    alike: tuple[str, ...]
    attribution: bool


def uses_of(expression: str) -> Uses:
    """Return what a shop may do with a design, or raise :class:`LicenceUnknown`."""
    every = terms_of(expression)
    return Uses(
        all(terms.sell for _, terms in every),
        all(terms.change for _, terms in every),
        tuple(name for name, terms in every if terms.share_alike),
        any(terms.attribution for _, terms in every),
    )


def use_in_words(expression: str) -> str:
    """Return in one sentence what a shop may do with a design."""
    try:
        uses = uses_of(expression)
    except LicenceUnknown as unknown:
        return (
            f"Nobody here can tell what {expression or 'this licence'} allows: {unknown.message} Ask the author first."
        )
    may = "print and sell it" if uses.sell else "print it for yourself and others but not sell it"
    may += ", and pass on changed versions" if uses.change else ", but not pass on changed versions"
    if uses.change and uses.alike:
        may += f" under {' and '.join(uses.alike)} as well"
    named = ", if you name the authors" if uses.attribution else ""
    return f"You may {may}{named} ({expression})."


def _stays(parent: str, terms: Terms, child: str) -> bool:
    return family_of(child) == terms.share_alike and _version(child) >= _version(parent)


def family_of(licence: str) -> str:
    """Return the share-alike family of a licence, empty for none."""
    return _single(licence).share_alike


def _version(licence: str) -> tuple[int, ...]:
    digits = [part for part in licence.replace("-or-later", "").replace("-only", "").split("-") if part[:1].isdigit()]
    return tuple(int(number) for number in digits[-1].split(".") if number.isdigit()) if digits else (0,)


def _single(name: str) -> Terms:
    if name in _SINGLE:
        return _SINGLE[name]
    if name.startswith("CC-BY"):
        parts = name.split("-")
        if parts[-1] not in _NEWEST_CC:
            parts = parts[:-1]  # national ports such as CC-BY-SA-3.0-DE
        kinds = set(parts[2:-1])
        if parts[-1] in _NEWEST_CC and kinds <= {"NC", "ND", "SA"}:
            family = "-".join(["CC", "BY", *(kind for kind in ("NC", "SA") if kind in kinds)])
            return Terms(True, "NC" not in kinds, "ND" not in kinds, family if "SA" in kinds else "")
    for family in _FAMILIES:
        if name.startswith(f"{family}-"):
            return Terms(share_alike=family)
    raise LicenceUnknown(
        "The terms of {licence} are not known here.",
        help="Use a licence of the SPDX list such as CC-BY-4.0.",
        licence=name,
    )


def _terms(node: Any) -> list[tuple[str, Terms]]:
    kind = type(node).__name__
    if kind == "AND":
        return [entry for part in node.args for entry in _terms(part)]
    if kind == "OR":
        return min((_terms(part) for part in node.args), key=_burden)
    name = node.license_symbol.key if kind == "LicenseWithExceptionSymbol" else node.key
    return [(name, _single(name))]


def _burden(every: Iterable[tuple[str, Terms]]) -> int:
    return sum(4 * (not t.sell) + 4 * (not t.change) + 2 * bool(t.share_alike) + t.attribution for _, t in every)


def is_expression(text: str) -> bool:
    """Say whether a text is an SPDX licence expression of identifiers that SPDX lists."""
    try:
        _parse(text)
    except LicenceUnknown:
        return False
    return True


def perhaps_meant(text: str) -> str:
    """Return the SPDX identifier that a text may mean which is none, empty where none is near; nothing rests on it.

    Examples
    --------
    >>> perhaps_meant("CC BY-SA 4.0"), perhaps_meant("Creative Commons Attribution-ShareAlike 4.0 International")
    ('CC-BY-SA-4.0', 'CC-BY-SA-4.0')
    """
    from license_expression import get_spdx_licensing

    plain = text.strip().casefold()
    for words, short in _CREATIVE_COMMONS:
        plain = plain.replace(words, short)
    plain = "-".join(re.findall(r"[a-z0-9.+]+", plain.removesuffix("international")))
    listed = {name.casefold(): name for name in get_spdx_licensing().known_symbols}
    return str(listed.get(plain) or listed.get(f"cc-{plain}", ""))


@cache
def _parse(expression: str) -> Any:
    from license_expression import ExpressionError, get_spdx_licensing

    text = expression.strip()
    if not text or len(text) > 300 or text in {"NOASSERTION", "NONE"}:
        raise LicenceUnknown("The design names no licence.", help="Ask the author which licence it is under.")
    try:
        return get_spdx_licensing().parse(text, validate=True, strict=True)
    except ExpressionError as error:
        raise LicenceUnknown(
            "“{licence}” is no SPDX licence expression.",
            help="Write it like CC-BY-SA-4.0 or MIT OR Apache-2.0.",
            licence=text,
        ) from error
