"""Text and tables as people save them: other encodings, other separators, aliases that multiply a small file."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable
from typing import Any

SEPARATORS = ",;\t|"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_of(data: bytes) -> tuple[str, str]:
    """Return a file's text without its byte order mark, and its encoding where that is not UTF-8, else nothing.

    Raises
    ------
    ValueError
        When it is no text.

    Examples
    --------
    >>> text_of("Müßig".encode("cp1252"))
    ('Müßig', 'Windows-1252')
    """
    encoding = ""
    if data[:2] in _UTF_16 and data[:4] != codecs.BOM_UTF32_LE:
        text, encoding = data.decode("utf-16"), "UTF-16"
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text, encoding = data.decode("cp1252", errors="replace"), "Windows-1252"
    if "\0" in text:
        raise ValueError("it is not a text file")
    return text, encoding


def rows_of(text: str) -> tuple[list[str], list[dict[str, str]]]:
    """Return the columns of a table with a header, and its rows without blanks around the cells.

    A row that is too short has empty cells; what a row has beyond the header's columns stands under an empty name.

    Raises
    ------
    ValueError
        When it holds a line that no table has.

    Examples
    --------
    >>> rows_of("lab; ok\\nA;1")
    (['lab', 'ok'], [{'lab': 'A', 'ok': '1'}])
    """
    header = next((line for line in text.splitlines() if line.strip()), "")
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(header), strict=True)
        lines = [line for line in reader if any(line)]
    except csv.Error as wrong:
        raise ValueError(str(wrong)) from wrong
    columns = [name.strip() for name in lines[0]] if lines else []
    return columns, [_row(columns, line) for line in lines[1:]]


def separator_of(header: str) -> str:
    """Return the comma, semicolon, tabulator or bar that stands most often in a table's header."""
    return max(SEPARATORS, key=header.count)


def size_written_out(node: Any) -> int:
    """Return how many values and characters a composed YAML document has once each alias is written out.

    Raises
    ------
    ValueError
        When a value holds itself.
    """
    known: dict[int, int] = {}
    open_: set[int] = set()

    def size(each: Any) -> int:
        if id(each) in known:
            return known[id(each)]
        if id(each) in open_:
            raise ValueError("a value holds itself through an alias")
        open_.add(id(each))
        characters = len(each.value) if isinstance(each.value, str) else 0
        known[id(each)] = 1 + characters + sum(size(inner) for inner in _inside(each))
        open_.discard(id(each))
        return known[id(each)]

    return 0 if node is None else size(node)


def _inside(node: Any) -> Iterable[Any]:
    for entry in node.value if isinstance(node.value, list) else ():
        yield from entry if isinstance(entry, tuple) else (entry,)


def _row(columns: list[str], line: list[str]) -> dict[str, str]:
    cells = [cell.strip() for cell in line]
    row = dict(zip(columns, [*cells, *[""] * (len(columns) - len(cells))], strict=False))
    return {**row, "": ", ".join(cells[len(columns) :])} if any(cells[len(columns) :]) else row
