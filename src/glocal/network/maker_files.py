"""Lists of makers on disk: Open Know-Where in any form of :mod:`glocal.network.okw_files` in, one JSON file out."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from glocal.network.errors import MakerFileBroken
from glocal.network.model import Maker
from glocal.network.okw import Deviation, maker_from_okw, okw_record
from glocal.network.okw_files import read_records
from glocal.network.okw_tables import okw_tables
from glocal.network.records import FORMAT, maker_from_record


def read_makers(path: Path) -> tuple[tuple[Maker, ...], tuple[Deviation, ...]]:
    """Read a list of makers, or a single one, from a file of any shape that this room knows.

    A record without a name is left out and listed; of two records with one id the later one counts.

    Raises
    ------
    MakerFileBroken
        When the file cannot be read, is too large, or holds no record at all.
    """
    records, odd = read_records(path)
    deviations = [Deviation("", "the file", words) for words in odd]
    makers: dict[str, Maker] = {}
    for index, record in enumerate(records):
        if not isinstance(record, Mapping):
            deviations.append(Deviation("", f"[{index}]", "is not an object; left out"))
            continue
        if record.get("format") == FORMAT:
            maker = maker_from_record(record)
        else:
            try:
                maker, notes = maker_from_okw(record)
                deviations += notes
            except MakerFileBroken as broken:
                deviations.append(Deviation("", f"[{index}]", f"{broken.message.rstrip('.')}; left out"))
                continue
        if maker.id in makers:
            deviations.append(Deviation(maker.name, "id", f"{maker.id} comes twice; the later record counts"))
        makers[maker.id] = maker
    return tuple(makers.values()), tuple(deviations)


def write_makers(path: Path, makers: Sequence[Maker], *, tables_of: date | None = None) -> None:
    """Write makers as Open Know-Where facilities, all at once: a reader sees the old list or the new one.

    Parameters
    ----------
    tables_of : date, optional
        Write the tables of the schema of 2024 instead, as of this day.
    """
    content = [okw_record(maker) for maker in makers] if tables_of is None else okw_tables(makers, tables_of)
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text + "\n", encoding="utf-8")
    fresh.replace(path)
