"""Lists of makers on disk: Open Know-Where (JSON, YAML, gzipped or not) in, one JSON file out."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from glocal.network.errors import MakerFileBroken
from glocal.network.model import Maker
from glocal.network.okw import Deviation, maker_from_okw, okw_record
from glocal.network.okw_tables import has_tables, okw_tables, records_in_tables
from glocal.network.records import FORMAT, maker_from_record

LARGEST_BYTES = 200_000_000


def read_makers(path: Path) -> tuple[tuple[Maker, ...], tuple[Deviation, ...]]:
    """Read a list of makers, or a single one, from a file of any shape that this room knows.

    A record without a name is left out and listed; of two records with one id the later one counts.

    Raises
    ------
    MakerFileBroken
        When the file is not JSON or YAML, too large, or holds no record at all.
    """
    deviations: list[Deviation] = []
    makers: dict[str, Maker] = {}
    for index, record in enumerate(_records(path)):
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
                deviations.append(Deviation("", f"[{index}]", f"{broken.message} Left out."))
                continue
        if maker.id in makers:
            deviations.append(Deviation(maker.name, "id", f"{maker.id} comes twice; the later record counts"))
        makers[maker.id] = maker
    return tuple(makers.values()), tuple(deviations)


def _records(path: Path) -> Sequence[Any]:
    content = _load(path)
    if isinstance(content, Mapping):
        if has_tables(content):
            return list(records_in_tables(content))
        for key in ("makers", "facilities", "records"):
            if isinstance(content.get(key), list):
                return list(content[key])
        return [content]
    if isinstance(content, list):
        return content
    raise MakerFileBroken(f"{path.name} holds no list of makers.", help="Expected JSON or YAML with records in it.")


def _load(path: Path) -> Any:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise MakerFileBroken(f"{path.name} is larger than {LARGEST_BYTES // 1_000_000} MB.")
        raw = path.read_bytes()
        if path.suffix == ".gz":
            with gzip.open(path) as stream:
                raw = stream.read(LARGEST_BYTES + 1)
            if len(raw) > LARGEST_BYTES:
                raise MakerFileBroken(f"{path.name} unpacks to more than {LARGEST_BYTES // 1_000_000} MB.")
        text = raw.decode("utf-8-sig")
        if {".yml", ".yaml"} & set(path.suffixes):
            import yaml

            return yaml.safe_load(text)
        return json.loads(text)
    except FileNotFoundError as missing:
        raise MakerFileBroken(f"There is no file {path}.") from missing
    except IsADirectoryError as folder:
        raise MakerFileBroken(
            f"{path.name} is a folder.", help="Name a file; what is imported later is added to the list."
        ) from folder
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as unreadable:
        raise MakerFileBroken(f"{path.name} cannot be read: {unreadable}.") from unreadable
    except (ValueError, RecursionError) as wrong:
        raise MakerFileBroken(f"{path.name} is not JSON: {wrong}.") from wrong
    except Exception as wrong:
        if type(wrong).__module__.startswith("yaml"):
            raise MakerFileBroken(f"{path.name} is not YAML: {wrong}.") from wrong
        raise


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
