"""The fonts that a customer may choose where a design says ``// font``."""

import pytest

from glocal.design.chosen_fonts import font_file, offered_fonts
from glocal.design.errors import NotAnOption
from glocal.design.openscad import engine_job
from glocal.design.parameters import bind
from glocal.design.text_errors import MissingGlyphs
from tests.design.templates import template

SIGN = template('name = "Ada"; // 20\nlook = "Roboto"; // font\ntext(name, font=look);')
LOOK = SIGN.parameter("look")


def test_the_designs_own_font_comes_first_then_what_is_installed():
    own, *others = offered_fonts(LOOK)
    assert (own.value, own.label) == ("Roboto", "Roboto")
    assert {"Noto Serif", "Noto Serif, Bold", "Noto Sans, Italic"} <= {option.label for option in others}
    installed = template('look = "Noto Serif"; // font').parameter("look")
    assert [option.value for option in offered_fonts(installed)].count("Noto Serif") == 1
    assert "Noto Serif:style=Regular" not in {option.value for option in offered_fonts(installed)}


def test_a_chosen_font_goes_to_the_engine_beside_the_one_that_fits_the_text():
    job = engine_job(SIGN, bind(SIGN, {"look": "Noto Serif:style=Bold"}))
    assert [file.name for file in job.fonts][1:] == ["NotoSerif-Bold.ttf"]
    assert job.values["look"] == "Noto Serif:style=Bold"
    assert len(engine_job(SIGN, bind(SIGN, {})).fonts) == 1, "Roboto is not here"


@pytest.mark.parametrize("raw", ["Comic Sans MS", "", 7, "../../etc/passwd"])
def test_another_font_is_refused(raw):
    with pytest.raises(NotAnOption, match="look"):
        bind(SIGN, {"look": raw})


def test_a_font_that_cannot_draw_the_text_is_refused_and_not_drawn_as_boxes():
    assert bind(SIGN, {"look": "Noto Serif:style=Regular", "name": "Ω"})["name"] == "Ω"
    with pytest.raises(MissingGlyphs, match="Noto Serif, Bold"):
        bind(SIGN, {"look": "Noto Serif:style=Bold", "name": "مرحبا"})


def test_a_style_is_regular_when_none_is_named():
    assert font_file("noto serif") == font_file("Noto Serif:style=Regular") is not None
