"""Fonts that a customer chooses, where a design's author asks for one with MakerWorld's ``// font``.

Offered are the installed fonts with Latin, Greek and Cyrillic letters. The design's own font always stays allowed; one
that is not installed is drawn with the font that fits the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from glocal.design.errors import NotAnOption
from glocal.design.model import Option, Parameter
from glocal.design.text import FONT_ROOT, coverage
from glocal.design.text_errors import MissingGlyphs

_FILES = {
    **{
        family: ("noto", family.replace(" ", ""), (("Regular", "Bold", "Italic", "Bold Italic")))
        for family in ("Noto Sans", "Noto Sans Display", "Noto Serif", "Noto Serif Display")
    },
    "DejaVu Sans Mono": ("dejavu", "DejaVuSansMono", ("Bold",)),
}


@lru_cache(maxsize=1)
def _installed() -> dict[str, Path]:
    """Return the files of the fonts that are there, by the names that OpenSCAD knows them by."""
    places = {
        f"{family}:style={style}": FONT_ROOT / "truetype" / folder / f"{stem}-{style.replace(' ', '')}.ttf"
        for family, (folder, stem, styles) in _FILES.items()
        for style in styles
    }
    return {name: path for name, path in places.items() if path.is_file()}


def _plain(name: str) -> str:
    """Return a font's name without what makes no difference."""
    family, _, style = name.partition(":style=")
    return f"{family.strip()}:style={style.strip() or 'Regular'}".casefold()


def font_file(name: str) -> Path | None:
    """Return the file of an installed font by its OpenSCAD name; ``"Noto Serif"`` means the regular style."""
    return {_plain(known): path for known, path in _installed().items()}.get(_plain(name))


def offered_fonts(parameter: Parameter) -> tuple[Option, ...]:
    """Return the fonts that may be chosen for a parameter, the design's own first where it is another one."""
    fonts = [Option(name, name.replace(":style=", ", ").replace(", Regular", "")) for name in _installed()]
    own = str(parameter.initial)
    for font in fonts:
        if _plain(str(font.value)) == _plain(own):
            return (Option(own, font.label), *(other for other in fonts if other != font))
    return (Option(own, own.replace(":style=", ", ")), *fonts)


def checked_font(parameter: Parameter, raw: object) -> str:
    """Return a chosen font's name, or refuse one that is not offered."""
    offered = [str(option.value) for option in offered_fonts(parameter)]
    if raw in offered:
        return str(raw)
    raise NotAnOption(
        "{parameter} cannot be “{said}”.",
        help="Choose one of these fonts: {allowed}.",
        parameter=parameter.name,
        said=str(raw)[:80],
        allowed=offered,
    )


def refuse_missing(name: str, texts: Sequence[str]) -> None:
    """Refuse a chosen font that lacks characters of the texts: OpenSCAD would draw boxes in their place."""
    file = font_file(name)
    if file is None:
        return
    there = coverage(file, None)
    missing = sorted({sign for text in texts for sign in text if sign.isprintable() and ord(sign) not in there})
    if missing:
        raise MissingGlyphs(
            "The font {font} cannot draw: {shown}.",
            help="Choose another font, or leave these characters out.",
            font=name.replace(":style=", ", "),
            shown=" ".join(missing[:8]),
            characters=missing,
        )
