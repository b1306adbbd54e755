"""What a sliced piece uses, as the slicer says and as this machine has taught."""

from __future__ import annotations

from glocal.production.model import SliceResult
from glocal.quoting.learning import Factors, apply_factors
from glocal.quoting.model import PrintUse
from glocal.values import Estimate


def use_from_slice(
    result: SliceResult,
    factors: Factors | None,
    *,
    machine_id: str = "",
    material_id: str = "",
    machine_family: str = "",
    pieces: int = 1,
) -> PrintUse:
    """Return the use of one of ``pieces`` equal pieces on a sliced plate.

    The interval is that of the next real print against the slicer: learnt where ``factors`` knows, else the stated
    prior of :mod:`glocal.quoting.learning`.
    """
    if pieces < 1:
        raise ValueError(f"pieces is {pieces}, expected 1 or more")
    source = f"sliced by {result.slicer}"
    time_s, mass_g = result.time_s / pieces, result.mass_g / pieces
    use = PrintUse(
        time_s=Estimate(time_s, time_s, time_s, source),
        mass_g=Estimate(mass_g, mass_g, mass_g, source),
        method="exact",
        source=source,
    )
    return apply_factors(use, factors or Factors(), machine_id, material_id, machine_family)
