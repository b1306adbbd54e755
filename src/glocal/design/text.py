"""Which font letters a text, in any script, so that no glyph is ever a box.

OpenSCAD's ``text()`` shapes one run with one font and looks for no other when a glyph is missing. So each line gets one
font that has all its characters: the script's own Noto font, with digits, punctuation and symbols that it lacks taken
over from its siblings. Scripts that cannot stand in one run are refused by name.
"""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from glocal.design.font_file import compose_font, font_name
from glocal.design.text_errors import FontsMissing, MissingGlyphs, MixedScripts, TextRefused

MAX_CHARACTERS = 80
MAX_MARKS_IN_A_ROW = 3
FONT_ROOT = Path("/usr/share/fonts")

_ALPHABETS = frozenset({"Latn", "Grek", "Cyrl"})
_EAST_ASIAN = frozenset({"Hani", "Hira", "Kana", "Hang", "Bopo"})
_NO_SCRIPT = frozenset({"Zyyy", "Zinh", "Zzzz"})
_REFUSED_CATEGORIES = {"Cc": "a control character", "Cs": "half a character", "Co": "a private character",
                       "Cn": "a character that does not exist", "Zl": "a line break", "Zp": "a line break"}  # fmt: skip
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")
_FAMILY_FILES = {  # where the rule "NotoSans" + name of the script does not give the file we want
    "Latn": "NotoSans", "Grek": "NotoSans", "Cyrl": "NotoSans", "Arab": "NotoNaskhArabic", "Nkoo": "NotoSansNKo",
    "Cans": "NotoSansCanadianAboriginal", "Hmnp": "NotoSerifNyiakengPuachueHmong", "Phag": "NotoSansPhagsPa",
}  # fmt: skip
_SYMBOL_FILES = ("NotoSansSymbols-Bold.ttf", "NotoSansSymbols2-Regular.ttf", "NotoSansMath-Regular.ttf")
_EAST_ASIAN_FACES = {"ja": 0, "ko": 1, "zh-hans": 2, "zh-hant": 3}  # order in Debian's NotoSansCJK collection


@dataclass(frozen=True, slots=True)
class Lettering:
    """How OpenSCAD letters one line of text.

    Parameters
    ----------
    font : str
        Fontconfig name, ``"Family:style=Style"``.
    file : Path
        The font file to load; it has every glyph of the text.
    script : str
        ISO 15924 code, for ``text(script=…)``.
    direction : str
        ``"ltr"`` or ``"rtl"``.
    language : str
        BCP 47 tag, for forms that differ by language.
    """

    font: str
    file: Path
    script: str
    direction: str
    language: str


def check_text(text: str, *, max_characters: int = MAX_CHARACTERS) -> None:
    """Refuse what is not plain lettering.

    Raises
    ------
    TextRefused
        Too long; control, private, unassigned or direction-override characters; a mark without a letter; more than
        three marks on one letter.
    """
    if len(text) > max_characters:
        raise TextRefused(
            "The text has {count} characters; up to {allowed} fit.",
            help="Shorten the text.", reason="too_long", count=len(text), allowed=max_characters,
        )  # fmt: skip
    marks = 0
    for position, character in enumerate(text):
        category = unicodedata.category(character)
        wrong = _REFUSED_CATEGORIES.get(category) or ("a direction override" if character in _BIDI_CONTROLS else None)
        if wrong is None and category == "Cf" and character not in _JOINERS:
            wrong = "an invisible character"
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks and marks == position + 1:
            wrong = "a mark without a letter"
        if marks > MAX_MARKS_IN_A_ROW:
            wrong = "too many marks on one letter"
        if wrong:
            shown = f"U+{ord(character):04X}, {unicodedata.name(character, 'no name')}"
            raise TextRefused(
                "Character {number} cannot be lettered ({shown}).",
                help="Type the text again without it; copying from a web page can bring such characters along.",
                number=position + 1, shown=shown, reason=wrong, position=position, code_point=ord(character),
            )  # fmt: skip


