"""Small shops for the tests of the commons."""

import functools
import hashlib
from dataclasses import dataclass

from glocal.commons.keys import create_keys
from glocal.commons.log import Log
from glocal.commons.outcomes import CameOut
from glocal.commons.record_names import content_id
from glocal.commons.records import problem_record

MONTH = "2026-11"


@dataclass(frozen=True)
class Machine:
    vendor: str = "Prusa Research"
    model: str = "Original Prusa i3 MK3S"
    nozzle_mm: float = 0.4
    has_enclosure: bool = False


@dataclass(frozen=True)
class Material:
    type: str = "PETG"


@dataclass(frozen=True)
class Recipe:
    layer_height_mm: float = 0.2
    infill_percent: float = 15.0
    supports: bool = False
    brim_mm: float = 0.0


@dataclass(frozen=True)
class Features:
    volume_mm3: float = 12_345.6
    area_mm2: float = 6_789.1
    extent_mm: tuple = (31.41, 20.7, 18.28)
    overhang_mm2: float = 679.0


def features(**changes):
    return {
        "machine": Machine(),
        "material": Material(),
        "recipe": Recipe(),
        "part": Features(),
        "came_out": CameOut("ok", estimated_s=3661.7, actual_s=3905.2),
        **changes,
    }


def problem(number):
    return problem_record(
        id=content_id({"problem": number}),
        symptom="warping",
        text=f"Corner {number} lifts from the bed.",
        context={"machine": "MK3S", "material": "PETG"},
    )


def deterministic_bytes(seed):
    """Return a source of bytes that gives the same salts in every run."""
    counter = iter(range(10**9))
    return lambda count: hashlib.sha256(f"{seed} {next(counter)}".encode()).digest()[:count]


def new_log(directory, name="shop.example/commons", **options):
    keys = create_keys(directory / "private" / "keys")
    return Log.create(directory, name, keys, **options)


@functools.cache
def problems(count):
    return [problem(number) for number in range(count)]
