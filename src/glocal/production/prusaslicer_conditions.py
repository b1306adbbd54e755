"""Evaluate the slicer's ``compatible_printers_condition`` expressions, without ``eval``.

The language, as the vendors' bundles use it: ``and or not ! && ||``, parentheses, ``== != < > <= >=``,
``=~ /regex/`` and ``!~ /regex/`` (the whole text has to match), numbers, ``"strings"``, settings by name, and
``name[index]`` for lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

Operand = str | float | bool
Scope = Mapping[str, str]
Node = Callable[[Scope], Operand]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<match>=~|!~)\s*/(?P<regex>(?:[^/\\]|\\.)*)/
    | (?P<number>\d+\.?\d*|\.\d+)
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<name>[A-Za-z_]\w*)
    | (?P<symbol>==|!=|<=|>=|<>|&&|\|\||[<>=!()\[\]])
    )""",
    re.VERBOSE,
)


class ConditionError(ValueError):
    """An expression outside the language."""


class _Parser:
    """Recursive descent over one expression."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        position, end = 0, len(text.rstrip())
        while position < end:
            found = _TOKEN.match(text, position)
            if not found:
                raise ConditionError(f"cannot read {text[position:]!r} in condition {text!r}")
            if found["match"]:
                self.tokens.append((found["match"], found["regex"]))
            else:
                kind = found.lastgroup or ""
                self.tokens.append((found["symbol"] or kind, found[kind]))
            position = found.end()
        self.next = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.next] if self.next < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.next += 1
        return token

    def is_word(self, *words: str) -> bool:
        kind, text = self.peek()
        return text in words and kind in (*words, "name")

    def expect(self, symbol: str) -> None:
        if self.take()[0] != symbol:
            raise ConditionError(f"expected {symbol!r}")

    def either(self) -> Node:
        node = self.both()
        while self.is_word("or", "||"):
            self.take()
            node = _or(node, self.both())
        return node

    def both(self) -> Node:
        node = self.negated()
        while self.is_word("and", "&&"):
            self.take()
            node = _and(node, self.negated())
        return node

    def negated(self) -> Node:
        if self.is_word("not", "!"):
            self.take()
            inner = self.negated()
            return lambda scope: not _truth(inner(scope))
        return self.comparison()

    def comparison(self) -> Node:
        left = self.operand()
        operator, text = self.peek()
        if operator in ("=~", "!~"):
            self.take()
            return _matches(left, re.compile(text, re.DOTALL), negate=operator == "!~")
        if operator in _COMPARE:
            self.take()
            return _compares(left, self.operand(), operator)
        return left

    def operand(self) -> Node:
        kind, text = self.take()
        if kind == "(":
            inner = self.either()
            self.expect(")")
            return inner
        if kind == "number":
            return _constant(float(text))
        if kind == "string":
            return _constant(text[1:-1])
        if kind == "name":
            if text in ("true", "false"):
                return _constant(text == "true")
            index = 0
            if self.peek()[0] == "[":
                self.take()
                index = int(float(self.take()[1]))
                self.expect("]")
                return lambda scope: _setting(scope, text, index)
            return lambda scope: _setting(scope, text, None)
        raise ConditionError(f"unexpected {text!r}")


_COMPARE: dict[str, Callable[[Operand, Operand], bool]] = {
    "==": lambda a, b: a == b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: float(a) < float(b),
    ">": lambda a, b: float(a) > float(b),
    "<=": lambda a, b: float(a) <= float(b),
    ">=": lambda a, b: float(a) >= float(b),
}


def _constant(value: Operand) -> Node:
    return lambda scope: value


def _or(left: Node, right: Node) -> Node:
    return lambda scope: _truth(left(scope)) or _truth(right(scope))


def _and(left: Node, right: Node) -> Node:
    return lambda scope: _truth(left(scope)) and _truth(right(scope))


def _matches(left: Node, pattern: re.Pattern[str], *, negate: bool) -> Node:
    return lambda scope: (pattern.fullmatch(str(left(scope))) is None) == negate


def _compares(left: Node, right: Node, operator: str) -> Node:
    def compare(scope: Scope) -> Operand:
        a, b = left(scope), right(scope)
        if isinstance(a, str) != isinstance(b, str):
            a, b = _number_or_text(a), _number_or_text(b)
        return _COMPARE[operator](a, b)

    return compare


def _number_or_text(value: Operand) -> Operand:
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return value


def _truth(value: Operand) -> bool:
    return value not in ("", "0", 0.0, False)


def _setting(scope: Scope, name: str, index: int | None) -> Operand:
    if name == "num_extruders":
        return float(len(scope.get("nozzle_diameter", "").split(",")))
    value = scope.get(name, "")
    if index is not None:
        parts = value.split(",")
        value = parts[min(index, len(parts) - 1)].strip()
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return value[1:-1]
    return value


@lru_cache(maxsize=4096)
def _compile(text: str) -> Node:
    parser = _Parser(text)
    node = parser.either()
    if parser.peek()[0] != "end":
        raise ConditionError(f"unexpected {parser.peek()[1]!r} in condition {text!r}")
    return node


def holds(condition: str, settings: Scope) -> bool:
    """Say whether a condition holds for a printer's settings; an empty condition always does.

    Raises
    ------
    ConditionError
        When the expression is outside the language.
    """
    return not condition.strip() or _truth(_compile(condition.strip())(settings))
