"""TOML as people write it by hand: a line that is broken, or stands twice, does not take the others along."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

from glocal.commons.okh_check import Deviation
from glocal.commons.okh_errors import ManifestUnreadable

MOST_MENDED = 50
_WHERE = re.compile(r"line (\d+)")
_LINE = re.compile(r"\s*([\w.-]+)\s*=\s*(.*?)\s*")
_OPENS = tuple("\"'[{")  # a value that may go on in the next lines


def read_toml(text: str) -> tuple[dict[str, Any], list[Deviation]]:
    """Return the values, and which lines had to be read tolerantly.

    Raises
    ------
    ManifestUnreadable
        When a line is broken so that nobody can tell where its value ends.
    """
    found: list[Deviation] = []
    lines = text.replace("\r\n", "\n").split("\n")  # TOML knows no other ends, others stand in texts
    for _ in range(MOST_MENDED):
        try:
            return tomllib.loads("\n".join(lines) + "\n"), found
        except tomllib.TOMLDecodeError as error:
            found.append(_mended(lines, error))
    raise ManifestUnreadable(f"More than {MOST_MENDED} lines of the manifest are broken TOML.", help="Is it TOML?")


def _mended(lines: list[str], error: tomllib.TOMLDecodeError) -> Deviation:
    """Mend the line that an error names; say what was made of it."""
    where = _WHERE.search(str(error))
    number = int(where[1]) if where else 0
    written = _LINE.fullmatch(lines[number - 1]) if 0 < number <= len(lines) else None
    if written is None or (written[2].startswith(_OPENS) and "overwrite" not in str(error)):
        raise ManifestUnreadable(
            f"The manifest is broken TOML: {error}.", help='TOML wants texts in quotation marks: name = "Clamp".'
        ) from error
    name, value = written[1], written[2]
    if "overwrite" in str(error):
        lines[number - 1] = ""
        return Deviation(name, f"stands twice (line {number})", "the first is taken")
    lines[number - 1] = f"{name} = {json.dumps(value, ensure_ascii=False)}"
    return Deviation(name, f"is broken TOML (line {number})", "kept as a text")
