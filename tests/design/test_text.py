"""Every glyph is drawn, or the text is refused by name."""

import unicodedata
from pathlib import Path

import pytest

from glocal.design.text import check_text, direction_of, font_files, font_for, lettering, script_of
from glocal.design.text_errors import MissingGlyphs, MixedScripts, TextRefused

NOTO = Path("/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf")
CJK = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc")
pytestmark = pytest.mark.skipif(not (NOTO.exists() and CJK.exists()), reason="Debian's Noto fonts are not installed")

LINES = {
    "Adé": "Latn", "Ọláwálé ẹ́ ọ̀ ṣ": "Latn", "Ελλάδα": "Grek", "محمد علي": "Arab", "שלום 5": "Hebr",
    "नमस्ते": "Deva", "தமிழ்": "Taml", "ไทย": "Thai", "አበበ 12": "Ethi", "ߒߞߏ": "Nkoo", "ⵣⴰⵣⴰ": "Tfng", "渡辺": "Hani",
    "さくら": "Jpan", "김민준": "Kore", "12 & 14": "Latn", "١٢": "Arab", "♥": "Latn", "": "Latn",
}  # fmt: skip


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("fonts")


@pytest.mark.parametrize(("line", "script"), LINES.items())
def test_the_script_of_a_line(line, script):
    assert script_of(line) == script


@pytest.mark.parametrize("line", LINES)
def test_the_font_has_every_character(line, cache_dir):
    from fontTools.ttLib import TTFont

    chosen = lettering(line, cache_dir=cache_dir)
    covered = set(TTFont(chosen.file).getBestCmap())
    assert {ord(c) for c in unicodedata.normalize("NFC", line)} <= covered
    assert font_files(line, cache_dir=cache_dir) == (chosen.file,)


def test_the_name_is_that_of_the_file(cache_dir):
    from fontTools.ttLib import TTFont

    names = TTFont(lettering("渡辺", cache_dir=cache_dir).file)["name"]
    assert lettering("渡辺", cache_dir=cache_dir).font == f"{names.getDebugName(1)}:style={names.getDebugName(2)}"
    assert font_for("Adé").startswith("Noto Sans")


def test_a_subset_of_a_cjk_font_is_some_kilobytes(cache_dir):
    assert lettering("渡辺", cache_dir=cache_dir).file.stat().st_size < 20_000


def test_one_file_serves_all_names_of_an_alphabet(cache_dir):
    assert lettering("Ada", cache_dir=cache_dir) == lettering("Ọláwálé", cache_dir=cache_dir)


def test_signs_that_a_script_lacks_are_lent_and_pieces_of_one_family_have_their_own_names(cache_dir):
    plain, heart = lettering("Ada", cache_dir=cache_dir), lettering("Ada ♥", cache_dir=cache_dir)
    assert plain.file != heart.file
    assert plain.font != heart.font


def test_a_composed_file_is_made_once_and_hinted_by_nobody(cache_dir):
    from fontTools.ttLib import TTFont

    first = lettering("שלום 5", cache_dir=cache_dir).file
    written = first.stat().st_mtime_ns
    assert lettering("שלום 5", cache_dir=cache_dir).file == first
    assert first.stat().st_mtime_ns == written
    font = TTFont(first)
    assert "fpgm" not in font
    assert len(font["prep"].program.getBytecode()) > 7, "a face without any program crashes the engine's auto-hinter"


def test_joining_and_marks_survive_composing(cache_dir):
    from fontTools.ttLib import TTFont

    arabic = TTFont(lettering("محمد", cache_dir=cache_dir).file)
    assert {"init", "medi", "fina"} <= {f.FeatureTag for f in arabic["GSUB"].table.FeatureList.FeatureRecord}
    latin = TTFont(lettering("ẹ́ ọ̀", cache_dir=cache_dir).file)
    assert {"mark", "mkmk"} <= {f.FeatureTag for f in latin["GPOS"].table.FeatureList.FeatureRecord}


def test_shared_characters_take_the_form_of_the_customers_language(cache_dir):
    fonts = [lettering("骨", language=tag, cache_dir=cache_dir).font for tag in ("zh-Hans", "zh-Hant-TW")]
    assert [font.split()[3] for font in fonts] == ["SC", "TC"]


@pytest.mark.parametrize(
    ("line", "direction"), [("Ada", "ltr"), ("محمد", "rtl"), ("שלום 5", "rtl"), ("١٢", "ltr"), ("12", "ltr")]
)
def test_the_direction(line, direction):
    assert direction_of(line) == direction


@pytest.mark.parametrize("line", ["🙂", "Ada 🎉", "𓀀x"])
def test_missing_glyphs_are_named_or_scripts_are(line):
    with pytest.raises((MissingGlyphs, MixedScripts, TextRefused)) as caught:
        lettering(line)
    assert caught.value.message


def test_a_missing_glyph_is_named():
    with pytest.raises(MissingGlyphs, match=r"U\+1F642, slightly smiling face"):
        font_for("Ada 🙂")


@pytest.mark.parametrize("line", ["Ada محمد", "नमस्ते Ada", "אבג محمد"])
def test_scripts_that_cannot_stand_in_one_line_are_refused_by_name(line):
    with pytest.raises(MixedScripts, match=r"mixes several scripts: .*, "):
        font_for(line)


def test_lines_may_differ_in_script(cache_dir):
    assert len(font_files("محمد\nAda", cache_dir=cache_dir)) == 2


@pytest.mark.parametrize(
    "text",
    ["a\u202eb", "a\u2067b", "a\u200fb", "a\nb", "a\x00b", "a\x1bb", "a\ue000b", "a\ufeffb", "a\u2028b", "\u0301a",
     "e" + "\u0301" * 4, "a\ud800b", "a\u0378b", "a" * 81],
)  # fmt: skip
def test_hostile_text_is_refused(text):
    with pytest.raises(TextRefused) as caught:
        check_text(text)
    assert caught.value.help


@pytest.mark.parametrize("text", ["ẹ́ọ̀ṣ", "क्ष\u200dत", "می\u200cخواهم", "L’Été – « ça »", "a" * 80])
def test_honest_text_passes(text):
    check_text(text)
