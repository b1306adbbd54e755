"""The demand board: what the region wants, and from there to a variant, a run and its result."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from glocal.shop.demand import board, offers
from glocal.shop.demand.changes import sides_of
from glocal.shop.demand.defaults import EXPLORED_SHARE
from glocal.shop.demand.learnt import learning, learnt_model
from glocal.shop.demand.proposals import Proposal, live_offers, proposals
from glocal.shop.error_words import error_text
from glocal.shop.errors import NotFound, NotNow, OrderInvalid
from glocal.shop.products.describe import describe_parameters
from glocal.shop.products.models import Product
from glocal.shop.products.queries import get_product, live_products
from glocal.shop.sessions.access import access_inbox
from glocal.shop.shops.queries import the_shop
from glocal.web.desk_nav import navigation
from glocal.web.guard import owner_only
from glocal.web.links import part_url
from glocal.web.numbers import full_day, money, number
from glocal.web.page import desk_page, page
from glocal.web.region_map import region_map, region_name

if TYPE_CHECKING:
    from glocal.demand.insight import Beyond, Insight


@owner_only
@require_safe
@never_cache
def board_page(request: HttpRequest) -> HttpResponse:
    """Show what the region wants against the network."""
    access_inbox(request.user)
    shop = the_shop()
    said = board.choices_by_region()
    region = request.GET.get("region", shop.region)
    if region not in said:
        region = shop.region
    language = get_language() or shop.language
    names, known, offered = _Names(language), learning(), live_offers(region)
    model = learnt_model(known)
    context = {
        "shop": shop,
        "region": region,
        "region_name": region_name(region, language),
        "map": region_map(said, region, language),
        "said": [(code, region_name(code, language), choices) for code, choices in said.items()],
        "sentences": [
            *(names.sentence(insight) for insight in board.insights(region, model, names.products)),
            *(names.number_sentence(told) for told in board.numbers(region, model, names.products)),
        ],
        "is_alone": model is not None and all(len(asked.regions) < 2 for asked in model.questions.values()),
        "proposals": [
            names.proposal(proposal) for proposal in proposals(region, model, names.products.values(), offered)
        ],
        "results": [names.result(result) for result in board.results(offered)],
        "wishes": board.wish_groups(region),
        "rises": [names.rise(rise) for rise in board.rises(region, model)],
        "loud_weeks": [names.loud_week(loud) for loud in board.loud_weeks(region, model, names.products)],
        "terms": offers.terms(shop),
        "learnt": known,
        "percent": round(100 * EXPLORED_SHARE),
    }
    return page(request, "demand.html", {"desk_nav": navigation(request.path), **context})


def _in_ten(share: float) -> int:
    return round(10 * share)


def _time_to_live(hours: float | None) -> dict[str, int | None]:
    """Return how long a wish took to become a variant: in hours for three days, in days after."""
    days = hours is not None and hours > 72
    return {
        "hours": None if hours is None or days else round(hours),
        "days": round(hours / 24) if hours is not None and days else None,
    }


def _compared(names: dict[str, str], insight: Insight | Beyond) -> dict[str, Any]:
    """Return the sentence that holds a region's share against everybody's, with what stands below it."""
    here, there = _in_ten(insight.share.value), _in_ten(insight.network_share)
    fields = {**names, "here": here, "there": there}
    if here == there:
        fields |= {"here": round(100 * insight.share.value), "there": round(100 * insight.network_share)}
        text = _("Here, {here} in 100 want “{option}” for {parameter}; everywhere {there} in 100 do.")
    else:
        text = _("Here, {here} in 10 want “{option}” for {parameter}; everywhere {there} in 10 do.")
    return {
        **names,
        "text": text.format(**fields),
        "sure": _("We are very sure.") if insight.odds_differs > 0.95 else _("We are fairly sure."),
        "low": round(100 * insight.share.low),
        "high": round(100 * insight.share.high),
        "own": round(100 * insight.own_voice),
    }


class _Names:
    """Products, parameters and options in the reader's language, and sentences made of them."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.products = {product.slug: product for product in live_products().prefetch_related(None)}
        self._known: dict[str, dict[str, dict[str, Any]]] = {}

    def _parameters(self, slug: str) -> dict[str, dict[str, Any]]:
        if slug not in self._known:
            rows = describe_parameters(self.products[slug].template(), self.language)
            self._known[slug] = {row["name"]: row for row in rows}
        return self._known[slug]

    def about(self, slug: str, parameter: str, option: str) -> dict[str, str]:
        """Return the names of a question and an option."""
        product: Product | None = self.products.get(slug)
        if product is None:
            return {"title": slug, "parameter": parameter, "option": option}
        row = self._parameters(slug).get(parameter)
        shown = option
        original = product.template().parameter(parameter)
        for known, told in zip(original.options if original else (), row["options"] if row else (), strict=False):
            if known.label == option:
                shown = str(told["label"])
        label = str(row["label"]) if row else parameter
        return {"title": product.text("title", self.language), "parameter": label, "option": shown}

    def sentence(self, insight: Insight) -> dict[str, Any]:
        """Return an insight as a plain sentence."""
        names = self.about(insight.product, insight.parameter, insight.option)
        moves = ""
        if insight.past_share is not None:
            up = _("It is rising here and not elsewhere: {before} in 100 wanted it so far, {now} do now.")
            down = _("It is falling here and not elsewhere: {before} in 100 wanted it so far, {now} do now.")
            before, now = round(100 * insight.past_share), round(100 * insight.share.value)
            moves = (up if insight.share.value > insight.past_share else down).format(before=before, now=now)
        return {**_compared(names, insight), "moves": moves, "offered": insight.offered}

    def number_sentence(self, told: Beyond) -> dict[str, Any]:
        """Return how many want a number larger or smaller than it is preset as a plain sentence."""
        names = self.about(told.product, told.parameter, "")
        unit = self._parameters(told.product).get(told.parameter, {}).get("unit")
        value = number(told.value, self.language) + (f"\u00a0{unit}" if unit else "")
        option = (_("more than {value}") if told.more else _("less than {value}")).format(value=value)
        return {**_compared({**names, "option": option}, told), "moves": "", "offered": True}

    def proposal(self, proposal: Proposal) -> dict[str, Any]:
        """Return a proposal with the names that the reader knows."""
        names = self.about(proposal.product.slug, proposal.parameter, proposal.option)
        instead = self.about(proposal.product.slug, proposal.parameter, proposal.instead_of)["option"]
        return {
            **names,
            "slug": proposal.product.slug,
            "name": proposal.parameter,
            "instead": instead,
            "gain": round(proposal.gain.value),
            "low": round(proposal.gain.low),
            "high": round(proposal.gain.high),
            "odds": min(99, round(100 * proposal.odds)),  # 2,000 draws cannot tell more
            "loss": round(proposal.loss_if_wrong),
            "own": round(100 * proposal.own_voice),
        }

    def result(self, result: board.Result) -> dict[str, Any]:
        """Return what came of a variant."""
        offer = result.offer
        return {
            **self.about(offer.product.slug, offer.parameter, offer.option),
            "offer": offer,
            "result": result,
            "share": None if result.share is None else round(100 * result.share),
            "low": round(100 * result.low),
            "high": round(100 * result.high),
            **_time_to_live(result.hours_to_live),
        }

    def loud_week(self, loud: board.LoudWeek) -> str:
        """Return a week that counts as one voice as a plain sentence."""
        names = self.about(loud.product, loud.parameter, loud.burst.option)
        text = _(
            "In the week from {monday}, {most} of {total} choices here of “{parameter}” ({title}) were “{option}”,"
            " unlike in any other week: they count as one voice."
        )
        year, week = loud.burst.week.split("-W")
        monday = full_day(date.fromisocalendar(int(year), int(week), 1), self.language)
        return text.format(**names, monday=monday, most=round(loud.burst.most), total=round(loud.burst.total))

    def rise(self, rise: board.Rise) -> dict[str, Any]:
        """Return a trend in the reader's words."""
        weeks = rise.arrival.weeks
        return {
            **self.about(rise.product, rise.parameter, rise.option),
            "now": round(100 * rise.now),
            "here": round(100 * rise.here),
            "leads": rise.arrival.leads,
            "odds": min(99, round(100 * rise.arrival.odds)),
            "soon": None if weeks is None else round(weeks[0]),
            "late": None if weeks is None else round(weeks[2]),
        }


