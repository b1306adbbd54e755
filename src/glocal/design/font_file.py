"""Cut and join font files: a CJK face becomes a few kilobytes, a script's font gets the digits that it lacks."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from glocal.values import canonical_json, sha256_hex

_RECIPE = 1  # raise it when composing changes, so that old files are not used


def compose_font(
    path: Path,
    number: int | None,
    keep: frozenset[int] | None,
    supplements: Sequence[tuple[Path, frozenset[int]]],
    cache_dir: Path,
) -> Path:
    """Return a file with the asked characters of one face plus signs of other faces.

    The file is named by the content hash of what it is made from and made once. Shaping tables (joining, marks) of the
    main face stay whole for the characters that are kept.

    Parameters
    ----------
    path : Path
        The main face's file; its family and style name stay.
    number : int or None
        Number of the face in a collection.
    keep : set of code points or None
        What to keep of the main face; None keeps everything.
    supplements : sequence of (Path, set of code points)
        Signs to take from other files, which need no shaping.
    cache_dir : Path
        Where the file is kept; made when absent.
    """
    if keep is None and not supplements and number is None and _brings_hints(path):
        return path
    faces = [(path, number), *((file, None) for file, _ in supplements)]
    key = {
        "recipe": _RECIPE,
        "sources": [[file.name, face, file.stat().st_size, _checksum(file, face)] for file, face in faces],
        "keep": None if keep is None else sorted(keep),
        "signs": [sorted(signs) for _, signs in supplements],
    }
    digest = sha256_hex(canonical_json(key))[:16]
    target = cache_dir / f"{path.stem}-{digest}{'.otf' if number is not None else '.ttf'}"
    if target.is_file():
        return target
    cache_dir.mkdir(parents=True, exist_ok=True)
    main = _subset(path, number, keep, shaping=True)
    pieces = [_subset(file, None, signs, shaping=False) for file, signs in supplements]
    font = _join(main, pieces) if pieces else main
    _rename(font, digest)
    _replace_hints(font)
    _write(font, target)
    return target


def font_name(path: Path, number: int | None = None) -> str:
    """Return the name by which fontconfig, and so OpenSCAD, finds a face: ``"Family:style=Style"``."""
    from fontTools.ttLib import TTFont

    names = TTFont(path, fontNumber=-1 if number is None else number, lazy=True)["name"]
    family = names.getDebugName(16) or names.getDebugName(1)
    return f"{family}:style={names.getDebugName(17) or names.getDebugName(2)}"


def _checksum(path: Path, number: int | None) -> int:
    from fontTools.ttLib import TTFont

    return int(TTFont(path, fontNumber=-1 if number is None else number, lazy=True)["head"].checkSumAdjustment)


def _brings_hints(path: Path) -> bool:
    from fontTools.ttLib import TTFont

    return "fpgm" in TTFont(path, lazy=True)


def _replace_hints(font: Any) -> None:
    """Put a program that does nothing in the place of the hints.

    FreeType hands a TrueType face without any program to its automatic hinter, and that one crashes in OpenSCAD's
    WebAssembly build ("function signature mismatch"). Hints themselves do not matter for a part.
    """
    from fontTools.ttLib import newTable
    from fontTools.ttLib.tables.ttProgram import Program

    if "glyf" not in font:
        return
    for tag in ("fpgm", "cvt ", "hdmx", "VDMX", "LTSH"):
        if tag in font:
            del font[tag]
    for glyph in font["glyf"].glyphs.values():
        glyph.expand(font["glyf"])
        glyph.removeHinting()
    nothing = Program()
    nothing.fromBytecode(b"\xb0\x00\x21" * 4)  # four times: push a zero, pop it
    font["prep"] = newTable("prep")
    font["prep"].program = nothing
    font["maxp"].maxStackElements = max(1, getattr(font["maxp"], "maxStackElements", 0))


def _rename(font: Any, digest: str) -> None:
    """Give the face a family name of its own: two pieces of one family can then be loaded side by side."""
    names = font["name"]
    family = f"{names.getDebugName(16) or names.getDebugName(1)} {digest[:8]}"
    style = names.getDebugName(17) or names.getDebugName(2)
    for record in list(names.names):
        if record.nameID in (16, 17, 21, 22, 25) or (record.nameID in (1, 4, 6) and record.langID not in (0, 0x409)):
            names.removeNames(record.nameID, record.platformID, record.platEncID, record.langID)
        elif record.nameID == 1:
            record.string = family
        elif record.nameID == 2:
            record.string = style
        elif record.nameID in (3, 4):
            record.string = f"{family} {style}"
        elif record.nameID == 6:
            record.string = f"{family} {style}".replace(" ", "")
    if "CFF " in font:
        top = font["CFF "].cff.topDictIndex[0]
        top.FamilyName, top.FullName = family, f"{family} {style}"


def _subset(path: Path, number: int | None, keep: frozenset[int] | None, *, shaping: bool) -> Any:
    """Return a font with the glyphs of ``keep``, and all forms that shaping can make of them."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(path, fontNumber=-1 if number is None else number)
    if keep is None:
        return font
    options = subset.Options(hinting=False, notdef_outline=True, name_IDs=["*"], drop_tables=["DSIG", "vhea", "vmtx"])
    options.layout_features = ["*"] if shaping else []
    if not shaping:
        options.drop_tables += ["GSUB", "GPOS", "GDEF", "MATH"]
    wanted = set(keep) | {0x20} if shaping else set(keep)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    return font


def _join(main: Any, pieces: Sequence[Any]) -> Any:
    """Return one font; characters that the main one has stay its own."""
    from fontTools.merge import Merger

    with tempfile.TemporaryDirectory() as folder:
        files = []
        for index, font in enumerate([main, *pieces]):
            files.append(str(Path(folder) / f"{index}.ttf"))
            font.save(files[-1])
        return Merger().merge(files)


def _write(font: Any, target: Path) -> None:
    """Write the file at once, so that nobody ever reads half of it."""
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=target.suffix)
    os.close(handle)
    try:
        font.save(name)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
