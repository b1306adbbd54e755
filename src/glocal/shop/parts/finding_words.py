"""What the printability check found, in the reader's language.

The check writes English with the figures of the part. Other languages say by the code and the figures what is wrong and
what helps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from glocal.errors import fill


def findings_in_words(findings: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return findings as they are stored, with message and help in the reader's language."""
    if (get_language() or "en").startswith("en"):
        return [dict(finding) for finding in findings]
    general, exact = _words(), _words_with_figures()
    return [_told(finding, exact, general) for finding in findings]


def _told(
    finding: Mapping[str, Any], exact: Mapping[str, tuple[str, str]], general: Mapping[str, tuple[str, str]]
) -> dict[str, Any]:
    """Return a finding in words with its figures; in words alone where it was found before findings kept figures."""
    code, figures = finding["code"], finding.get("figures")
    if figures and code in exact:
        message, advice = (fill(words, figures, _figure) for words in exact[code])
        return {**finding, "message": message, "help": advice}
    if code not in general:
        return dict(finding)
    message, advice = general[code]
    return {**finding, "message": message, "help": advice}


def _figure(value: Any) -> str:
    if isinstance(value, list | tuple):
        return " × ".join(_figure(each) for each in value)
    return format_decimal(value, locale=(get_language() or "en").replace("-", "_"))


def _words_with_figures() -> dict[str, tuple[str, str]]:
    """Return message and help by the code of a finding that carries figures."""
    mend = _("Repair the mesh in a CAD program and send the file again.")
    smaller = _("Make it smaller, turn it, cut it into pieces, or choose a larger machine.")
    room = _("The part is {size_mm} mm; the machine has room for {room_mm} mm.")
    return {
        "open_mesh": (
            _("The surface is open, so it has no inside to print. Places: {places}; open edges: {edges}."),
            mend,
        ),
        "too_small": (
            _("The part is {size_mm} mm, smaller than two lines of a nozzle of {nozzle_mm} mm."),
            _("Is the file in millimetres? Make the part larger."),
        ),
        "too_tall": (room, smaller),
        "too_large": (room, smaller),
        "unit_unsure": (
            _("The file does not say its unit. Read in millimetres, the part is {size_mm} mm."),
            _("Look at the size, and say the unit if it is another."),
        ),
        "loose_bodies": (
            _("The part consists of {pieces} pieces that are not joined."),
            _("If it should be one piece, let the pieces overlap."),
        ),
        "closed_cavity": (
            _("Hollow spaces inside without a way out, which are printed without being seen: {cavities}."),
            _("Add a hole if the hollow should be open."),
        ),
        "tiny_body": (
            _("Loose pieces that are too small to print: {pieces}."),
            _("Remove them, or make them larger."),
        ),
        "wall_too_thin": (
            _("{percent} % of the walls are thinner than the machine can draw; the thinnest: {thinnest_mm} mm."),
            _("Make walls at least {wall_mm} mm and floors at least {floor_mm} mm, or choose a finer nozzle."),
        ),
        "wall_thin": (
            _("{percent} % of the walls are thinner than two lines and will be weak; the thinnest: {thinnest_mm} mm."),
            _("Walls of {wall_mm} mm and more hold better."),
        ),
        "detail_too_thin": (
            _("Details thinner than one line of the {nozzle_mm} mm nozzle, which will be missing or broken: {places}."),
            _("Make strokes at least {wide_mm} mm wide, or choose a finer nozzle."),
        ),
        "gap_too_narrow": (
            _("Gaps narrower than one line of the {nozzle_mm} mm nozzle, which will close: {places}."),
            _("Make gaps at least {wide_mm} mm wide, or choose a finer nozzle."),
        ),
        "needs_support": (
            _("{percent} % of the surface hangs in the air and needs support. Regions: {regions}."),
            _("Support costs material and leaves marks; slopes of 45° avoid it."),
        ),
        "bridges": (
            _("A flat ceiling is bridged through the air over up to {span_mm} mm; its underside sags a little."),
            _("It prints without support. Turn the part if that side must be smooth."),
        ),
        "small_footprint": (
            _("It is {height_mm} mm tall and stands on {foot_mm2} mm² only; it may come off."),
            _("A brim helps; so does a wider foot, or laying the part down."),
        ),
    }


def _words() -> dict[str, tuple[str, str]]:
    """Return message and help by the code of a finding."""
    return {**_words_on_surface(), **_words_on_size(), **_words_on_walls(), **_words_on_standing()}


def _words_on_surface() -> dict[str, tuple[str, str]]:
    mend = _("Repair the mesh in a CAD program and send the file again.")
    return {
        "open_mesh": (_("The surface is open, so it has no inside to print."), mend),
        "inside_out": (_("The surface is inside out."), mend),
        "flipped_triangles": (_("Some triangles face inwards, so inside and outside cannot be told apart."), mend),
        "self_intersection": (_("The surface passes through itself."), _("Join the pieces in a CAD program.")),
        "loose_bodies": (
            _("The part consists of pieces that are not joined."),
            _("If it should be one piece, let the pieces overlap."),
        ),
        "closed_cavity": (
            _("Hollow spaces inside have no way out, and are printed without being seen."),
            _("Add a hole if the hollow should be open."),
        ),
        "tiny_body": (
            _("Some loose pieces are too small to print."),
            _("Remove them, or make them larger."),
        ),
    }


def _words_on_size() -> dict[str, tuple[str, str]]:
    smaller = _("Make it smaller, turn it, cut it into pieces, or choose a larger machine.")
    return {
        "too_small": (
            _("The part is smaller than two lines of the nozzle."),
            _("Is the file in millimetres? Make the part larger."),
        ),
        "too_tall": (_("The part is too tall for the machine."), smaller),
        "too_large": (_("The part is too large for the machine."), smaller),
        "unit_unsure": (
            _("The file does not say its unit, and read in millimetres its size is unusual."),
            _("Look at the size, and say the unit if it is another."),
        ),
    }


def _words_on_walls() -> dict[str, tuple[str, str]]:
    wider = _("Make it wider, or choose a finer nozzle.")
    return {
        "wall_too_thin": (_("Some walls are thinner than the machine can draw."), wider),
        "wall_thin": (_("Some walls are thinner than two lines and will be weak."), wider),
        "detail_too_thin": (
            _("Some details, such as strokes of letters, are thinner than one line and will be missing or broken."),
            wider,
        ),
        "gap_too_narrow": (
            _("Some gaps, such as engraved letters, are narrower than one line and will close."),
            wider,
        ),
    }


def _words_on_standing() -> dict[str, tuple[str, str]]:
    return {
        "needs_support": (
            _("Some regions hang in the air and need support."),
            _("Support costs material and leaves marks; slopes of 45° avoid it."),
        ),
        "bridges": (
            _("A flat ceiling is bridged through the air; its underside sags a little."),
            _("It prints without support. Turn the part if that side must be smooth."),
        ),
        "stands_on_a_point": (
            _("It touches the bed in a point or along an edge, and does not hold."),
            _("Turn a flat side down, flatten the bottom, or print it with support and a brim."),
        ),
        "small_footprint": (
            _("It is tall for its foot; it may come off."),
            _("A brim helps; so does a wider foot, or laying the part down."),
        ),
        "tips_over": (
            _("Its weight is not above its foot; it may tip over while it grows."),
            _("Turn it, widen its foot, or print it with support."),
        ),
    }
