"""A region, materials and a design that are small enough to work out by hand."""

from dataclasses import dataclass
from datetime import date

from glocal.design.customizer import read_parameters
from glocal.design.model import Constraint, DesignTemplate, ParameterNotes, Standard, StandardChoice
from glocal.design.package import content_hash
from glocal.design.region import RegionSettings, region_profile

TODAY = date(2026, 1, 1)

SOURCE = """
/* [Pot] */
diameter = 90; // [60:1:200]
wall = 2; // [1:0.1:5]
screw = 4; // [2:0.1:8]
finger = 17.3; // [10:0.1:25]
pattern = "waves"; // [smooth:Smooth, waves:Waves, facets:Facets]
name = "Ada"; // 8
"""


@dataclass(frozen=True)
class Plastic:
    """A material as the regional rules see it."""

    id: str
    name: str
    heat_resistance_c: float


PLA, PETG, ASA = Plastic("pla", "PLA", 55), Plastic("petg", "PETG", 68), Plastic("asa", "ASA", 93)
MATERIALS = (PLA, PETG, ASA)

WALL_SCREW = Standard(
    {"en": "Wall screw"},
    (
        StandardChoice("M4", {"screw": 4.0}, (), "ISO 262"),
        StandardChoice("UNC 8-32", {"screw": 4.166}, ("US", "CA"), "ASME B1.1"),
    ),
)


def pot(source=SOURCE, *, version="1.0.0", print_notes=None, **changes):
    """Return a plant pot with a screw, a finger ring and a name."""
    notes = {
        "diameter": ParameterNotes(unit="mm", labels={"en": "Diameter", "fr": "Diamètre"}),
        "wall": ParameterNotes(unit="mm", hard_min=1.6),
        "screw": ParameterNotes(unit="mm"),
        "finger": ParameterNotes(unit="mm", origin="measured", measures="ring_inner_diameter"),
    }
    content = {
        "title": {"en": "Pot", "fr": "Cache-pot"},
        "description": {},
        "notes": notes,
        "constraints": (Constraint("wall * 4 < diameter", {"en": "The wall is too thick."}),),
        "print_notes": {"materials": ["PETG", "PLA"]} if print_notes is None else print_notes,
        "presets": {"herbs": {"diameter": 80.0, "pattern": "facets"}},
        "standards": {"wall_screw": WALL_SCREW},
    } | changes
    return DesignTemplate(
        id="pot",
        version=version,
        licence="CC-BY-4.0",
        authors=("Ada",),
        source=source,
        files={},
        parameters=read_parameters(source),
        hash=content_hash(source, {}, {"version": version}),
        **content,
    )


def region(code, **settings):
    """Return the profile of a region with what the shop says."""
    return region_profile(code, RegionSettings(**settings), on=TODAY)
