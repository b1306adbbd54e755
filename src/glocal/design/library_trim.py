"""Leave out of the files that a design includes what it cannot reach, so that the engine need not read it.

BOSL2's standard files are 2.6 MB, of which a design reaches a tenth. OpenSCAD reads an included file again in each run
and for each file that includes it, which took longer than the design itself. What is left out are comments, and those
functions, modules and plain variables whose names nothing that is kept mentions: OpenSCAD has no way to call by a name
that is made at run time. What is kept stays on its line, so that messages name the right one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from glocal.design.model import DesignTemplate

_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_PADDING = re.compile(r'("(?:\\.|[^"\\])*")|[ \t\r]*\n[ \t\r]*|[ \t\r]{2,}', re.DOTALL)
_HEAD = re.compile(
    r"""\s*(?:(?P<path>(?:include|use)\s*<[^>\n]*>)
          | (?P<kind>function|module)\s+(?P<name>\$?\w+)\s*(?=\()
          | (?P<variable>\$?\w+)\s*=(?!=)
          | (?P<other>(?=\S)))""",
    re.VERBOSE | re.ASCII,
)
_SIGN = re.compile(r'"(?:\\.|[^"\\])*"|["(){}\[\];]', re.DOTALL)
_NAME = re.compile(r'"(?:\\.|[^"\\])*"|(\$?\w+)\s*(\(?)', re.ASCII | re.DOTALL)
_DIRECTIVE = re.compile(r"\b(?:include|use)\s*<(?:[^>\n]*/)?([^>/\n]+)>")
_ELSE = re.compile(r"\s*else\b")
_LITERAL_FUNCTION = re.compile(r"\s*function\s*\(")


@dataclass(frozen=True, slots=True, eq=False)
class _Statement:
    """A statement of the top level; one that is not a definition has no name and always stays."""

    text: str
    kind: str
    name: str
    calls: frozenset[str]
    names: frozenset[str]
    removable: bool


class _NotWhole(ValueError):
    """A text is no list of statements: a piece of one, or broken."""


def trimmed_files(template: DesignTemplate) -> dict[str, bytes]:
    """Return the files beside a template's source without what the source cannot reach."""
    return dict(_trimmed(template.source, tuple(template.files.items())))


@lru_cache(maxsize=32)
def _trimmed(main: str, files: tuple[tuple[str, bytes], ...]) -> tuple[tuple[str, bytes], ...]:
    return tuple(trim_files(main, dict(files)).items())


def trim_files(main: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of a design without what it cannot reach.

    Parameters
    ----------
    main : str
        The design itself.
    files : mapping of relative path to bytes
        What it includes or uses. A file that is not OpenSCAD, or cannot be split into statements, is returned as it is.
    """
    split = {name: _statements(data) for name, data in files.items() if name.endswith(".scad")}
    texts = [main, *(files[name].decode("latin-1") for name in split)]
    included = {name for text in texts for name in _DIRECTIVE.findall(text)}
    whole = [main, *(data.decode("latin-1") for name, data in files.items() if _is_whole(name, split, included))]
    roots = [_statement(_without_comments(text), "", "") for text in whole]
    kept = _reached([*roots, *(statement for statements in split.values() for statement in statements or ())])
    return {name: data if split.get(name) is None else _joined(split[name] or (), kept) for name, data in files.items()}


def _is_whole(name: str, split: Mapping[str, object], included: AbstractSet[str]) -> bool:
    """Tell whether a file that stays as it is may mention something: a text may be included under any name."""
    return split[name] is None if name in split else name.rpartition("/")[2] in included


def _joined(statements: Sequence[_Statement], kept: set[_Statement]) -> bytes:
    parts = [each.text if each in kept else "\n" * each.text.count("\n") for each in statements]
    return "".join(parts).rstrip("\n").encode("latin-1")


def _reached(statements: Sequence[_Statement]) -> set[_Statement]:
    """Return the statements that stay, and all that these mention, and so on."""
    called: dict[str, list[_Statement]] = {}
    mentioned: dict[str, list[_Statement]] = {}
    for each in statements:
        (mentioned if each.kind == "variable" else called).setdefault(each.name, []).append(each)
    waiting = [each for each in statements if not each.removable]
    kept = set(waiting)
    while waiting:
        each = waiting.pop()
        for names, definitions in ((each.calls, called), (each.names, mentioned)):
            for name in names:
                found = definitions.pop(name, ())
                waiting += (other for other in found if other not in kept)
                kept.update(found)
    return kept


@lru_cache(maxsize=256)
def _statements(data: bytes) -> tuple[_Statement, ...] | None:
    """Return the statements of a file, or None when they cannot be told apart."""
    text = _without_comments(data.decode("latin-1"))
    statements, position = [], 0
    try:
        while head := _HEAD.match(text, position):
            end = head.end() if head["path"] else _end(text, head)
            kind = head["kind"] or ("variable" if head["variable"] else "")
            statements.append(_statement(text[position:end], kind, head["name"] or head["variable"] or ""))
            position = end
    except _NotWhole:
        return None
    return (*statements, _statement(text[position:], "", ""))


def _statement(text: str, kind: str, name: str) -> _Statement:
    found = _NAME.findall(text)
    calls = frozenset(each for each, parenthesis in found if each and parenthesis)
    # a special variable acts without being mentioned ($fn), and a calculation may refuse or say something
    removable = kind in {"function", "module"} or (
        kind == "variable"
        and not name.startswith("$")
        and (not calls or _LITERAL_FUNCTION.match(text.partition("=")[2]) is not None)
    )
    return _Statement(text, kind, name, calls, frozenset(each for each, _ in found if each), removable)


def _end(text: str, head: re.Match[str]) -> int:
    """Return where a statement ends: with its semicolon or its closing brace."""
    ends_by_brace = head["kind"] != "function" and not head["variable"]
    depth = 0
    for sign in _SIGN.finditer(text, head.end()):
        match sign.group():
            case '"':
                raise _NotWhole
            case "(" | "[" | "{":
                depth += 1
                continue
            case ")" | "]" | "}" as closing:
                depth -= 1
                if depth < 0:
                    raise _NotWhole
                ends = closing == "}" and depth == 0 and ends_by_brace
            case ";":
                ends = depth == 0
            case _:
                continue
        if ends and not (ends_by_brace and _ELSE.match(text, sign.end())):
            return sign.end()
    raise _NotWhole


def _without_comments(text: str) -> str:
    """Return a text without comments and without spaces that mean nothing, line by line the same."""
    bare = _COMMENT.sub(lambda found: found.group() if found.group()[0] == '"' else _lines(found.group()) or " ", text)
    return _PADDING.sub(lambda found: found[1] or _lines(found.group()) or " ", bare)


def _lines(text: str) -> str:
    return "\n" * text.count("\n")
