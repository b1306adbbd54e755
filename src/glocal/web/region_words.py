"""Why a region does not offer something, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from glocal.design.region_materials import MaterialVerdict


def why_withheld(verdict: MaterialVerdict) -> str:
    """Return the reason for which a material is not offered."""
    if verdict.softens_c is not None and verdict.needs_c is not None:
        return _("{name} softens at {softens} °C; here this part must keep its shape at {needs} °C.").format(
            name=verdict.name, softens=round(verdict.softens_c), needs=round(verdict.needs_c)
        )
    words = {
        "not_for_this_design": _("This design is not made for {name}."),
        "on_no_machine": _("No maker has {name} on a machine at the moment. Ask the shop if you need it."),
        "not_at_hand": _("The shop has no {name} at hand."),
    }
    return words.get(verdict.code, verdict.reason).format(name=verdict.name)
