"""From what a region wants to a variant that the owner can accept: difference, gain, cost of being wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from glocal.shop.demand.learnt import learnt_model
from glocal.shop.demand.models import Choice, ChoiceKind, RegionalOffer
from glocal.shop.errors import NotNow
from glocal.shop.products.models import Product
from glocal.shop.products.queries import live_products

if TYPE_CHECKING:
    from glocal.demand.model import Model
    from glocal.design.model import DesignTemplate, Parameter, ParameterValue
    from glocal.values import Estimate

SURE = 0.8


@dataclass(frozen=True, slots=True)
class Proposal:
    """A regional default that surely serves more people than the design's own.

    Parameters
    ----------
    option : str
        What people here want; ``instead_of`` is the design's default.
    share : Estimate
        Of the region's people who want it; ``network_share`` is everywhere's.
    gain : Estimate
        How many of a hundred visitors more find what they want preset; below 0 is possible.
    loss_if_wrong : float
        How many of a hundred find it less often, on average over the cases in which the proposal is wrong.
    odds : float
        Probability that it is better, 0.8 or more.
    changes : tuple of str
        The difference from the template, a line each.
    """

    product: Product
    region: str
    parameter: str
    option: str
    instead_of: str
    value: ParameterValue
    share: Estimate
    network_share: float
    gain: Estimate
    loss_if_wrong: float
    odds: float
    own_voice: float
    changes: tuple[str, ...]

    def forecast(self) -> dict[str, Any]:
        """Return what is expected, for storage."""
        estimates = {name: getattr(self, name) for name in ("share", "gain")}
        found: dict[str, Any] = {n: {"value": e.value, "low": e.low, "high": e.high} for n, e in estimates.items()}
        return found | {"odds": self.odds, "own_voice": self.own_voice, "loss_if_wrong": self.loss_if_wrong}


def live_offers(region: str) -> list[RegionalOffer]:
    """Return the variants that are offered in a region."""
    return list(RegionalOffer.objects.filter(region=region, ended_at=None).select_related("product", "commission"))


def proposals(
    region: str,
    model: Model | None = None,
    products: Iterable[Product] | None = None,
    offered: Iterable[RegionalOffer] | None = None,
) -> list[Proposal]:
    """Return what could be offered in a region and is not yet, the surest first.

    Who has the learnt model, the products on the shelf and what is offered already hands them over.
    """
    model = learnt_model() if model is None else model
    if model is None:
        return []
    live = {(each.product_id, each.parameter) for each in (live_offers(region) if offered is None else offered)}
    found = []
    for product in live_products() if products is None else products:
        template = product.template()
        for parameter in template.parameters:
            if parameter.options and (product.id, parameter.name) not in live:
                proposal = _proposal(model, product, template, parameter, region)
                if proposal is not None:
                    found.append(proposal)
    return sorted(found, key=lambda proposal: (-proposal.gain.value, proposal.parameter))


def first_asked(proposal: Proposal) -> datetime | None:
    """Return when somebody in the region chose first what is proposed."""
    about = {"product_slug": proposal.product.slug, "parameter": proposal.parameter, "chosen": proposal.option}
    chosen = Choice.objects.filter(region=proposal.region, **about)
    said = chosen.exclude(kind__in=(ChoiceKind.LOOKED, ChoiceKind.RETURNED))
    return said.order_by("at").values_list("at", flat=True).first()


def find_proposal(product: Product, region: str, parameter: str) -> Proposal:
    """Return the proposal of one question as it stands now, or raise :class:`NotNow` when there is none any more."""
    for proposal in proposals(region):
        if proposal.product.id == product.id and proposal.parameter == parameter:
            return proposal
    raise NotNow(
        "What people here want is no longer sure enough, or this is offered already.", help="Look at the board again."
    )


def _proposal(
    model: Model, product: Product, template: DesignTemplate, parameter: Parameter, region: str
) -> Proposal | None:
    from glocal.design.region_edits import differences, edited
    from glocal.values import Estimate

    question = model.questions.get((product.slug, parameter.name))
    values = {option.label: option.value for option in parameter.options}
    own = next((option.label for option in parameter.options if option.value == parameter.initial), None)
    if question is None or question.edges is not None or own is None or region not in question.regions:
        return None
    draws = question.draws(region)
    column = {label: draws[:, question.options.index(label)] for label in values if label in question.options}
    if own not in column or len(column) < 2:
        return None
    best = max(column, key=lambda label: (float(column[label].mean()), label))
    gain = 100 * (column[best] - column[own])
    odds = float((gain > 0).mean())
    if best == own or odds < SURE:
        return None
    low, high = np.quantile(gain, [0.1, 0.9]).tolist()
    share = next(p.share for p in model.preferences(region, product.slug, parameter.name) if p.option == best)
    wrong = gain[gain <= 0]
    variant = edited(template, {("parameter", parameter.name, "default"): values[best]})
    return Proposal(
        product,
        region,
        parameter.name,
        best,
        own,
        values[best],
        share,
        float(question.network_shares()[question.options.index(best)]),
        Estimate(float(gain.mean()), low, high, share.source),
        float(-wrong.mean()) if len(wrong) else 0.0,
        odds,
        question.own_voice(region),
        tuple(change.words() for change in differences(template, variant, "what people here choose")),
    )
