"""Whatever a page may refuse is said in the reader's language, with its facts."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import override

import glocal
from glocal.commons.errors import BadProof
from glocal.design.errors import ConstraintViolated, OutOfRange
from glocal.errors import GlocalError
from glocal.production.diagnosis import CHECK_ADDRESS, Diagnosis, refused
from glocal.production.errors import PrinterUnavailable
from glocal.shop.error_words import BY_KIND, error_in_words, error_text
from glocal.shop.errors import NotNow, QuoteRefused
from glocal.strategy.errors import AssumptionBroken
from glocal.strategy.world_file import estimate_from
from glocal.web.printer_words import diagnosis_in_words
from tests.web.test_translations import entries

ROOT = Path(glocal.__file__).parent
FOR_PROGRAMS = {"cli", "demand", "bundle"}
"""Rooms whose refusals the command line tells; what a page asks of them, it asks with values that they take."""
WITHOUT_WORDS = {
    "bad_input", "cannot_be_made", "outside_part_failed",  # kinds, which nobody raises by themselves
    "bundle_missing", "engine_missing", "sandbox_missing", "fonts_missing", "file_damaged", "profiles_missing",
    "slicer_missing", "printer_server_failed", "calibration_failed", "bad_calibration", "not_calibrated",
    # whoever installs and keeps the computer is told in English, as its tools tell
    "package_invalid", "bad_print_notes", "edit_refused", "merge_refused", "nesting_input_broken",
    "maker_file_broken", "need_broken", "no_makers", "plan_input_broken", "gcode_unreadable", "bad_terms",
    "needs_exact_quote", "cannot_price", "mesh_not_repairable", "does_not_nest",
    # for whoever writes designs, files and programs
}  # fmt: skip
TOLD_ELSEWHERE = (
    "shop/shops/setup_file",  # a file that only the command line reads
    "design/sizes", "design/units",  # only programs and the command line ask for these
    "commons/designs", "commons/erase", "commons/evaluate_odds", "commons/successor",  # published by the command line
    "commons/prints_table",  # a file that only the command line reads
    "commons/odds",  # pages say so in words of their own
    "strategy/backtest", "strategy/break_even", "strategy/compare",  # pages ask within what is simulated
    "strategy/world_file",  # a file of the command line; the one figure that a page takes is tested below
)  # fmt: skip


def kinds() -> dict[str, type[GlocalError]]:
    """Return every error of the product by the name of its class."""
    for path in ROOT.rglob("*.py"):
        if path.relative_to(ROOT).parts[0] != "cli" and re.search(r'^    code = "', path.read_text(), re.MULTILINE):
            importlib.import_module(".".join(("glocal", *path.relative_to(ROOT).with_suffix("").parts)))
    found, waiting = {}, [GlocalError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        found[kind.__name__] = kind
    return found


def raised(modules: Iterator[Path]) -> Iterator[tuple[str, ast.expr]]:
    """Yield where a page's error is made, and the expression of its message or its help."""
    known = kinds()
    for path in modules:
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name in known and known[name].code not in WITHOUT_WORDS | BY_KIND.keys():
                where = f"{path.relative_to(ROOT)}:{call.lineno} {name}"
                for words in [*call.args[:1], *(each.value for each in call.keywords if each.arg == "help")]:
                    yield where, words


def texts(words: ast.expr) -> Iterator[str]:
    if isinstance(words, ast.Constant):
        yield words.value
    elif isinstance(words, ast.IfExp):
        yield from (*texts(words.body), *texts(words.orelse))


def test_every_refusal_that_a_page_shows_has_words_in_every_language() -> None:
    """A message made on the spot (an f-string) cannot be translated: its facts belong beside it, in ``{names}``."""
    assert {kind.code for kind in kinds().values()} >= WITHOUT_WORDS
    told = {text.replace('\\"', '"') for text in entries("fr")}
    pages = (p for p in ROOT.rglob("*.py") if p.relative_to(ROOT).parts[0] not in FOR_PROGRAMS)
    told_here = (p for p in pages if not str(p.relative_to(ROOT)).startswith(TOLD_ELSEWHERE))
    missing, counted = [], 0
    for where, words in raised(told_here):
        if isinstance(words, ast.JoinedStr):
            missing.append(f"{where}: {ast.unparse(words)}")
        for text in texts(words):
            counted += 1
            missing += [f"{where}: {text}"] if text not in told | {"", "{possible}"} else []
    assert counted > 100
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("language", ["fr", "ar", "yo"])
def test_damaged_bytes_of_a_log_are_told_by_their_kind(language: str) -> None:
    assert set(BY_KIND.values()) <= set(entries(language))
    broken = BadProof("The proof of inclusion is too short.")
    assert broken.code in BY_KIND
    with override(language):
        told = error_in_words(broken)["message"]
    assert told != broken.message
    assert told == entries(language)[BY_KIND["bad_proof"]]