def script_of(text: str) -> str:
    """Return the ISO 15924 code of the script of one line of text.

    Digits, punctuation and symbols belong to any script; a text of nothing else counts as Latin, or as the script whose
    own digits it uses. Japanese and Korean lines, which mix scripts by nature, count as ``"Jpan"`` and ``"Kore"``.

    Raises
    ------
    MixedScripts
        When the line mixes scripts that cannot stand in one run, such as Latin and Arabic.
    """
    from fontTools import unicodedata as ucd

    found = dict.fromkeys(ucd.script(c) for c in text)
    scripts = [script for script in found if script not in _NO_SCRIPT]
    if not scripts:
        return _script_of_signs(text)
    if set(scripts) <= _ALPHABETS:
        return str(scripts[0])
    if set(scripts) <= _EAST_ASIAN | _ALPHABETS:
        if {"Hira", "Kana"} & set(scripts):
            return "Jpan"
        return "Kore" if "Hang" in scripts else "Hani" if "Hani" in scripts else "Bopo"
    if len(scripts) > 1:
        names = [ucd.script_name(script).replace("_", " ") for script in scripts]
        raise MixedScripts(
            "One line mixes several scripts: {names}.",
            help="Write each script on a line of its own.", names=names, scripts=scripts,
        )  # fmt: skip
    return str(scripts[0])


def direction_of(text: str) -> str:
    """Return ``"rtl"`` when the line has letters that run from right to left, else ``"ltr"`` (numbers always do)."""
    return "rtl" if any(unicodedata.bidirectional(c) in ("R", "AL") for c in text) else "ltr"


def lettering(text: str, *, language: str | None = None, cache_dir: Path | None = None) -> Lettering:
    """Choose, and where needed compose, the font for one line.

    Parameters
    ----------
    text : str
        One line; may be empty.
    language : str, optional
        BCP 47 tag of the customer's language; decides between Chinese, Japanese and Korean forms of shared characters.
    cache_dir : Path, optional
        Where composed fonts are kept; without it the user's cache directory.

    Raises
    ------
    TextRefused, MixedScripts, MissingGlyphs, FontsMissing
    """
    check_text(text)
    line = unicodedata.normalize("NFC", text)
    script = script_of(line)
    path, number = _face(script, language)
    wanted = frozenset(ord(c) for c in line if c not in _JOINERS)
    lacking = wanted - coverage(path, number)
    supplements: list[tuple[Path, frozenset[int]]] = []
    for sibling in _siblings(path) if number is None else ():
        taken = _signs(lacking & coverage(sibling, None))
        if taken:
            supplements.append((sibling, taken))
            lacking -= taken
    if lacking:
        _refuse_missing(lacking)
    keep = _kept(wanted, script, number)
    file = compose_font(path, number, keep, supplements, cache_dir or default_cache_dir())
    language_tag = language or {"Jpan": "ja", "Kore": "ko", "Hani": "zh-hans"}.get(script, "")
    return Lettering(_named(file), file, script, direction_of(line), language_tag)


def font_for(text: str, *, language: str | None = None) -> str:
    """Return the OpenSCAD font name that has all glyphs of ``text``; raise as :func:`lettering` does."""
    return lettering(text, language=language).font


def font_files(text: str, *, language: str | None = None, cache_dir: Path | None = None) -> tuple[Path, ...]:
    """Return the font files that lettering ``text`` needs; one per line of it, without repeats."""
    lines = [line for line in text.split("\n") if line.strip()] or [""]
    return tuple(dict.fromkeys(lettering(line, language=language, cache_dir=cache_dir).file for line in lines))


