"""Rules between parameters, written as ``wall * 2 < width and len(name) <= 12``: a tiny language, never ``eval``.

Numbers, texts and parameter names; ``+ - * / %``, comparisons, ``and or not``, ``min max abs sqrt len``, ``v[0]``.
There are no loops and no powers, and the length is bounded, so that a stranger's rule costs next to nothing.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping

from glocal.design.model import ParameterValue

MAX_CHARACTERS = 400
MAX_NODES = 120

_Value = float | bool | str | tuple[float, ...]
_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}
_ORDER: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FUNCTIONS: dict[str, Callable[..., float]] = {"min": min, "max": max, "abs": abs, "sqrt": math.sqrt}


class ConstraintError(ValueError):
    """The rule is not written in the language, or cannot be worked out with these values."""


def names(expression: str) -> frozenset[str]:
    """Return the parameters that a rule speaks of; raises ConstraintError when it is no rule."""
    tree = _parse(expression)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called)


def holds(expression: str, values: Mapping[str, ParameterValue]) -> bool:
    """Say whether a rule holds for these values."""
    try:
        result = _evaluate(_parse(expression).body, values)
    except (ArithmeticError, IndexError, ValueError, TypeError) as error:
        raise ConstraintError(f"{expression!r} cannot be worked out: {error}") from error
    if not isinstance(result, bool):
        raise ConstraintError(f"{expression!r} is {result!r}, expected a comparison")
    return result


def _parse(expression: str) -> ast.Expression:
    if len(expression) > MAX_CHARACTERS:
        raise ConstraintError(f"a rule has {len(expression)} characters, at most {MAX_CHARACTERS} are allowed")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ConstraintError(f"{expression!r} is not a rule: {error}") from error
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        raise ConstraintError(f"{expression[:40]!r}… is too complicated")
    return tree


def _evaluate(node: ast.expr, values: Mapping[str, ParameterValue]) -> _Value:  # noqa: PLR0911, PLR0912 (a grammar)
    match node:
        case ast.Constant(value=bool() | str() as value):
            return value
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.Name(id=name):
            raise ValueError(f"there is no parameter {name}")
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _truth(_evaluate(operand, values))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(_evaluate(operand, values))
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_truth(_evaluate(part, values)) for part in parts)
        case ast.BoolOp(op=ast.Or(), values=parts):
            return any(_truth(_evaluate(part, values)) for part in parts)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](_number(_evaluate(left, values)), _number(_evaluate(right, values)))
        case ast.Compare():
            return _compare(node, values)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _call(name, [_evaluate(argument, values) for argument in arguments])
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int() as index)):
            vector = values.get(name)
            if isinstance(vector, tuple) and 0 <= index < len(vector):
                return vector[index]
            raise ValueError(f"{name} has no entry {index}")
    raise ValueError(f"{ast.unparse(node)[:60]!r} is not part of the language")


def _compare(node: ast.Compare, values: Mapping[str, ParameterValue]) -> bool:
    left = _evaluate(node.left, values)
    for op, comparator in zip(node.ops, node.comparators, strict=True):
        right = _evaluate(comparator, values)
        if type(op) in _ORDER:
            true = _ORDER[type(op)](_number(left), _number(right))
        elif isinstance(op, ast.Eq | ast.NotEq):
            true = (left == right) == isinstance(op, ast.Eq)
        else:
            raise ValueError(f"{ast.unparse(node)[:60]!r} is not part of the language")
        if not true:
            return False
        left = right
    return True


def _call(name: str, arguments: list[_Value]) -> float:
    if name == "len" and len(arguments) == 1 and isinstance(arguments[0], str | tuple):
        return float(len(arguments[0]))
    if name in _FUNCTIONS and arguments:
        return float(_FUNCTIONS[name](*[_number(argument) for argument in arguments]))
    raise ValueError(f"{name} is not a function of the language")


def _number(value: _Value) -> float:
    if isinstance(value, float):
        return value
    raise ValueError(f"{value!r} is not a number")


def _truth(value: _Value) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"{value!r} is neither true nor false")
