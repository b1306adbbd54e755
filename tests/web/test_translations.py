"""Translations are complete and fill in the same names as the original."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils.translation import override

import glocal

LOCALE = Path(glocal.__file__).parent / "web" / "locale"
ENTRY = re.compile(r'^msgid "(?P<id>.+)"\nmsgstr "(?P<text>.*)"$', re.MULTILINE)
BLOCK = re.compile(r"\{% blocktranslate(?P<how>[^%]*)%\}(?P<text>.*?)\{% (?:plural|endblocktranslate) %\}", re.DOTALL)
PLACEHOLDER = re.compile(r"\{\w+\}|%\(\w+\)s")


def entries(language: str) -> dict[str, str]:
    text = (LOCALE / language / "LC_MESSAGES" / "django.po").read_text()
    return {match["id"]: match["text"] for match in ENTRY.finditer(text)}


@pytest.mark.parametrize("language", ["fr", "ar", "yo"])
def test_every_text_is_translated_with_its_placeholders(language: str) -> None:
    texts = entries(language)
    assert len(texts) > 150
    for original, translated in texts.items():
        assert translated, f"{language} lacks {original!r}"
        assert sorted(PLACEHOLDER.findall(original)) == sorted(PLACEHOLDER.findall(translated)), original


def test_all_languages_have_the_same_texts() -> None:
    assert set(entries("fr")) == set(entries("ar")) == set(entries("yo"))


def test_no_text_of_the_pages_is_missing_from_the_translations() -> None:
    """Texts in templates and in ``_("…")`` of one line; ``django-admin makemessages`` finds the others as well."""
    known = {text.replace('\\"', '"') for text in entries("fr")}
    root = LOCALE.parent
    for template in (root / "templates").rglob("*.html"):
        for text in re.findall(r"""\{% translate (?:"([^"]+)"|'([^']+)') %\}""", template.read_text()):
            # Django looks a template's text up with each % doubled
            assert (text[0] or text[1]).replace("%", "%%") in known, f"{template.name}: {text}"
    for module in root.rglob("*.py"):
        for text in re.findall(r'\b_\("((?:[^"\\]|\\.)+)"\)', module.read_text()):
            assert text in known, f"{module.name}: {text}"


def test_no_block_of_text_is_missing_from_the_translations() -> None:
    known, blocks = entries("fr"), 0
    for template in (LOCALE.parent / "templates").rglob("*.html"):
        for block in BLOCK.finditer(template.read_text()):
            text = block["text"].replace("%", "%%")
            if "trimmed" in block["how"]:
                text = " ".join(line.strip() for line in text.splitlines() if line.strip())
            text = re.sub(r"\{\{ *(\w+) *\}\}", r"%(\1)s", text)
            assert text.replace('"', '\\"') in known, f"{template.name}: {text}"
            blocks += 1
    assert blocks > 20


def test_a_template_s_text_with_a_percent_sign_is_translated() -> None:
    with override("fr"):
        assert Template('{% load i18n %}{% translate "Humidity, %" %}').render(Context()) == "Humidité, %"


def test_every_reason_for_how_a_part_lies_is_translated() -> None:
    from glocal.design.orient_reasons import WORDS
    from glocal.web.part_words import reason_in_words

    assert set(WORDS.values()) <= set(entries("fr"))
    with override("fr"):
        said = reason_in_words({"code": "foot", "figures": {"foot_cm2": 12.5}, "message": "It stands on 12.5 cm²."})
        assert said == "Elle repose sur 12,5 cm²."
        assert reason_in_words("It was turned.") == "It was turned.", "kept before reasons had codes"


@pytest.mark.parametrize("language", ["fr", "ar", "yo"])
def test_every_finding_of_the_check_is_told_in_the_readers_language(language: str) -> None:
    """A code that a check learns later is missing from the words until somebody says it there."""
    from glocal.shop.parts.finding_words import findings_in_words

    design = Path(glocal.__file__).parent / "design"
    text = "".join(path.read_text() for path in design.glob("*.py"))
    codes = {*re.findall(r'Finding\(\s*"(\w+)"', text), *re.findall(r'code, problem = \("(\w+)"', text)}
    assert len(codes) > 15
    with override(language):
        for code in codes:
            english = {"code": code, "severity": "warning", "message": "In English.", "help": "Do this.", "where": []}
            (told,) = findings_in_words([english])
            assert told["message"] != "In English.", code
            assert told["help"] != "Do this.", code
            known = entries(language).values()
            assert {told["message"], told["help"]} <= set(known), code


@pytest.mark.parametrize("language", ["fr", "ar", "yo"])
def test_a_finding_tells_its_figures_in_every_language(language: str) -> None:
    from glocal.shop.parts.finding_words import _words_with_figures, findings_in_words

    known = entries(language)
    assert {words for pair in _words_with_figures().values() for words in pair} <= set(known)
    found = {
        "code": "too_tall", "severity": "blocking", "message": "In English.", "help": "Cut it.",
        "figures": {"size_mm": [10.5, 20.0, 300.0], "room_mm": [180.0, 180.0, 180.0]},
    }  # fmt: skip
    with override(language):
        (told,) = findings_in_words([found])
    decimal = "," if language == "fr" else "."
    assert f"10{decimal}5 × 20 × 300" in told["message"]
    assert "180 × 180 × 180" in told["message"]


@pytest.mark.parametrize("kind", ["thin", "open", "large"])
def test_every_figure_of_the_words_is_one_that_the_check_gives(kind: str) -> None:
    import numpy as np

    from glocal.design.check import check
    from glocal.design.model import Mesh, PrintProcess
    from glocal.shop.parts.finding_words import findings_in_words
    from tests.production.parts import box_mesh as box

    mesh = {"thin": box(30, 30, 0.1), "open": box(20, 20, 20), "large": box(900, 20, 20)}[kind]
    if kind == "open":
        mesh = Mesh(mesh.vertices, np.delete(mesh.faces, 0, axis=0))
    found = [finding.as_dict() for finding in check(mesh, PrintProcess(0.4, 0.2, 180.0, 180.0, 180.0))]
    assert found
    with override("fr"):
        for told, english in zip(findings_in_words(found), found, strict=True):
            assert "{" not in told["message"] + told["help"], told
            assert told["message"] != english["message"]


def test_in_english_a_finding_keeps_its_figures() -> None:
    from glocal.shop.parts.finding_words import findings_in_words

    found = {"code": "too_tall", "severity": "blocking", "message": "It is 300 mm tall.", "help": "Cut it."}
    with override("en"):
        assert findings_in_words([found]) == [found]


def test_every_diagnosis_of_a_printer_is_translated() -> None:
    from glocal.production.diagnosis import WORDS, Diagnosis, works
    from glocal.production.model import PrinterState
    from glocal.web.printer_words import diagnosis_in_words

    assert {words for pair in WORDS.values() for words in pair if words} <= set(entries("fr"))
    with override("en"):
        for code in WORDS:
            names = dict.fromkeys(("server", "address", "said"), "x") | {"state": "idle"}
            assert diagnosis_in_words(Diagnosis(code, names)) == str(Diagnosis(code, names))
    with override("fr"):
        assert diagnosis_in_words(works("OctoPrint 1.11", PrinterState.IDLE)) == (
            "OctoPrint 1.11 répond et son imprimante est au repos."
        )