@owner_only
@require_POST
def run_size(request: HttpRequest) -> HttpResponse:
    """Say how many of a variant to have made: it is priced for that, so it is asked for and not shown by itself."""
    access_inbox(request.user)
    offer = _offer(request)
    about = _Names(get_language() or offer.product.shop.language).about(
        offer.product.slug, offer.parameter, offer.option
    )
    context: dict[str, Any] = {"offer": offer, "about": about}
    try:
        context["run"] = run = offers.propose_run(offer)
        currency, language = offer.product.shop.currency, get_language() or offer.product.shop.language
        context |= {
            "under": money(round(run.cost_under), currency, language),
            "over": money(round(run.cost_over), currency, language),
            "total": "" if run.total_minor is None else money(run.total_minor, currency, language),
        }
    except NotNow as refusal:
        context["why"] = error_text(refusal)
    if request.headers.get("HX-Request"):
        return page(request, "demand_run.html", context)
    return desk_page(request, "demand_run.html", context)


@owner_only
@require_safe
def change_page(request: HttpRequest) -> HttpResponse:
    """Show what a proposed variant changes: both to look at, with their prices."""
    access_inbox(request.user)
    product = get_product(request.GET.get("product", ""))
    language = get_language() or product.shop.language
    names, parameter = _Names(language), request.GET.get("parameter", "")
    try:
        before, after = (
            {
                **names.about(product.slug, parameter, side.option),
                "label": label,
                "picture": part_url(side.part, "png") if side.part else "",
                "price": "" if side.total_minor is None else money(side.total_minor, product.shop.currency, language),
            }
            for label, side in zip(
                (_("Now"), _("Then")), sides_of(product, request.GET.get("region", ""), parameter), strict=True
            )
        )
    except NotNow as refusal:
        return page(request, "demand_run.html", {"why": error_text(refusal)})
    context = {"before": before, "after": after, "sides": (before, after), "parameter": before["parameter"]}
    return page(request, "demand_change.html", context)


