"""Choices on disk: CSV (gzipped or not) or Parquet with one choice a line; or a glocal database.

Columns ``product, parameter, offered, chosen, region, at, kind`` and optionally ``weight``, ``prices`` and ``source``;
``offered`` holds the labels separated by ``|`` and is empty for a continuous parameter, ``prices`` those shown, in the
same order; ``at`` is ISO 8601 (without a zone: UTC); ``source`` is a token of the session, to tell one from many.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from glocal.demand.duckdb_reader import duckdb_column_names, is_duckdb_source, read_columns, read_summed_events
from glocal.demand.errors import EventBroken, EventFileBroken
from glocal.demand.events import KINDS, ChoiceEvent
from glocal.text_files import separator_of

COLUMNS = ("product", "parameter", "offered", "chosen", "region", "at", "kind")
LARGEST_BYTES = 2_000_000_000
LARGE_BYTES = 4_000_000  # beyond this a CSV file is summed by DuckDB


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file by column name, without the spaces around values.

    Values are separated by commas, semicolons or tabs: by which of them the header is.

    Raises
    ------
    EventFileBroken
        When there is no such file, it is not text, has no header or has a row of another length.
    """
    if is_duckdb_source(path):
        return _rows_of(read_columns(path))
    with _readable(path):
        with _opened(path) as stream:
            raw = stream.read(LARGEST_BYTES + 1)
        if len(raw) > LARGEST_BYTES:
            raise EventFileBroken(f"{path.name} holds more than {LARGEST_BYTES // 10**9} GB.")
        text = raw.decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text.partition("\n")[0]))
        header = [name.strip() for name in next(reader, [])]
        rows = [row for row in reader if row]
    if not header or len(set(header)) < len(header):
        raise EventFileBroken(f"{path.name} has no header, or two columns of one name.")
    for line, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise EventFileBroken(f"{path.name}, line {line}: {len(row)} values under {len(header)} columns.")
    return [dict(zip(header, map(str.strip, row), strict=True)) for row in rows]


def column_names(source: Path | str) -> set[str]:
    """Return the names of a file's columns; of a database, those of choices."""
    if is_duckdb_source(source):
        return duckdb_column_names(source)
    path = Path(source)
    with _readable(path), _opened(path) as stream:
        header = stream.readline().decode("utf-8-sig")
        return {name.strip() for name in next(csv.reader([header], delimiter=separator_of(header)), [])}


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Say in words what keeps a file from being read."""
    try:
        yield
    except FileNotFoundError as missing:
        raise EventFileBroken(f"There is no file {path}.") from missing
    except UnicodeDecodeError as wrong:
        raise EventFileBroken(
            f"{path.name} is not text in UTF-8.", help="Save it as CSV in UTF-8; spreadsheets offer that by name."
        ) from wrong
    except (OSError, EOFError, zlib.error, csv.Error) as unreadable:
        raise EventFileBroken(f"{path.name} cannot be read as CSV: {unreadable}.") from unreadable


def _rows_of(columns: Mapping[str, Sequence[object]]) -> list[dict[str, str]]:
    """Return columns as rows of text, as a CSV file would give them."""
    texts = [["" if value is None else str(value) for value in column] for column in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*texts, strict=True)]


def read_events(source: Path | str) -> list[ChoiceEvent]:
    """Read choices; the first line of a CSV file that cannot be used is named.

    Large files, Parquet and databases come summed: equal choices of one week are one event with their weight.
    """
    path = Path(source)
    large = is_duckdb_source(source) or (path.exists() and path.stat().st_size > LARGE_BYTES)
    if large:
        rows = _rows_of(read_summed_events(source))
        return [_event(row, f"{path.name}, choice {number}") for number, row in enumerate(rows, start=1)]
    rows = read_table(path)
    if rows and (missing := sorted(set(COLUMNS) - set(rows[0]))):
        raise EventFileBroken(
            f"{path.name} lacks the columns {', '.join(missing)}.", help=f"Expected {', '.join(COLUMNS)}."
        )
    return [_event(row, f"{path.name}, line {line}") for line, row in enumerate(rows, start=2)]


def _event(row: Mapping[str, str], place: str) -> ChoiceEvent:
    offered: Sequence[str] = tuple(row["offered"].split("|")) if row["offered"] else ()
    kind = next((known for known in KINDS if known == row["kind"]), None)
    if kind is None:
        raise EventFileBroken(f"{place}: the kind is {row['kind']!r}, expected one of {', '.join(KINDS)}.")
    chosen: str | float = row["chosen"]
    if not offered and _is_number(row["chosen"]):
        chosen = float(row["chosen"])
    prices = row["prices"].split("|") if row.get("prices") else []
    try:
        return ChoiceEvent(
            row["product"],
            row["parameter"],
            tuple(offered),
            chosen,
            row["region"],
            _time(row["at"], place),
            kind,
            number(row.get("weight") or "1", "weight", place),
            tuple(number(price, "a price", place) for price in prices),
            row.get("source") or "",
        )
    except EventBroken as wrong:
        raise EventFileBroken(f"{place}: {wrong.message}", help=wrong.help) from wrong


def _time(text: str, place: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise EventFileBroken(
            f"{place}: at is {text!r}, expected a time by ISO 8601.", help="For example 2026-03-02T14:30:00+01:00."
        ) from wrong
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def number(text: str, name: str, place: str) -> float:
    """Return a number as a file writes it.

    Raises
    ------
    EventFileBroken
        When it is none; one with a decimal comma is told so.
    """
    try:
        return float(text)
    except ValueError as wrong:
        comma = "Write decimals with a point: 1.5." if "," in text else ""
        raise EventFileBroken(f"{place}: {name} is {text!r}, expected a number.", help=comma) from wrong


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def write_events(path: Path, events: Sequence[ChoiceEvent]) -> None:
    """Write choices so that :func:`read_events` gives the same ones back."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, "weight", "prices", "source"])
        for event in events:
            chosen = event.chosen if isinstance(event.chosen, str) else repr(event.chosen)
            offered = "|".join(event.offered)
            about = (event.product, event.parameter, offered, chosen, event.region, event.at.isoformat(), event.kind)
            prices = "|".join(map(repr, event.prices))
            writer.writerow([*about, repr(event.weight), prices, event.source])
