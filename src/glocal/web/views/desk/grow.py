"""Which step pays? The planner's questions, its answers with intervals, and every assumption to look at and change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from glocal.shop.errors import NotFound
from glocal.shop.growth.answers import MOST, STEP, answer, ask
from glocal.shop.growth.queries import own_world
from glocal.shop.makers.queries import active_machines
from glocal.shop.products.queries import live_products
from glocal.shop.shops.queries import the_shop
from glocal.web.grow_words import DETAILS, QUESTIONS, assumption_words, source_words, way_words
from glocal.web.guard import owner_only
from glocal.web.numbers import number, percent, whole_money
from glocal.web.page import desk_page, page

if TYPE_CHECKING:
    from glocal.strategy.compare import Compared
    from glocal.strategy.world import World

PREFIX = "a."  # of an assumption's field in the form


@dataclass(frozen=True, slots=True)
class Given:
    """The world that is asked about, where it comes from, and what the owner changed."""

    world: World
    is_example: bool
    left_out: tuple[str, ...]
    changed: dict[str, str]
    names: dict[str, str]


@owner_only
@require_safe
def questions_page(request: HttpRequest) -> HttpResponse:
    """List the questions."""
    questions = [{"name": name, "title": title, "why": why} for name, (title, why) in QUESTIONS.items()]
    return desk_page(request, "grow.html", {"questions": questions})


@owner_only
@require_safe
def question_page(request: HttpRequest, name: str) -> HttpResponse:
    """Answer one question; with ``fragment`` in the address the answer alone, for a page that refines it."""
    if name not in QUESTIONS:
        raise NotFound("There is no such question.", help="Choose one from the list.")
    given = _given(request)
    details = {field.name: request.GET.get(field.name, field.initial) for field in DETAILS.get(name, ())}
    courses = _courses(request)
    title, why = QUESTIONS[name]
    context: dict[str, Any] = {
        "name": name,
        "title": title,
        "why": why,
        "given": given,
        "courses": courses,
        "most": MOST,
        "step": STEP,
        "query": _query(request),
        "details": [(field, details[field.name]) for field in DETAILS.get(name, ())],
        "assumptions": _assumptions(given),
    }
    ready = name not in DETAILS or all(each in request.GET for each in details)
    if ready:
        compared = answer(ask(given.world, name, details), courses)
        context |= {"rows": _rows(compared, given), "courses": len(compared[0].gain)}
    if "fragment" in request.GET:
        return page(request, "desk/grow_answer.html", context)
    return desk_page(request, "grow_question.html", context)


def _given(request: HttpRequest) -> Given:
    from glocal.strategy.example import example_world
    from glocal.strategy.world import assumptions, with_estimates
    from glocal.strategy.world_file import estimate_from

    own = own_world(the_shop(), timezone.now())
    world = own.world if own else example_world()
    known = dict(assumptions(world))
    changed = {}
    for path, estimate in known.items():
        text = str(request.GET.get(f"{PREFIX}{path}", "")).strip()
        if text and text != _as_typed(estimate):
            changed[path] = text
    values = {path: estimate_from(text, path) for path, text in changed.items()}
    names = _names()
    left_out = tuple(names.get(slug, slug) for slug in own.left_out) if own else ()
    return Given(with_estimates(world, values), own is None, left_out, changed, names)


def _names() -> dict[str, str]:
    """Return what products and makers are called, by slug."""
    language = get_language() or "en"
    products = {product.slug: product.text("title", language) for product in live_products()}
    unnamed = {"a neighbour": _("A neighbour")}
    return {**unnamed, **products, **{machine.maker.slug: machine.maker.name for machine in active_machines()}}


def _as_typed(estimate: Any) -> str:
    ends = (estimate.low, estimate.value, estimate.high)
    return "..".join(f"{end:.4g}" for end in ends) if estimate.low < estimate.high else f"{estimate.value:.6g}"


def _courses(request: HttpRequest) -> int:
    text = request.GET.get("courses", "")
    return min(max(int(text), STEP), MOST) if text.isascii() and text.isdigit() and len(text) < 6 else STEP


def _query(request: HttpRequest) -> str:
    kept = request.GET.copy()
    for name in ("fragment", "courses"):
        kept.pop(name, None)
    return str(kept.urlencode())


def _assumptions(given: Given) -> list[dict[str, Any]]:
    from glocal.strategy.world import assumptions

    rows = []
    for path, estimate in assumptions(given.world):
        if estimate.high == 0 and path not in given.changed:
            continue  # what does not occur in this shop
        rows.append(
            {
                "field": f"{PREFIX}{path}",
                "label": assumption_words(path, given.names),
                "typed": given.changed.get(path) or _as_typed(estimate),
                "source": source_words(estimate.source),
                "changed": path in given.changed,
            }
        )
    return rows


def _rows(compared: tuple[Compared, ...], given: Given) -> list[dict[str, Any]]:
    """Return what the page says of each scenario; bars are in per cent of the widest interval."""
    language = get_language() or "en"
    scenarios = [each.scenario() for each in compared]
    low = min(0.0, *(one.profit_low for one in scenarios))
    high = max(0.0, *(one.profit_high for one in scenarios))
    width = max(high - low, 1.0)

    def place(minor: float) -> float:
        return round(100.0 * (minor - low) / width, 2)

    def said(minor: float) -> str:
        return whole_money(round(minor), given.world.currency, language)

    rows = []
    for index, (each, one) in enumerate(zip(compared, scenarios, strict=True)):
        gain = one.data["gain"]
        rows.append(
            {
                "name": way_words(each.name),
                "first": index == 0,
                "mean": said(one.profit_mean),
                "low": said(one.profit_low),
                "high": said(one.profit_high),
                "bar": {
                    "x": place(one.profit_low),
                    "width": max(0.5, place(one.profit_high) - place(one.profit_low)),
                    "mean": place(one.profit_mean),
                    "zero": place(0.0),
                },
                "gain": said(gain["mean"]),
                "gain_low": said(gain["low"]),
                "gain_high": said(gain["high"]),
                "verdict": _verdict(one.data["odds_better"], each) if index else "",
                "sold": number(one.data["sold"], language, 0),
                "on_time": percent(one.data["on_time"], language),
                "wait_h": number(one.data["wait_h"], language, 0),
                "km": number(one.data["km"], language, 0),
                "wasted_kg": number(one.data["wasted_g"] / 1000.0, language, 1),
                "busy": percent(one.data["busy"], language),
                "stock": number(one.data["stock_mean"], language, 0),
                "drivers": [
                    {"label": assumption_words(driver.assumption, given.names), "up": driver.correlation > 0}
                    for driver in each.drivers
                ],
            }
        )
    return rows


def _verdict(odds_better: float, compared: Compared) -> str:
    """Return in a sentence how sure the answer is; the words follow the odds."""
    if float(abs(compared.gain).max()) < 1.0:
        return _("It changes nothing.")
    share = percent(odds_better, get_language() or "en")
    if odds_better >= 0.9:
        return _("This pays, we are sure: better in {share} of all courses.").format(share=share)
    if odds_better >= 0.7:
        return _("This probably pays: better in {share} of all courses.").format(share=share)
    if odds_better > 0.3:
        return _("Nobody can say: better in {share} of all courses.").format(share=share)
    if odds_better > 0.1:
        return _("This probably does not pay: better in {share} of all courses.").format(share=share)
    return _("This does not pay, we are sure: better in {share} of all courses.").format(share=share)