def default_cache_dir() -> Path:
    """Return where composed fonts are kept unless the caller says otherwise (XDG base directories)."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "glocal" / "fonts"


def _script_of_signs(text: str) -> str:
    """Return the script that has the digits and signs of ``text`` as its own, or Latin."""
    from fontTools import unicodedata as ucd

    shared = [set(ucd.script_extension(c)) - _NO_SCRIPT for c in text]
    owners = [owner for owner in shared if owner]
    common = set.intersection(*owners) if owners else set()
    for script in ("Latn", "Arab", "Deva", "Hani"):
        if script in common:
            return script
    return min(common) if common else "Latn"


def _face(script: str, language: str | None) -> tuple[Path, int | None]:
    """Return the font file of a script, and the number of its face when the file is a collection."""
    from fontTools import unicodedata as ucd

    if script in _EAST_ASIAN or script in ("Jpan", "Kore"):
        return _find("NotoSansCJK-Bold.ttc"), _EAST_ASIAN_FACES[_east_asian_form(script, language)]
    stem = _FAMILY_FILES.get(script) or "NotoSans" + ucd.script_name(script).replace("_", "")
    names = [stem, stem.replace("NotoSans", "NotoSerif")]
    for name in names:
        for weight in ("Bold", "Regular"):
            path = FONT_ROOT / "truetype" / "noto" / f"{name}-{weight}.ttf"
            if path.is_file():
                return path, None
    _find("NotoSans-Bold.ttf")
    name = ucd.script_name(script).replace("_", " ")
    raise MissingGlyphs(
        "No installed font has the script {name}.", help="Use another script.", name=name, scripts=[script]
    )


def _east_asian_form(script: str, language: str | None) -> str:
    asked = (language or "").lower()
    if script in ("Jpan", "Hira", "Kana"):
        return "ja"
    if script in ("Kore", "Hang"):
        return "ko"
    if asked[:2] in ("ja", "ko"):
        return asked[:2]
    traditional = script == "Bopo" or any(tag in asked for tag in ("hant", "-tw", "-hk", "-mo"))
    return "zh-hant" if traditional else "zh-hans"


def _find(name: str) -> Path:
    folder = "opentype" if name.endswith(".ttc") else "truetype"
    path = FONT_ROOT / folder / "noto" / name
    if not path.is_file():
        package = "fonts-noto-cjk" if name.endswith(".ttc") else "fonts-noto-core"
        raise FontsMissing(f"The font file {path} is not there.", help=f"Install Debian's package {package}.")
    return path


def _siblings(path: Path) -> list[Path]:
    """Return the fonts that lend signs to the one at ``path``: Noto Sans in the same weight, then symbols."""
    weight = path.stem.rsplit("-", 1)[-1]
    return [_find(f"NotoSans-{weight}.ttf"), *(_find(name) for name in _SYMBOL_FILES)]


def _signs(code_points: frozenset[int]) -> frozenset[int]:
    """Return those that belong to no script (digits, punctuation, symbols): they need no shaping."""
    from fontTools import unicodedata as ucd

    return frozenset(c for c in code_points if ucd.script(chr(c)) == "Zyyy")


def _kept(wanted: frozenset[int], script: str, number: int | None) -> frozenset[int] | None:
    """Return the characters that stay in the file: only the text's for collections, a script's for the alphabets."""
    if number is not None:
        return wanted
    if script not in _ALPHABETS:
        return None
    return wanted | _alphabet(script)


@lru_cache(maxsize=8)
def _alphabet(script: str) -> frozenset[int]:
    """Return a script's letters and the signs that go with them, so that one file serves every text in it."""
    from fontTools import unicodedata as ucd

    path, _ = _face(script, None)
    signs = {c for c in coverage(path, None) if c < 0x250 or 0x2010 <= c < 0x2040 or 0x20A0 <= c < 0x2123}
    letters = {c for c in coverage(path, None) if ucd.script(chr(c)) == script}
    return frozenset(signs | letters | set(range(0x300, 0x370)) & coverage(path, None))


@lru_cache(maxsize=64)
def coverage(path: Path, number: int | None) -> frozenset[int]:
    """Return the code points that a font file, or a face of a collection, has."""
    return frozenset(_table(path, number).getBestCmap())


@lru_cache(maxsize=256)
def _named(path: Path) -> str:
    return font_name(path)


def _table(path: Path, number: int | None) -> Any:
    from fontTools.ttLib import TTFont

    return TTFont(path, fontNumber=-1 if number is None else number, lazy=True)


def _refuse_missing(code_points: frozenset[int]) -> None:
    characters = [chr(c) for c in sorted(code_points)]
    shown = ", ".join(f"{c} (U+{ord(c):04X}, {unicodedata.name(c, 'no name').lower()})" for c in characters[:8])
    raise MissingGlyphs(
        "No font that fits this text can draw: {shown}.",
        help="Leave these characters out, or write them on a line of their own.",
        shown=shown,
        characters=characters,
    )
