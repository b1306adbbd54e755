"""The little language behind a parameter: ``[0:0.5:10]``, ``[a, b:Label]``, ``20``, ``font``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBER = re.compile(r"[+-]?(?:\d+\.\d*|\d*\.\d+|\d+)(?:[eE][+-]?\d+)?")
_WORD = re.compile(r'[^(\[ \],":)]+')
_STRING = re.compile(r'"((?:\\.|[^"\\])*)(?:"|\Z)', re.DOTALL)
_STRING_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"'}


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number or words."""

    value: float | str

    @property
    def value_is_number(self) -> bool:
        """Say whether this is a number."""
        return isinstance(self.value, float)

    @property
    def text(self) -> str:
        """Return the words, or the number as OpenSCAD prints it in a list (six significant digits)."""
        return f"{self.value:g}" if isinstance(self.value, float) else self.value


@dataclass(frozen=True, slots=True)
class Labelled:
    """``value:label`` in a list."""

    value: Scalar
    label: Scalar


@dataclass(frozen=True, slots=True)
class Range:
    """``[begin:end]`` or ``[begin:step:end]``."""

    begin: float
    end: float
    step: float


Annotation = Scalar | Range | tuple[Scalar | Labelled, ...]
_Token = tuple[str, float | str]


def parse_annotation(comment: str) -> Annotation | None:
    """Return what the comment says, or None when it is ordinary prose that happens to use brackets or colons."""
    tokens = list(_tokens(comment))
    if not tokens or tokens[0][0] != "[":
        return _scalar(tokens)
    return _brackets(tokens)


def _brackets(tokens: list[_Token]) -> Annotation | None:
    if tokens[-1][0] != "]" or any(kind in "[]" for kind, _ in tokens[1:-1]):
        return None
    fields = [[_scalar(part) for part in _split(item, ":")] for item in _split(tokens[1:-1], ",")]
    if any(scalar is None for item in fields for scalar in item):
        return None
    whole = [[scalar for scalar in item if scalar is not None] for item in fields]
    if len(whole) == 1 and (limits := _range(whole[0])):
        return limits
    if any(len(item) > 2 for item in whole):
        return None
    return tuple(item[0] if len(item) == 1 else Labelled(item[0], item[1]) for item in whole)


def _range(item: list[Scalar]) -> Range | None:
    numbers = [scalar.value for scalar in item if isinstance(scalar.value, float)]
    if len(numbers) != len(item) or len(item) not in {2, 3}:
        return None
    return Range(numbers[0], numbers[-1], numbers[1] if len(numbers) == 3 else 1.0)


def _scalar(tokens: list[_Token]) -> Scalar | None:
    """Join words and numbers to one text; a number that stands alone stays a number."""
    kinds = {kind for kind, _ in tokens}
    if not tokens or not kinds <= {"number", "word"}:
        return None
    if len(tokens) == 1:
        return Scalar(tokens[0][1])
    return Scalar(" ".join(Scalar(value).text for _, value in tokens)) if "word" in kinds else None


def _split(tokens: list[_Token], separator: str) -> list[list[_Token]]:
    parts: list[list[_Token]] = [[]]
    for token in tokens:
        if token[0] == separator:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _tokens(comment: str) -> Iterator[_Token]:
    position = 0
    while position < len(comment):
        char = comment[position]
        number, word = _NUMBER.match(comment, position), _WORD.match(comment, position)
        if char == '"' and (string := _STRING.match(comment, position)):
            yield "word", re.sub(r"\\(.)", lambda escape: _STRING_ESCAPES.get(escape[1], escape[0]), string[1])
            position = string.end()
        elif char in "[],:":
            yield char, char
            position += 1
        elif number and (not word or number.end() >= word.end()):
            yield "number", float(number.group())
            position = number.end()
        elif word and not (len(word.group()) == 1 and char in " \t"):
            yield "word", word.group()
            position = word.end()
        else:
            position += 1  # blanks and round brackets
