import pytest

from glocal.production.errors import ProfilesMissing
from glocal.production.prusaslicer_ini import read_bundle

BUNDLE = """
# a comment
[vendor]
name = Test
[print:*common*]\r
layer_height = 0.2\r
perimeters = 2
[print:*fast*]
perimeters = 3
speed = 80
[print:Normal]
inherits = *common*; *fast*
speed = 60
[print:Draft]
inherits = Normal
layer_height = 0.3
[print:Loop A]
inherits = Loop B
[print:Loop B]
inherits = Loop A
[print:Orphan]
inherits = *gone*
"""


@pytest.fixture
def bundle():
    return read_bundle(BUNDLE, "Test.ini")


def test_later_parents_and_the_preset_itself_win(bundle):
    # *common* says 2 perimeters, *fast* 3 and speed 80, Normal speed 60
    assert bundle.resolve("print", "Normal") == {"layer_height": "0.2", "perimeters": "3", "speed": "60"}


def test_inheritance_goes_over_several_steps(bundle):
    assert bundle.resolve("print", "Draft")["layer_height"] == "0.3"
    assert bundle.resolve("print", "Draft")["perimeters"] == "3"


def test_abstract_presets_are_not_listed(bundle):
    assert bundle.names("print")[:2] == ["Normal", "Draft"]


@pytest.mark.parametrize(("name", "words"), [("Loop A", "circle"), ("Orphan", r"\*gone\*"), ("Nobody", "Nobody")])
def test_broken_profiles_are_named(bundle, name, words):
    with pytest.raises(ProfilesMissing, match=words):
        bundle.resolve("print", name)
