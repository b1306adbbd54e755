"""When the template gets better, its variants do too; and what a variant found goes back to the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from glocal.design.adapt import RegionalVariant, adapt
from glocal.design.model import DesignTemplate
from glocal.design.region_edits import Change, Path, differences, facts
from glocal.design.region_errors import EditRefused, MergeRefused


@dataclass(frozen=True, slots=True)
class Conflict:
    """A change of the shop that meets a change of the template.

    Parameters
    ----------
    kind : {"both_changed", "gone", "not_allowed"}
        Both changed the same fact (the shop's stays); the template no longer has it, or no longer allows the shop's
        value (the template's stays).
    base, shop, template : object
        The fact before, in the shop's variant, and in the new template; None where there is none.
    """

    path: Path
    kind: Literal["both_changed", "gone", "not_allowed"]
    base: Any
    shop: Any
    template: Any
    words: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A variant of the new template, what came in with it, what the shop must look at, and what became needless.

    Parameters
    ----------
    settled : tuple of path
        Changes of the shop that the template now has itself.
    """

    variant: RegionalVariant
    improvements: tuple[Change, ...]
    conflicts: tuple[Conflict, ...]
    settled: tuple[Path, ...]


def merge(variant: RegionalVariant, new_template: DesignTemplate) -> Merged:
    """Return the variant on a newer version of its template (a three-way merge, fact by fact).

    Raises
    ------
    MergeRefused
        When the new template is another design.
    """
    if new_template.id != variant.template.id:
        raise MergeRefused(
            f"{new_template.id} is another design than {variant.template.id}.",
            help="Adapt it anew.", template=new_template.id,
        )  # fmt: skip
    base, new = facts(variant.template), facts(new_template)
    kept: dict[Path, Any] = {}
    settled: list[Path] = []
    conflicts: list[Conflict] = []
    for path, value in sorted(variant.edits.items()):
        if new.get(path) == value and base.get(path) != value:
            settled.append(path)
            continue
        kept[path] = value
        if new.get(path) != base.get(path) and path in new:
            conflicts.append(_conflict("both_changed", path, base, value, new))
    merged, refused = _adapted(new_template, variant, kept, base, new)
    dropped = {conflict.path for conflict in refused}
    standing = [conflict for conflict in conflicts if conflict.path not in dropped]
    return Merged(
        variant=merged,
        improvements=differences(variant.template, new_template, f"version {new_template.version}"),
        conflicts=tuple(sorted([*standing, *refused], key=lambda conflict: conflict.path)),
        settled=tuple(settled),
    )


def contribution(variant: RegionalVariant) -> dict[Path, Any]:
    """Return what a variant can give back to everybody: texts in languages that its template does not have yet."""
    base = facts(variant.template)
    return {path: text for path, text in variant.edits.items() if path not in base and path[2:3] != ("value",)}


def _adapted(
    template: DesignTemplate,
    variant: RegionalVariant,
    edits: dict[Path, Any],
    base: Mapping[Path, Any],
    new: Mapping[Path, Any],
) -> tuple[RegionalVariant, list[Conflict]]:
    """Return the adapted template; changes that it refuses are left out one by one and named."""
    edits = dict(edits)
    refused: list[Conflict] = []
    while True:
        try:
            return adapt(template, variant.region, variant.materials_known, edits), refused
        except EditRefused as error:
            path = tuple(error.data["path"])
            kind: Literal["gone", "not_allowed"] = "not_allowed" if _has(new, path) else "gone"
            refused.append(_conflict(kind, path, base, edits.pop(path), new))


def _has(known: Mapping[Path, Any], path: Path) -> bool:
    """Say whether the thing that a path speaks of is still there (its text in one language need not be)."""
    return path in known or any(fact[: len(path) - 1] == path[:-1] for fact in known)


def _conflict(
    kind: Literal["both_changed", "gone", "not_allowed"],
    path: Path,
    base: Mapping[Path, Any],
    shop: Any,
    new: Mapping[Path, Any],
) -> Conflict:
    old, now = base.get(path), new.get(path)
    words = {
        "both_changed": f"the shop has {shop!r}, the template went from {old!r} to {now!r}; the shop's stays",
        "gone": f"the template no longer has it; the shop's {shop!r} is left out",
        "not_allowed": f"the template no longer allows {shop!r}; its own {now!r} stays",
    }[kind]
    return Conflict(path, kind, old, shop, now, f"{' › '.join(path)}: {words}")