def test_an_error_fills_its_facts_into_its_words_in_each_language() -> None:
    refused = OutOfRange(
        "{parameter} is {value} {unit}, which is out of range.", help="Allowed is at most {max} {unit}.",
        parameter="wall", value=1234.5, unit="mm", max=4.0, labels={"wall": {"en": "Wall", "fr": "Paroi"}},
    )  # fmt: skip
    assert (refused.message, refused.help) == ("wall is 1234.5 mm, which is out of range.", "Allowed is at most 4 mm.")
    for error in (refused, refused.as_dict()):
        with override("fr"):
            told = error_in_words(error)
        assert told["message"] == "Paroi vaut 1\u202f234,5 mm, ce qui est hors limites."
        assert told["help"] == "On peut aller jusqu’à 4 mm."
        assert told["code"] == "parameter_out_of_range"
        assert "words" not in told


def test_a_fact_that_is_empty_leaves_no_gap_and_one_that_looks_like_a_name_stays() -> None:
    assert OutOfRange("{value} {unit}, no.", value=2.0, unit="").message == "2, no."
    assert NotNow("“{said}” is not so.", said="{code} {said}", code="x").message == "“{code} {said}” is not so."
    assert NotNow("Braces {stay} so.").message == "Braces {stay} so."


def test_the_design_s_own_words_come_in_the_languages_of_its_manifest() -> None:
    broken = ConstraintViolated(
        "Too thin.", help="Change {parameters}.", parameters=["w", "h"],
        messages={"en": "Too thin.", "ar": "رقيق جدًا."}, labels={"w": {"ar": "الجدار"}, "h": {"ar": "الارتفاع"}},
    )  # fmt: skip
    with override("ar"):
        assert error_text(broken) == "رقيق جدًا. غيّر الجدار، الارتفاع."


def test_a_refusal_that_was_kept_with_a_quote_is_told_again_in_the_reader_s_language() -> None:
    kept = QuoteRefused("The quantity is {quantity}.", help="Ask the shop.", quantity=2000).as_dict()
    with override("fr"):
        assert error_text(QuoteRefused.kept(kept)) == "La quantité est 2\u202f000. Demandez à la boutique."
        assert error_text(QuoteRefused.kept(None)) == "Il n’y a pas de prix pour cela. Redemandez le prix."
        assert error_in_words({"code": "x", "message": "Kept.", "help": "", "data": {}})["message"] == "Enregistré."


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_the_check_found_is_the_refusal(language: str) -> None:
    found = {"code": "too_tall", "severity": "blocking", "message": "It is 300 mm tall.", "help": "Cut it."}
    refusal = QuoteRefused("It is 300 mm tall.", help="Cut it.", findings=[found])
    wanted = {"en": "It is 300 mm tall.", "fr": "La pièce est trop haute pour la machine."}
    with override(language):
        assert error_in_words(refusal)["message"] == wanted[language]


@pytest.mark.parametrize("language", ["fr", "ar", "yo"])
def test_every_reason_of_the_network_is_told_in_the_reader_s_language(language: str) -> None:
    from glocal.shop.quotes.match_words import nobody_in_words, reason_in_words

    texts = "".join(path.read_text() for path in (ROOT / "network").glob("*.py"))
    codes = {*re.findall(r'Reason\(\s*"(\w+)"', texts), "nozzle_heat", "bed_heat"}
    assert len(codes) > 20
    numbers = "distance_km left_g needs_g reaches_c needs_c stands_c plates_left plates offers_h needs_h pieces scale"
    data = {
        **dict.fromkeys(numbers.split(), 2.0),
        **{name: [1.0, 2.0, 3.0] for name in ("bed_mm", "part_mm", "piece_mm", "max_mm")},
        "refuses": "petg",
        "material": "pla",
        "has": ["petg"],
        "materials": ["petg"],
        "ready_at": "2026-03-01T10:00+00:00",
    }
    with override(language):
        for code in codes:
            told = reason_in_words({"code": code, "message": "In English.", "data": data})
            assert told != "In English.", code
            assert "{" not in told, code
        without = {"code": "material", "message": "In English.", "data": {}}
        assert reason_in_words(without) == "In English.", "kept before the reason had its figures"
        answer = {"name": "Lagos Makers", "maker": "m", "reasons": [{"code": "bed_size", "message": "x", "data": data}]}
        stopped = {**answer, "reasons": [{"code": "", "message": "It is too small.", "data": {}}]}
        told = nobody_in_words({"rejected": [stopped], "unknown": [], "possible_with": []}, reason_in_words)
        assert told[0] == "Lagos Makers: It is too small", "the sentence around it has its own full stop"
        against, possible = nobody_in_words({"rejected": [answer], "unknown": [], "possible_with": []}, reason_in_words)
        assert against.startswith("Lagos Makers: ")
        assert "1 × 2 × 3" in against
        assert possible == ""


