"""Which plug, thread or socket a design follows in a region, where its manifest declares ``glocal.standards``."""

from __future__ import annotations

from glocal.design.model import DesignTemplate, Standard, StandardChoice
from glocal.design.region import RegionProfile


def choose_standards(
    template: DesignTemplate, region: RegionProfile
) -> tuple[dict[str, StandardChoice | None], list[str]]:
    """Return the choice for each declared standard, and in words what could not be chosen.

    The shop's own word counts first (``region.standards``), then the choice that names this part of the country, then
    the country, then the one that names no region. None of these: the design's defaults stay, and that is said.
    """
    chosen = {
        name: _choice(standard, region.standards.get(name), region) for name, standard in template.standards.items()
    }
    notes = []
    for name, standard in template.standards.items():
        wanted = region.standards.get(name)
        if wanted is not None and standard.choice(wanted) is None:
            known = ", ".join(choice.name for choice in standard.choices)
            notes.append(f"The shop's {name} is {wanted}, for which this design is not made; it knows {known}.")
        elif chosen[name] is None:
            notes.append(f"This design does not say which {name} fits in {region.name}; its default stays.")
    return chosen, notes


def _choice(standard: Standard, wanted: str | None, region: RegionProfile) -> StandardChoice | None:
    if wanted is not None:
        return standard.choice(wanted)
    for code in (region.code, region.country):
        for choice in standard.choices:
            if code in choice.regions:
                return choice
    return next((choice for choice in standard.choices if not choice.regions), None)
