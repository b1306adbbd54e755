"""How a Customizer file by somebody else reads on the page."""

from __future__ import annotations

import pytest

from glocal.design.customizer import read_parameters
from glocal.design.model import ParameterNotes
from glocal.shop.products.describe import describe_parameter


@pytest.mark.parametrize(
    ("source", "label", "helps"),
    [
        ("// How wide it is\nwidth = 20;", "How wide it is", False),
        ("wallThickness = 2;", "Wall thickness", False),
        ("USB_port_width = 2;", "USB port width", False),
        ("$fn = 60;", "$fn", False),
        (f"// {'Added to hangers to make it easier. ' * 4}\nhanger_tolerance = 0.15;", "Hanger tolerance", True),
    ],
)
def test_a_caption_that_names_is_the_label_and_one_that_explains_is_the_help(
    source: str, label: str, helps: bool
) -> None:
    (parameter,) = read_parameters(f"/* [Size] */\n{source}\n")
    told = describe_parameter(parameter, ParameterNotes(), "en")
    assert (told["label"], bool(told["help"])) == (label, helps)
