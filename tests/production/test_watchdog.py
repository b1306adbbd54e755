import pytest

from glocal.production.model import PrinterState, PrinterStatus
from glocal.production.watchdog import stalled


def printing(progress, nozzle_c=210.0):
    return PrinterStatus(PrinterState.PRINTING, "job-1.gcode", progress, nozzle_c=nozzle_c, bed_c=60.0)


UNREACHABLE = PrinterStatus(PrinterState.UNREACHABLE)


@pytest.mark.parametrize(
    ("seen", "answer"),
    [
        ([], False),
        ([(0, printing(0.5))], False),  # one look says nothing
        ([(0, printing(0.5)), (100, printing(0.5))], True),
        ([(0, printing(0.5)), (99, printing(0.5))], False),  # not yet
        ([(0, printing(0.5)), (50, printing(0.6)), (100, printing(0.6))], False),  # it moved at 50
        ([(0, printing(0.5, 209.0)), (100, printing(0.5, 210.0))], False),  # a heater works
        ([(0, printing(0.5)), (50, UNREACHABLE), (100, printing(0.5))], False),  # the network was away, not it
        ([(0, UNREACHABLE), (100, UNREACHABLE)], True),
        ([(0, printing(0.5)), (50, UNREACHABLE), (100, UNREACHABLE)], False),
        ([(0, PrinterStatus(PrinterState.PAUSED)), (100, PrinterStatus(PrinterState.PAUSED))], False),  # meant
    ],
)
def test_a_printer_stalls_when_nothing_changes_for_too_long(seen, answer):
    assert stalled(seen, patience_s=100) is answer


def test_patience_is_positive():
    with pytest.raises(ValueError, match="patience_s"):
        stalled([], patience_s=0)