def _accept(request: HttpRequest) -> None:
    product = get_product(request.POST.get("product", ""))
    offers.accept(product, request.POST.get("region", ""), request.POST.get("parameter", ""))


def _offer(request: HttpRequest) -> Any:
    try:
        return offers.get_offer(uuid.UUID(request.POST.get("offer", "")))
    except ValueError:
        raise NotFound("There is no such variant.", help="Look at the board again.") from None


def _whole(request: HttpRequest, field: str) -> int:
    try:
        return int(request.POST.get(field, ""))
    except ValueError:
        raise OrderInvalid("This is not a whole number.", help="Write for example 12.", field=field) from None


def _commission(request: HttpRequest) -> None:
    offers.commission(_offer(request), _whole(request, "quantity"), email=settings.DEFAULT_FROM_EMAIL)


def _sell(request: HttpRequest) -> None:
    offers.sell_from_shelf(_offer(request), _whole(request, "count"))


def _end(request: HttpRequest) -> None:
    offers.end(_offer(request))


def _terms(request: HttpRequest) -> None:
    explores, pools, recipes = (name in request.POST for name in ("explores", "pools", "recipes"))
    offers.set_terms(the_shop(), explores=explores, pools_statistics=pools, uses_recipes=recipes)


DEEDS: dict[str, Callable[[HttpRequest], None]] = {
    "accept": _accept,
    "commission": _commission,
    "sell": _sell,
    "end": _end,
    "terms": _terms,
}


@owner_only
@require_POST
def board_do(request: HttpRequest, action: str) -> HttpResponse:
    """Do what a button of the board says."""
    access_inbox(request.user)
    deed = DEEDS.get(action)
    if deed is None:
        raise NotFound("There is no such action.", help="Use the buttons of the page.")
    deed(request)
    return redirect("desk-demand")
