"""What every printer's start has in common: what is not started twice, and whether it has really begun."""

from __future__ import annotations

from collections.abc import Callable

from glocal.production.errors import AlreadyPrinted, PrinterUnavailable
from glocal.production.model import PrintRecord

_LOOK_S = 0.1


def is_under_way(record: PrintRecord | None, file_name: str) -> bool:
    """Say whether a file that a printer knows is being printed now.

    Raises
    ------
    PrinterUnavailable
        The printer has no such file.
    AlreadyPrinted
        It was printed to its end before.
    """
    if record is None:
        raise PrinterUnavailable("{file_name} is not on the printer.", help="Upload it first.", file_name=file_name)
    if record.success:
        raise AlreadyPrinted(
            "The printer has printed {file_name} already.",
            help="Look at the plate. To print it once more, make a new job.",
            file_name=file_name,
        )
    return bool(record.started) and not record.finished


def has_begun(record: PrintRecord | None) -> bool:
    """Say whether a printer knows of a print that was started."""
    return record is not None and bool(record.started)


def see_it_begin(
    begun: Callable[[], bool], file_name: str, *, within_s: float, sleep: Callable[[float], object]
) -> None:
    """Look until a print has begun.

    Raises
    ------
    PrinterUnavailable
        It has not within ``within_s`` seconds, and must not be started again unseen.
    """
    for _ in range(round(within_s / _LOOK_S)):
        if begun():
            return
        sleep(_LOOK_S)
    raise not_begun(file_name)


def not_begun(file_name: str) -> PrinterUnavailable:
    """Return that a print was started and is not seen to have begun."""
    return PrinterUnavailable(
        "The printer accepted the start of {file_name}, but does not print it.",
        help="Look at the printer; do not start it again before you have.",
        file_name=file_name,
    )
