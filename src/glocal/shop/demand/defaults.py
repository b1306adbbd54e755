"""What a visitor of a region finds preset: the design's own values, the accepted variant's, or now and then a trial."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glocal.shop.demand.models import DemandTerms, RegionalOffer
from glocal.shop.products.models import Product
from glocal.shop.regions.queries import adapted_defaults, as_sold, variant_of

if TYPE_CHECKING:
    from glocal.design.model import DesignTemplate

EXPLORED_SHARE = 0.05  # of visits at most; the owner can only switch it off, never turn it up


@dataclass(frozen=True, slots=True)
class Preset:
    """A design as a visitor finds it.

    ``regional`` names the parameters whose default is what the region likes, ``adapted`` those whose default follows
    from the region's units, sizes and standards, ``tried`` the one whose default is a trial.
    """

    template: DesignTemplate
    regional: frozenset[str] = frozenset()
    tried: str = ""
    adapted: frozenset[str] = frozenset()


def preset_for(product: Product, region: str, *, dice: random.Random | None = None) -> Preset:
    """Return what a visitor finds preset.

    Parameters
    ----------
    dice : Random or None
        Of this visit; None where nothing may be tried (a program, a picture).
    """
    from glocal.design.errors import DesignError
    from glocal.design.region_edits import edited, edits_from_json

    variant = variant_of(product)
    template, adapted = as_sold(variant), adapted_defaults(variant)
    regional: set[str] = set()
    for offer in RegionalOffer.objects.filter(product=product, region=region, ended_at=None):
        try:
            template = edited(template, edits_from_json(offer.edits))
        except DesignError:  # the design has changed since: its own default is the honest one
            continue
        regional.add(offer.parameter)
    tried = _trial(product, template, region, regional, dice) if dice is not None else None
    if tried is None:
        return Preset(template, frozenset(regional), adapted=adapted - regional)
    name, value = tried
    tried_template = edited(template, {("parameter", name, "default"): value})
    return Preset(tried_template, frozenset(regional), name, adapted - regional - {name})


def _trial(
    product: Product, template: DesignTemplate, region: str, settled: set[str], dice: random.Random
) -> tuple[str, Any] | None:
    """Return a sampled alternative default for a few visits: Thompson sampling of one question's shares."""
    if dice.random() >= EXPLORED_SHARE:
        return None
    allowed = DemandTerms.objects.filter(shop=product.shop_id, explores=True).exists()
    open_questions = [p for p in template.parameters if len(p.options) > 1 and p.name not in settled]
    if not allowed or not open_questions:
        return None
    from glocal.shop.demand.learnt import learnt_model

    model = learnt_model()
    parameter = dice.choice(open_questions)
    question = model.questions.get((product.slug, parameter.name)) if model is not None else None
    if question is None or question.edges is not None:
        return None
    draws = question.draws(region)
    one = draws[dice.randrange(len(draws))]
    values = {option.label: option.value for option in parameter.options}
    known = [label for label in values if label in question.options]
    if not known:
        return None
    best = max(known, key=lambda label: float(one[question.options.index(label)]))
    return None if values[best] == parameter.initial else (parameter.name, values[best])
