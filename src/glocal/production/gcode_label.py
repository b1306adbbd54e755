"""Put a picture and the job's name into G-code, where printers and their servers look for them."""

from __future__ import annotations

import base64
import re
import shutil
import tempfile
from pathlib import Path

from glocal.production.errors import GcodeUnreadable

_LINE = 78  # base64 characters per comment line, as slicers write them
_PNG_START = b"\x89PNG\r\n\x1a\n"


def label_gcode(path: Path, *, job_name: str, thumbnail_png: bytes | None, output: Path | None = None) -> Path:
    """Write a copy of a G-code file with the job's name and a picture at its head.

    The picture is a ``thumbnail begin … thumbnail end`` comment block, which OctoPrint's plugins, Moonraker,
    PrusaLink and most printers' displays read; the name is a comment and, where the firmware has a display, ``M117``.

    Parameters
    ----------
    job_name : str
        Shown on the printer's display as far as it is plain ASCII; line breaks and semicolons become spaces.
    thumbnail_png : bytes, optional
        A PNG.
    output : Path, optional
        Default: ``<name>.labelled.gcode`` beside the file.

    Returns
    -------
    Path
        The labelled file; the original is left as it is, it may be shared by other jobs.
    """
    output = output or path.with_suffix(".labelled.gcode")
    head = [f"; glocal job: {_one_line(job_name)}"]
    if thumbnail_png is not None:
        head += _thumbnail(thumbnail_png)
    display = re.sub(r"[^ -~]+", "?", _one_line(job_name))[:40]
    head.append(f"M117 {display}")
    with tempfile.NamedTemporaryFile("wb", dir=output.parent, prefix=output.name, delete=False) as labelled:
        try:
            labelled.write(("\n".join(head) + "\n").encode())
            with path.open("rb") as source:
                shutil.copyfileobj(source, labelled, 1 << 20)
            labelled.close()
            Path(labelled.name).chmod(0o644)
            Path(labelled.name).replace(output)
        except BaseException:
            Path(labelled.name).unlink(missing_ok=True)
            raise
    return output


def read_thumbnail(path: Path) -> bytes | None:
    """Return the first picture in a G-code file, ``None`` without one."""
    with path.open("rb") as file:
        head = file.read(1 << 20).decode("utf-8", "replace")
    block = re.search(r"^; thumbnail begin \d+x\d+ (\d+)$(.*?)^; thumbnail end", head, re.MULTILINE | re.DOTALL)
    if block is None:
        return None
    text = "".join(line.strip("; \r") for line in block.group(2).splitlines())
    return base64.b64decode(text)


def _thumbnail(png: bytes) -> list[str]:
    if not png.startswith(_PNG_START) or len(png) < 24:
        raise GcodeUnreadable("The picture for the print file is not a PNG.", help="Draw it again.")
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    text = base64.b64encode(png).decode()
    lines = [f"; {text[i : i + _LINE]}" for i in range(0, len(text), _LINE)]
    return [f"; thumbnail begin {width}x{height} {len(text)}", *lines, "; thumbnail end", ";"]


def _one_line(text: str) -> str:
    return re.sub(r"[\s;]+", " ", text).strip()
