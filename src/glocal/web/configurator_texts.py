"""The words of the configurator: here, so that translators find all texts in one place."""

from __future__ import annotations

from django.utils.translation import gettext as _


def configurator_texts() -> dict[str, str]:
    """Return every text of the component in the language of the request; ``{name}`` is filled in by the component."""
    return {**_form_texts(), **_stage_texts(), **_price_texts(), **_kept_texts()}


def _form_texts() -> dict[str, str]:
    return {
        "measured": _("your measure"),
        "outside_usual": _("Outside the usual {low} to {high} {unit}: it may need a try."),
        "beyond_printed": _("Nobody has printed it at more than {high} {unit} yet; it may need a try."),
        "below_printed": _("Nobody has printed it at less than {low} {unit} yet; it may need a try."),
        "no_size": _("This measure has no size of its own."),
        "withheld": _("Not offered for this part"),
        "out_of_range": _("Please give a number from {min} to {max} {unit}."),
        "not_a_number": _("Please give a number."),
        "characters": _("Characters used"),
        "presets": _("Start from"),
        "material": _("Material"),
        "history": _("Your changes"),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "reset": _("Start over"),
        "share": _("Copy link"),
        "link_copied": _("Link copied."),
        "link_in_address": _("The link is in the address bar."),
        "findings": _("What we noticed"),
        "finding_mark": _("Mark {number}: {text}"),
        "finding_show": _("Show it on the part"),
        "sheet": _("Try its size on paper"),
        "how_to_measure": _("Measure with a size card"),
        "download": _("Download your design (3MF)"),
        "order": _("Order this one"),
        "ask_shop": _("Ask the shop about it"),
        "yes": _("yes"),
        "no": _("no"),
    }


def _stage_texts() -> dict[str, str]:
    return {
        "view": _("View"),
        "view_left": _("Turn left"),
        "view_right": _("Turn right"),
        "view_up": _("Look from above"),
        "view_down": _("Look from below"),
        "view_closer": _("Closer"),
        "view_farther": _("Farther away"),
        "view_home": _("Whole part"),
        "view_cut": _("Cut open"),
        "view_full": _("Full screen"),
        "cut_depth": _("Where to cut"),
        "size": _("{x} × {y} × {z} mm"),
        "description": _("{title}, {size}. {values}."),
        "drawing": _("This shape has many details: it is still being drawn …"),
        "no_3d": _("This browser shows no 3D; the picture is made by the shop."),
    }


def _price_texts() -> dict[str, str]:
    return {
        "price": _("Price"),
        "breakdown": _("What you pay for"),
        "total": _("Total"),
        "working_out": _("Working out the price …"),
        "still_working": _("This shape has many details: checking it and working out its price takes longer …"),
        "building": _("How long it may take"),
        "slicing": _("This shape is calculated exactly; that takes a little longer …"),
        "usually_between": _("Between {low} and {high} in 8 of 10 cases"),
        "ready_on": _("Ready {day}"),
        "or_later": _("or ready {day} for {price}, if it may wait"),
        "prints_in": _("{time} of printing"),
        "made_by": _("made by {maker}"),
        "spoken_price": _("Price {price}, ready {day}."),
        "effect_same": _("the same price"),
        "effect_exact_short": _("exact price needed"),
        "effect_exact": _("The price of this needs the exact calculation; choose it to have it calculated."),
        "effect_not_short": _("not with this"),
        "no_connection": _("The shop does not answer."),
        "try_again": _("Check your connection; your design is kept here."),
    }


def _kept_texts() -> dict[str, str]:
    return {
        "kept": _("Designs that you keep"),
        "keep_as": _("Name"),
        "keep": _("Keep this one"),
        "kept_number": _("Design {number}"),
        "kept_now": _("Kept on this device as “{name}”."),
        "kept_full": _("{most} designs are kept; remove one first."),
        "kept_use": _("Take it up"),
        "kept_remove": _("Remove"),
        "current": _("What you see now"),
        "compare": _("Compare two"),
        "compare_this": _("Compare “{name}”"),
        "close": _("Close"),
        "picture": _("Picture"),
        "ready": _("Ready"),
        "printing": _("Time of printing"),
        "no_difference_in_values": _("Both have the same values."),
    }
