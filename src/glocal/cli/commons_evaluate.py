"""``glocal commons evaluate``: judge the odds on a table of prints that somebody else kept."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glocal.cli.algebra import one_thread_of_algebra
from glocal.cli.output import json_option, print_result, progress

if TYPE_CHECKING:
    from glocal.commons.prints_table import Prints

LARGEST_BYTES = 200_000_000
SAVE_AS = "Export it as CSV in UTF-8, one print a row."


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "-k", "own", multiple=True, type=click.IntRange(0, 100), default=(0, 3, 6), help="Own prints; repeatable."
)
@click.option("--node", default="", help="The column that says whose print it is, where it is not called node.")
@click.option("--ok", default="", help="The column that says how it came out, where it is not called ok.")
@json_option
def evaluate(file: Path, own: tuple[int, ...], node: str, ok: str, as_json: bool) -> None:
    """Judge the odds on the prints in FILE, a table (CSV, gzipped or not, or Parquet) with one print a row.

    A column node says whose print it is, ok whether it came out well (1, yes, ok, failed, stringing…); material and
    machine where known, and grade, how well it came out, more being better. All others are settings: numbers, flags, or
    a few words.
    """
    one_thread_of_algebra()
    from dataclasses import asdict

    import numpy as np

    from glocal.commons.evaluate_odds import judge

    prints = prints_in(file, node=node, ok=ok)
    for note in prints.notes:
        progress(note)
    rows = []
    for count in own:
        progress(f"Asking with {count} own prints …")
        rows.append(asdict(judge(prints.trials, count, rng=np.random.default_rng(1))))
    lines = [
        f"{row['own']} own prints, {row['shops']} shops: log loss {row['log_loss']:.3f} (own alone "
        f"{row['alone_log_loss']:.3f}), first pick {row['pick']:.2f} ({row['alone_pick']:.2f})"
        for row in rows
    ]
    left_out = prints.left_out
    words = ", ".join(f"{count} {word or 'without a word'}" for word, count in left_out.most_common(8))
    none = f"{left_out.total()} rows are none" + (f" ({words})" if words else "")
    head = f"{len(prints.trials)} trials, {none}; settings: {', '.join(prints.settings) or 'none'}"
    result = {
        "trials": len(prints.trials),
        "settings": list(prints.settings),
        "left_out": left_out.total(),
        "left_out_words": dict(left_out),
        "notes": list(prints.notes),
        "rows": rows,
    }
    print_result(result, as_json=as_json, text="\n".join([head, *lines]))


def prints_in(file: Path, *, node: str, ok: str) -> Prints:
    """Return the prints in a file, or say why it is no table of prints."""
    from glocal.commons.errors import RecordRefused
    from glocal.commons.prints_table import read_prints
    from glocal.demand.duckdb_reader import read_columns
    from glocal.text_files import rows_of

    try:
        data = _bytes(file)
        if data[:4] == b"PAR1":
            table = read_columns(file)
            texts = [["" if cell is None else str(cell) for cell in cells] for cells in table.values()]
            columns, rows = list(table), [dict(zip(table, row, strict=True)) for row in zip(*texts, strict=True)]
        else:
            columns, rows = rows_of(_text(data))
    except (ValueError, EOFError, zlib.error, gzip.BadGzipFile) as wrong:
        raise RecordRefused(f"{file.name} is no table of text: {wrong}.", help=SAVE_AS) from wrong
    return read_prints(columns, rows, node=node, ok=ok)


def _text(data: bytes) -> str:
    from glocal.text_files import text_of

    text, _ = text_of(data)
    if text.lstrip()[:1] in {"{", "["}:
        raise ValueError("it is JSON")
    return text


def _bytes(file: Path) -> bytes:
    with file.open("rb") as stream:
        data = stream.read(LARGEST_BYTES + 1)
    if data[:2] == b"\x1f\x8b":
        with gzip.open(file) as unpacked:
            data = unpacked.read(LARGEST_BYTES + 1)
    if data[:2] == b"PK":
        raise ValueError("it is a spreadsheet or an archive")
    if len(data) > LARGEST_BYTES:
        raise ValueError(f"it holds more than {LARGEST_BYTES // 10**6} MB")
    return data
