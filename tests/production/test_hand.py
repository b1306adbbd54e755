import pytest

from glocal.production.errors import AlreadyPrinted, PrinterBusy, PrinterUnavailable
from glocal.production.hand import HandPrinter
from glocal.production.model import PrinterState


@pytest.fixture
def printer(tmp_path):
    gcode = tmp_path / "source.gcode"
    gcode.write_text("G90\n")
    printer = HandPrinter(tmp_path / "jobs")
    printer.upload("job-1.gcode", gcode)
    printer.upload("job-2.gcode", gcode)
    return printer


def test_a_job_goes_from_the_shop_to_the_maker_s_mark(printer, tmp_path):
    assert printer.status().state is PrinterState.IDLE
    assert printer.was_printed("job-1.gcode").started is False
    printer.start("job-1.gcode")
    assert printer.status().state is PrinterState.PRINTING
    printer.mark("job-1.gcode", "finished", print_s=3600)
    again = HandPrinter(tmp_path / "jobs")  # another process sees the same
    assert again.status().state is PrinterState.FINISHED
    assert again.was_printed("job-1.gcode").success is True
    assert again.was_printed("job-1.gcode").print_s == 3600


def test_one_job_at_a_time(printer):
    printer.start("job-1.gcode")
    printer.start("job-1.gcode")  # the same again changes nothing
    with pytest.raises(PrinterBusy, match=r"job-1\.gcode"):
        printer.start("job-2.gcode")
    printer.cancel()
    printer.start("job-2.gcode")


def test_what_was_printed_is_not_started_again(printer):
    printer.start("job-1.gcode")
    printer.mark("job-1.gcode", "finished")
    with pytest.raises(AlreadyPrinted):
        printer.start("job-1.gcode")


@pytest.mark.parametrize("name", ["../escape.gcode", "state.json", "never.gcode"])
def test_only_files_that_were_handed_over_are_started(printer, name):
    with pytest.raises(PrinterUnavailable):
        printer.start(name)


def test_a_hand_cannot_be_paused_from_afar(printer):
    with pytest.raises(PrinterUnavailable, match="by hand"):
        printer.pause()
