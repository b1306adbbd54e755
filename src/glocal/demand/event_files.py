"""Choices on disk: CSV (gzipped or not) with one choice a line.

Columns ``product, parameter, offered, chosen, region, at, kind`` and optionally ``weight``; ``offered`` holds the
labels separated by ``|`` and is empty for a continuous parameter; ``at`` is ISO 8601 (without a zone: UTC).
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from glocal.demand.errors import DemandError, EventFileBroken
from glocal.demand.events import KINDS, ChoiceEvent

COLUMNS = ("product", "parameter", "offered", "chosen", "region", "at", "kind")
LARGEST_BYTES = 2_000_000_000


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file by column name.

    Raises
    ------
    EventFileBroken
        When there is no such file, it is not text, has no header or has a row of another length.
    """
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


def read_events(path: Path) -> list[ChoiceEvent]:
    """Read choices; the first line that cannot be used is named."""
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
        writer.writerow([*COLUMNS, "weight"])
        for event in events:
            chosen = event.chosen if isinstance(event.chosen, str) else repr(event.chosen)
            offered = "|".join(event.offered)
            about = (event.product, event.parameter, offered, chosen, event.region, event.at.isoformat(), event.kind)
            writer.writerow([*about, repr(event.weight)])
