"""Read the parameters of an OpenSCAD design without running it.

The Customizer language (OpenSCAD User Manual, "Customizer") lives in comments, and OpenSCAD reads it with a scanner
of its own whose habits real files depend on. What is found here is what ``openscad --export-format param`` lists:
same parameters, same order, same ranges; the tests compare the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from glocal.design.customizer_comment import Annotation, Labelled, Range, Scalar, parse_annotation
from glocal.design.model import Option, Parameter, ParameterValue

HIDDEN_GROUP = "Hidden"
DEFAULT_GROUP = "Parameters"
MAX_VECTOR = 4
WIDGETS = frozenset({"color", "font"})
FILE_PLACEHOLDERS = frozenset({"default.stl", "default.png", "default.svg"})

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?(?:\*/|\Z))
      | (?P<path>(?:include|use)\s*<[^>\n]*>)
      | (?P<string>"(?:\\.|[^"\\])*(?:"|\Z))
      | (?P<number>(?:0[xX][0-9a-fA-F]+|(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?)(?![A-Za-z0-9_]))
      | (?P<name>\$?[A-Za-z0-9_]+)
      | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(x[0-7][0-9A-Fa-f]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"'}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """A top-level ``name = expression;``: where it stands and, if it is a plain value, which."""

    name: str
    line: int
    expression: str
    value: ParameterValue | None


def read_parameters(source: str) -> tuple[Parameter, ...]:
    """Return what a customer may change in a design, in OpenSCAD's order.

    Parameters
    ----------
    source : str
        The text of the ``.scad`` file.
    """
    lines = source.split("\n")
    stop_line = _first_brace_line(source)
    groups = list(_groups(source))
    parameters = []
    for assignment in top_level_assignments(source):
        if assignment.value is None or assignment.line >= stop_line:
            continue
        group = next((name for line, name in reversed(groups) if line < assignment.line), DEFAULT_GROUP).strip()
        if group == HIDDEN_GROUP:
            continue
        caption = _caption(lines, assignment.line)
        comment = _trailing_comment(lines[assignment.line - 1])
        parameters.append(_parameter(assignment.name, assignment.value, group, caption, comment))
    return tuple(parameters)


def top_level_assignments(source: str) -> tuple[Assignment, ...]:
    """Return the design's own variables: each once, where it first stands, with the last expression given to it."""
    found: dict[str, Assignment] = {}
    statement: list[_Token] = []
    depth = 0
    for token in _tokens(source):
        if token.kind in {"space", "path"}:
            continue
        if token.text in {"(", "[", "{"} and token.kind == "sign":
            depth += 1
        elif token.text in {")", "]", "}"} and token.kind == "sign":
            depth = max(0, depth - 1)
        ends = token.kind == "sign" and depth == 0 and token.text in {";", "}"}
        if not ends:
            statement.append(token)
            continue
        if token.text == ";" and len(statement) > 2 and statement[0].kind in {"name"} and statement[1].text == "=":
            expression = source[statement[2].start : statement[-1].end]
            found[statement[0].text] = Assignment(
                statement[0].text, statement[0].line, expression, _literal(statement[2:])
            )
        statement = []
    return tuple(found.values())


