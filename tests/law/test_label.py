"""The label holds everything on one page, in either direction, and says when it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from glocal.law.errors import LabelImpossible
from glocal.law.label import FAMILIES, FONTS, Label, label_pdf

ADDRESS = "https://shop.example/p/01a214d9-6b1b-7316-a123-1126d0cd8bf9/"
PEG = Label("Peg", ["Corner shop, 1 rue du Panier, Marseille", "No. 01a214d9"], ["This is not a toy."], ADDRESS)
needs_fonts = pytest.mark.skipif(
    not all((FONTS / name).is_file() for name in FAMILIES.values()), reason="Noto fonts are not installed"
)


@needs_fonts
def test_a_label_is_one_page() -> None:
    pdf = label_pdf(PEG)
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") == 1


@needs_fonts
def test_a_label_from_right_to_left_with_latin_words_in_it() -> None:
    words = ["ليست هذه لعبة.", "PETG: يفقد شكله من نحو 68 °C."]
    assert label_pdf(Label("وتد", ["Corner shop"], words, ADDRESS, right_to_left=True)).startswith(b"%PDF-")


@needs_fonts
def test_much_text_gets_smaller_letters_and_too_much_is_refused() -> None:
    assert label_pdf(Label("Peg", ["x " * 150], ["Keep away from open flames. " * 4] * 4, ADDRESS))
    with pytest.raises(LabelImpossible):
        label_pdf(Label("Peg", [], ["word " * 79] * 15, ADDRESS))


def test_nothing_endless_is_drawn() -> None:
    with pytest.raises(LabelImpossible):
        Label("Peg", ["x"] * 30, [], ADDRESS)


def test_missing_fonts_are_named(tmp_path: Path) -> None:
    with pytest.raises(LabelImpossible, match="NotoSans"):
        label_pdf(PEG, fonts=tmp_path)