def test_every_withheld_material_and_every_kind_of_damaged_file_has_words() -> None:
    from glocal.design.errors import MeshFileError
    from glocal.design.threemf_rules import _NAMES
    from glocal.shop.quotes.actions import WITHHELD

    advice = {kind.advice for kind in kinds().values() if issubclass(kind, MeshFileError)}
    assert {*WITHHELD.values(), *advice, *(helps for _part, _name, helps in _NAMES)} <= set(entries("yo"))


@pytest.mark.parametrize("language", ["fr", "ar", "yo"])
def test_a_figure_of_the_growth_page_that_is_none_is_refused_in_the_reader_s_language(language: str) -> None:
    with pytest.raises(AssumptionBroken) as refused, override(language):
        estimate_from("much", "rent_per_day")
    told = {text: entries(language)[text] for text in refused.value.words}
    assert all(text != translated for text, translated in told.items())


def test_every_question_to_another_shop_has_words() -> None:
    from glocal.network.invitation import questions
    from glocal.network.model import Reason
    from glocal.network.peers import STILL_FREE

    codes = ("machines_unknown", "place_unknown", "delivery_unknown", "hours_unknown", "time_unknown", "heat_unknown")
    asked = questions(Reason(code, "") for code in codes)
    assert len(asked) > 7
    assert {STILL_FREE, *asked} <= set(entries("ar"))


def test_an_order_that_cannot_be_made_says_why_on_its_page() -> None:
    from glocal.web.order_words import event_in_words

    refusal = QuoteRefused("The quantity is {quantity}.", help="Ask the shop.", quantity=3).as_dict()
    with override("fr"):
        told = event_in_words("cannot_be_made", "In English.", refusal)
    assert told == "Ce n’est pas réalisable: La quantité est 3. Demandez à la boutique."


def test_every_event_of_a_timeline_is_told_in_the_reader_s_language() -> None:
    """Codes that stand in the source as they are told; one that comes later is missing here until it has words."""
    from glocal.web.order_words import event_in_words

    source = "".join(path.read_text() for path in (ROOT / "shop").rglob("*.py"))
    codes = set(re.findall(r'\b(?:tell|move|tell_job)\(\s*[\w.]+,\s*"(\w+)"', source))
    assert len(codes) > 25
    with override("fr"):
        silent = {code for code in codes if event_in_words(code, "In English.", {}) == "In English."}
    assert silent == {"cannot_be_made"}, "which is told by its refusal"


@pytest.mark.parametrize(
    ("licence", "words"),
    [
        ("CC-BY-SA-4.0", "et le vendre. Les versions modifiées peuvent être transmises sous la même"),
        ("CC-BY-NC-ND-4.0", "Les versions modifiées ne peuvent pas être transmises. Nommez les auteurs."),
        ("", "Demandez d’abord à l’auteur."),
    ],
)  # fmt: skip
def test_what_a_licence_allows_is_said_in_the_reader_s_language(licence: str, words: str) -> None:
    from glocal.web.licence_words import licence_in_words

    with override("fr"):
        assert words in licence_in_words(licence)


def test_a_failed_connection_is_told_in_the_readers_language() -> None:
    """With what would help once: what the diagnosis advises itself goes before what the failure advises."""
    not_it = PrinterUnavailable(
        "What answers at {address} is not {server}.", help=CHECK_ADDRESS, address="a", server="b"
    )
    with override("fr"):
        assert diagnosis_in_words(refused(not_it)).startswith("Ce qui répond à a n’est pas b. ")
        silent = diagnosis_in_words(Diagnosis("bambu_silent", {"said": not_it.message}, not_it))
    assert silent.startswith("Ce qui répond à a n’est pas b. Est-elle allumée")


def test_what_failed_in_the_shop_is_told_to_the_shop_and_not_to_the_customer() -> None:
    from glocal.production.errors import SlicerTimedOut
    from glocal.web.order_words import event_in_words

    failure = SlicerTimedOut(
        "The slicer was still busy with this plate after {timeout_s} seconds.", help="Raise it.", timeout_s=180
    ).as_dict()
    asked = ("failed_retry", "The slicer was still busy. Raise it.", failure)
    assert "slicer" not in event_in_words(*asked)
    assert event_in_words(*asked, to_shop=True) == asked[1]
    with override("fr"):
        assert "180" not in event_in_words(*asked)
        assert "180" in event_in_words(*asked, to_shop=True)
