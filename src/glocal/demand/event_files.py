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
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from glocal.demand.duckdb_reader import duckdb_column_names, is_duckdb_source, read_columns, read_summed_events
from glocal.demand.errors import DemandError, EventFileBroken
from glocal.demand.events import KINDS, ChoiceEvent

COLUMNS = ("product", "parameter", "offered", "chosen", "region", "at", "kind")
LARGEST_BYTES = 2_000_000_000
LARGE_BYTES = 4_000_000  # beyond this a CSV file is summed by DuckDB


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file by column name.

    Raises
    ------
    EventFileBroken
        When there is no such file, it is not text, has no header or has a row of another length.
    """
    if is_duckdb_source(path):
        return _rows_of(read_columns(path))
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if packed else path.open("rb") as stream:
            raw = stream.read(LARGEST_BYTES + 1)
        if len(raw) > LARGEST_BYTES:
            raise EventFileBroken(f"{path.name} holds more than {LARGEST_BYTES // 10**9} GB.")
        reader = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
        header = next(reader, [])
        rows = [row for row in reader if row]
    except FileNotFoundError as missing:
        raise EventFileBroken(f"There is no file {path}.") from missing
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as unreadable:
        raise EventFileBroken(f"{path.name} cannot be read as CSV: {unreadable}.") from unreadable
    if not header or len(set(header)) < len(header):
        raise EventFileBroken(f"{path.name} has no header, or two columns of one name.")
    for line, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise EventFileBroken(f"{path.name}, line {line}: {len(row)} values under {len(header)} columns.")
    return [dict(zip(header, row, strict=True)) for row in rows]


def column_names(source: Path | str) -> set[str]:
    """Return the names of a file's columns; of a database, those of choices."""
    if is_duckdb_source(source):
        return duckdb_column_names(source)
    path = Path(source)
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if packed else path.open("rb") as stream:
            return set(next(csv.reader([stream.readline().decode("utf-8-sig")]), []))
    except FileNotFoundError as missing:
        raise EventFileBroken(f"There is no file {path}.") from missing
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as unreadable:
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
    try:
        chosen: str | float = row["chosen"]
        if not offered and _is_number(row["chosen"]):
            chosen = float(row["chosen"])
        at = datetime.fromisoformat(row["at"])
        return ChoiceEvent(
            row["product"],
            row["parameter"],
            tuple(offered),
            chosen,
            row["region"],
            at if at.tzinfo else at.replace(tzinfo=UTC),
            kind,
            float(row.get("weight") or 1.0),
            tuple(float(price) for price in row["prices"].split("|")) if row.get("prices") else (),
            row.get("source") or "",
        )
    except DemandError as wrong:
        raise EventFileBroken(f"{place}: {wrong.message}", help=wrong.help) from wrong
    except ValueError as wrong:
        raise EventFileBroken(f"{place}: {wrong}.") from wrong


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
