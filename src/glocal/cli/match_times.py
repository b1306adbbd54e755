"""How long one piece prints on the makers' machines: estimated, sliced, or between what known kinds of machine take."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from glocal.cli.output import progress
from glocal.values import Estimate

if TYPE_CHECKING:
    from glocal.design.model import Part
    from glocal.network.model import MakerMachine
    from glocal.production.model import Machine, Material
    from glocal.quoting.model import PrintUse

# slow, middling and fast kinds that the instant estimate is calibrated for
KNOWN_KINDS = ("creality-ender-3-0-4-mm-nozzle", "reference", "voron-v2-250-0-4-nozzle")
KNOWN_NOZZLE_MM = 0.4
MOST_SLICED = 4  # kinds of machine, of some ten CPU seconds each


class PieceTimes:
    """The seconds that one piece prints on a maker's machine, worked out once per kind."""

    def __init__(self, part: Part, material: Material) -> None:
        self._part, self._material = part, material
        self._times: dict[str, Estimate | None] = {}
        self._sliced = 0
        self._between: Estimate | None = None
        self._compared = False

    def __call__(self, machine: MakerMachine) -> Estimate | None:
        """Return the seconds, or None when nobody can say."""
        from glocal.errors import GlocalError
        from glocal.production.prusaslicer_profiles import get_machine

        kind = machine.machine
        if kind.id not in self._times:
            try:
                use = self._on(get_machine(kind.id))
                self._times[kind.id] = use.time_s if use else None
            except GlocalError:  # a machine that the slicer does not know
                self._times[kind.id] = self._between_known_kinds() if kind.nozzle_mm == KNOWN_NOZZLE_MM else None
        return self._times[kind.id]

    def mass_g(self) -> Estimate | None:
        """Return the grams of one piece as the reference machine prints it, or None when only slicing would tell."""
        from glocal.production.prusaslicer_profiles import get_machine

        use = self._on(get_machine("reference"), may_slice=False)
        return use.mass_g if use else None

    def _on(self, kind: Machine, *, may_slice: bool = True) -> PrintUse | None:
        from glocal.cli.quote import calibration_directory, slicer
        from glocal.errors import GlocalError
        from glocal.production.recipes import default_recipe
        from glocal.quoting.calibration import load_calibration
        from glocal.quoting.errors import NeedsExactQuote, NotCalibrated
        from glocal.quoting.estimate import estimate
        from glocal.quoting.piece import use_of_piece

        recipe = default_recipe(kind)
        try:
            calibration = load_calibration(slicer().version, kind.id, recipe.id, calibration_directory())
            return estimate(self._part.mesh, kind, self._material, recipe, calibration)
        except (NeedsExactQuote, NotCalibrated):
            if not may_slice or self._sliced >= MOST_SLICED:
                return None
        self._sliced += 1
        progress(f"Sliced for {kind.name}, because the instant estimate does not know this.")
        try:
            return use_of_piece(self._part, kind, self._material, recipe, slicer(), exact=True)[0]
        except GlocalError:  # the slicer cannot lay this shape on this machine
            return None

    def _between_known_kinds(self) -> Estimate | None:
        """Return the time between what the slowest and the fastest known kind take: of this one nobody measured any."""
        from glocal.production.prusaslicer_profiles import get_machine

        if not self._compared:
            self._compared = True
            found = [use.time_s for kind in KNOWN_KINDS if (use := self._on(get_machine(kind), may_slice=False))]
            if len(found) == len(KNOWN_KINDS):
                self._between = Estimate(
                    statistics.median(time.value for time in found),
                    min(time.low for time in found),
                    max(time.high for time in found),
                    "nobody measured this machine: between the slowest and the fastest of three known kinds",
                )
        return self._between
