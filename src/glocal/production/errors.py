"""What can go wrong between a part and a printed piece."""

from __future__ import annotations

from glocal.errors import BadInput, CannotBeMade, GlocalError, OutsidePartFailed


class ProductionError(GlocalError):
    """Root of this room's errors."""

    code = "production_error"


class UnknownMachine(ProductionError, BadInput):
    """No machine has this id."""

    code = "unknown_machine"


class UnknownMaterial(ProductionError, BadInput):
    """No material has this id."""

    code = "unknown_material"


class MaterialNotForMachine(ProductionError, CannotBeMade):
    """The slicer has no settings for this material on this machine."""

    code = "material_not_for_machine"


class BadPrintNotes(ProductionError, BadInput):
    """What a design's author says about printing cannot be understood."""

    code = "bad_print_notes"


class PlateFull(ProductionError, CannotBeMade):
    """The parts do not fit on the bed, or not into the height."""

    code = "plate_full"


class ProfilesMissing(ProductionError, OutsidePartFailed):
    """The slicer's profiles cannot be found or read."""

    code = "profiles_missing"


class SlicerMissing(ProductionError, OutsidePartFailed):
    """PrusaSlicer is not installed."""

    code = "slicer_missing"


class SlicerRejected(ProductionError, CannotBeMade):
    """The slicer read the part and refused it; the message carries its own words."""

    code = "slicer_rejected"


class SlicerCrashed(ProductionError, OutsidePartFailed):
    """The slicer aborted: the part or the settings broke it."""

    code = "slicer_crashed"


class SlicerTimedOut(ProductionError, OutsidePartFailed):
    """The slicer took longer than it may."""

    code = "slicer_timed_out"


class GcodeUnreadable(ProductionError, BadInput):
    """A file is not G-code that we understand."""

    code = "gcode_unreadable"


class PrinterAuthError(ProductionError, OutsidePartFailed):
    """The printer's server answers, but does not let us in."""

    code = "printer_auth"


class PrinterUnavailable(ProductionError, OutsidePartFailed):
    """The printer or its server does not answer, or not in a way that we can trust."""

    code = "printer_unavailable"


class PrinterBusy(ProductionError, OutsidePartFailed):
    """The printer is printing something else."""

    code = "printer_busy"


def is_printing(file_name: str | None) -> PrinterBusy:
    """Return that a printer is at work on another file, if it names one."""
    return PrinterBusy(
        "The printer is printing {file_name}." if file_name else "The printer is printing something else.",
        help="Wait until it is done, or choose another printer.",
        file_name=file_name,
    )


class PrinterServerFailed(ProductionError, OutsidePartFailed):
    """A printer server of ours (OctoPrint with its virtual printer) is not installed or does not start."""

    code = "printer_server_failed"


class AlreadyPrinted(ProductionError, OutsidePartFailed):
    """The printer's history says that this very file was printed before."""

    code = "already_printed"