def _tokens(source: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(source):
        text = match.group()
        yield _Token(match.lastgroup or "sign", text, line, match.start(), match.end())
        line += text.count("\n")


def _literal(tokens: list[_Token]) -> ParameterValue | None:
    """Return the plain value that the tokens write, or None: a calculation is not a parameter."""
    while len(tokens) > 2 and tokens[0].text == "(" and tokens[-1].text == ")":
        tokens = tokens[1:-1]
    if tokens[0].text == "[" and tokens[0].kind == "sign":
        if tokens[-1].text != "]":
            return None
        numbers = []
        for item in _split_items(tokens[1:-1]):
            number = _scalar(item)
            if not isinstance(number, float):
                return None
            numbers.append(number)
        return tuple(numbers) if 1 <= len(numbers) <= MAX_VECTOR else None
    return _scalar(tokens)


def _split_items(tokens: list[_Token]) -> list[list[_Token]]:
    items: list[list[_Token]] = [[]]
    for token in tokens:
        if token.text == "," and token.kind == "sign":
            items.append([])
        else:
            items[-1].append(token)
    return items if items[-1] else items[:-1]


def _scalar(tokens: list[_Token]) -> float | bool | str | None:
    sign, signed = 1.0, False
    while tokens and tokens[0].kind == "sign" and tokens[0].text in {"-", "+"}:
        sign = -sign if tokens[0].text == "-" else sign
        signed, tokens = True, tokens[1:]
    if len(tokens) != 1 or (signed and tokens[0].kind != "number"):
        return None
    token = tokens[0]
    if token.kind == "number":
        return sign * (float(int(token.text, 16)) if token.text[:2].lower() == "0x" else float(token.text))
    if token.kind == "string":
        return _unescape(token.text[1:-1])
    return {"true": True, "false": False}.get(token.text)


def _unescape(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        escape = match[1]
        if escape in _SIMPLE_ESCAPES:
            return _SIMPLE_ESCAPES[escape]
        if len(escape) > 1:
            code = int(escape[1:], 16)
            return " " if code == 0 else chr(code) if code < 0x110000 else ""
        return escape

    return _ESCAPE.sub(plain, text.replace("\n", "").replace("\r", ""))


def _scan_comments(source: str) -> Iterator[tuple[str, str, int]]:
    """Yield ("comment", its text, line of its end) and ("brace", "{", line) as OpenSCAD's scanner for groups does."""
    line, position, in_string = 1, 0, False
    while position < len(source):
        char, pair = source[position], source[position : position + 2]
        if char == "\n":
            line += 1
        elif in_string and pair == '\\"':
            position += 1
        elif char == '"':
            in_string = not in_string
        elif not in_string and pair == "//":
            position = source.find("\n", position)
            if position < 0:
                return
            line += 1
        elif not in_string and pair == "/*":
            end = source.find("*/", position + 2)
            end = len(source) if end < 0 else end
            text = source[position + 2 : end]
            line += text.count("\n")
            yield "comment", text, line
            position = end
        elif char == "{":
            yield "brace", char, line  # even inside a text: so does OpenSCAD
        position += 1


def _first_brace_line(source: str) -> int:
    """Return the line of the first ``{``: OpenSCAD looks for parameters above it only."""
    return next((line for kind, _, line in _scan_comments(source) if kind == "brace"), source.count("\n") + 2)


def _groups(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of each ``/* [Group] */``; one-line comments without brackets end a group as well."""
    for kind, text, line in _scan_comments(source):
        if kind == "comment" and "\n" not in text:
            yield line, "-".join(re.findall(r"\[(.*?)\]", text))


def _caption(lines: list[str], line: int) -> str:
    """Return the ``// sentence`` that begins the line above."""
    above = lines[line - 2] if line >= 2 else ""
    return above[2:].lstrip(" \t").replace("//", " ") if above.startswith("//") else ""


def _trailing_comment(line: str) -> str:
    """Return what follows ``//`` on a line, unless a second statement stands before it."""
    in_string, semicolons, position = False, 0, 0
    while position < len(line) - 1:
        pair = line[position : position + 2]
        if in_string and pair == '\\"':
            position += 2
            continue
        if line[position] == '"':
            in_string = not in_string
        if not in_string:
            if pair == "//":
                return line[position + 2 :]
            if line[position] == ";":
                semicolons += 1
                if semicolons > 1:
                    return ""
        position += 1
    return ""


def _parameter(name: str, initial: ParameterValue, group: str, caption: str, comment: str) -> Parameter:
    if isinstance(initial, bool):
        return Parameter(name, "boolean", group, caption, initial)
    annotation = parse_annotation(comment) if comment else None
    options = () if isinstance(initial, tuple) else _options(annotation, initial)
    if isinstance(initial, str):
        length = (
            max(0, int(annotation.value)) if isinstance(annotation, Scalar) and annotation.value_is_number else None
        )
        return Parameter(
            name, "string", group, caption, initial,
            max_length=None if options else length,
            options=options,
            widget=_widget(annotation, initial),
        )  # fmt: skip
    if options:
        return Parameter(name, "number", group, caption, initial, options=options)
    return _number(name, initial, group, caption, annotation)


def _widget(annotation: Annotation | None, initial: str) -> str | None:
    if isinstance(annotation, Scalar) and annotation.value in WIDGETS:
        return str(annotation.value)
    return "file" if initial in FILE_PLACEHOLDERS else None


def _options(annotation: Annotation | None, initial: float | str) -> tuple[Option, ...]:
    """Return the entries of a list; a value that is not in its own list stands before it."""
    if not isinstance(annotation, tuple):
        return ()
    if len(annotation) == 1 and isinstance(annotation[0], Scalar) and annotation[0].value_is_number:
        return ()  # `// [10]` is a maximum
    options = tuple(
        Option(item.value.value, item.label.text) if isinstance(item, Labelled) else Option(item.value, item.text)
        for item in annotation
    )
    if any(type(option.value) is type(initial) and option.value == initial for option in options):
        return options
    return (Option(initial, Scalar(initial).text), *options)


def _number(
    name: str, initial: float | tuple[float, ...], group: str, caption: str, annotation: Annotation | None
) -> Parameter:
    values = initial if isinstance(initial, tuple) else (initial,)
    low = high = step = spinner = None
    if isinstance(annotation, Range):
        low, high, step = min(annotation.begin, *values), max(annotation.end, *values), annotation.step
    elif isinstance(annotation, tuple) and len(annotation) == 1 and isinstance(annotation[0], Scalar):
        if annotation[0].value_is_number:
            low, high, step = 0.0, max(float(annotation[0].value), *values), 1.0
    elif isinstance(annotation, Scalar) and annotation.value_is_number:
        spinner = float(annotation.value)
    return Parameter(name, "number", group, caption, initial, low, high, step, spinner_step=spinner)
