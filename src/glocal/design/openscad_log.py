"""What OpenSCAD said, turned into an error that a customer or a designer understands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from glocal.design.errors import (
    DesignEmpty,
    DesignError,
    DesignFailed,
    DesignLoops,
    DesignRefused,
    DesignTooBig,
    DesignTooDeep,
    EngineFailed,
)

_ASSERTION = re.compile(
    r"ERROR: Assertion '(?P<condition>.*)' failed(?:: \"(?P<words>.*)\")? in file .*, line (?P<line>\d+)"
)
_TELLING = ("ERROR:", "WARNING:", "DEPRECATED:", "TRACE:", "Can't ", "Current top level")
_IN_DESIGN = re.compile(r" in file /design/design-main\.scad, (?=line)")
_PATH = re.compile(r"(in file |file '|file )'?/design/")
_MISSING_FILE = re.compile(r"WARNING: Can't open (?:include file|library) '(?P<name>[^']*)'")
_MISSING_IMPORT = re.compile(
    r"Can't open import file '\"?(?P<name>[^'\"]*)|WARNING: The file '(?P<surface>[^']*)' couldn't be opened"
)
_UNKNOWN = re.compile(r"WARNING: Ignoring unknown (?:module|function) '(?P<name>[^']*)'")
_OUT_OF_MEMORY = re.compile(
    "bad_alloc|Cannot enlarge memory|OOM|out of memory|Array buffer allocation|ErrnoError", re.IGNORECASE
)
_UNCAUGHT = "an exception that OpenSCAD did not catch"  # in the words of openscad_job.mjs
_TOO_DEEP = re.compile(  # the engine's stack is short; beyond its end lies whatever comes first
    "call stack|stack overflow|Recursion detected|out of bounds|function table",
    re.IGNORECASE,
)


def telling_lines(log: Sequence[str]) -> tuple[str, ...]:
    """Return the warnings and errors, with paths as the designer knows them."""
    told = (_IN_DESIGN.sub(" in ", line) for line in log if line.startswith(_TELLING))
    return tuple(_PATH.sub(r"\1", line) for line in told)


def warnings_of(log: Sequence[str]) -> tuple[str, ...]:
    """Return what OpenSCAD warned of while it made a part."""
    return tuple(line for line in telling_lines(log) if line.startswith(("WARNING:", "DEPRECATED:")))


def mistake_in(log: Sequence[str]) -> DesignFailed | None:
    """Return an error when a part came out, but not as the design meant it: with an error, or with a file missing.

    A library that cannot be found matters only when something of it was called.
    """
    text = "\n".join(log)
    if any(line.startswith("ERROR:") for line in log):
        return _mistake(list(telling_lines(log)))
    missing = _MISSING_IMPORT.search(text)
    if missing is None and _UNKNOWN.search(text):
        missing = _MISSING_FILE.search(text)
    if missing is None:
        return None
    name = next(filter(None, missing.groups()), "").removeprefix("/design/")
    return DesignFailed(
        "The design wants the file “{file}”, which is not part of it.",
        help="Put the file into the design's package.",
        file=name,
        log=list(telling_lines(log)),
    )


def error_of(status: int | str, log: Sequence[str], timeout_s: float, cpu_s: float | None = None) -> DesignError:
    """Return the error that explains why no part came out; ``cpu_s`` is how long it computed, where that is known."""
    lines = list(telling_lines(log))
    text = "\n".join([str(status), *log])
    if status == "timeout":
        return DesignLoops(
            "The design did not finish within {timeout_s} seconds.",
            help="Simpler values may help; a loop without an end needs the designer.",
            timeout_s=timeout_s,
            cpu_s=cpu_s,
        )
    if assertion := _ASSERTION.search(text):
        words = assertion["words"] or f"the design requires {assertion['condition']}"
        return DesignRefused(
            "The design refuses these values: {said}",
            help="Change the values so that this holds.",
            said=words,
            line=int(assertion["line"]),
            condition=assertion["condition"],
            log=lines,
        )
    if _OUT_OF_MEMORY.search(text):
        return DesignTooBig(
            "The design needs more memory than a design may use (512 MB).",
            help="Ask for fewer repetitions or coarser curves.",
            log=lines,
        )
    if _TOO_DEEP.search(text):
        return DesignTooDeep(
            "The design calls itself too many times.", help="The recursion in the design needs an end.", log=lines
        )
    if isinstance(status, str):
        return _stopped(status, lines)
    return mistake_in(log) or _no_solid(lines)


def _stopped(status: str, lines: list[str]) -> DesignError:
    if status == _UNCAUGHT:
        return DesignTooBig(
            "OpenSCAD gave up on this design, most likely because a number in it is far too large.",
            help="Look at the largest numbers, such as $fn or the end of a loop.",
            log=lines,
        )
    return EngineFailed(
        "The design engine stopped: {status}",
        help="Try again; if it repeats, the design triggers a defect.",
        status=status,
        log=lines,
    )


def _mistake(lines: list[str]) -> DesignFailed:
    first = next(line for line in lines if line.startswith("ERROR:")).removeprefix("ERROR: ")
    return DesignFailed(
        "The design has a mistake. {said}", help="The designer needs to correct it.", said=first, log=lines
    )


def _no_solid(lines: list[str]) -> DesignError:
    flat = any("not a 3D object" in line for line in lines)
    warning = next((line for line in lines if line.startswith("WARNING:")), "")
    return DesignEmpty(
        "The design makes a flat drawing, not a solid part." if flat else "With these values nothing solid is left.",
        help="OpenSCAD says: {warning}" if warning else "Try other values.",
        warning=warning,
        log=lines,
    )
