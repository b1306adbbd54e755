"""The numbers of a print process that the instant estimate needs, read from the slicer's flat settings."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from glocal.production.prusaslicer_numbers import first_number, number_or_share
from glocal.quoting.errors import NeedsExactQuote

FLAT_FLOW = 1 - math.pi / 4
"""Extruded lines have round sides: neighbours lie ``width - height × (1 - π/4)`` apart."""

THREAD_GAP_MM = 0.05
"""Between thick bridging lines."""


@dataclass(frozen=True, slots=True)
class Process:
    """Lengths in mm, speeds in mm/s, accelerations in mm/s², densities as fractions; per path where they differ."""

    layer_mm: float
    first_layer_mm: float
    walls: int
    outer_width_mm: float
    wall_width_mm: float
    infill_width_mm: float
    solid_width_mm: float
    top_width_mm: float
    bridge_spacing_mm: float
    bridge_line_mm2: float
    first_width_mm: float
    infill_overlap_mm: float
    infill_density: float
    infill_pattern: str
    infill_join_mm: float
    infill_hook_mm: float
    top_layers: int
    bottom_layers: int
    outer_speed: float
    small_speed: float
    wall_speed: float
    infill_speed: float
    solid_speed: float
    top_speed: float
    bridge_speed: float
    gap_speed: float
    first_speed: float
    travel_speed: float
    wall_acceleration: float
    infill_acceleration: float
    bridge_acceleration: float
    first_acceleration: float
    travel_acceleration: float
    jerk: float
    retract_s: float
    retract_before_mm: float
    cooling_below_s: float
    cooling_speed: float
    elephant_foot_mm: float
    skirts: int
    skirt_layers: int
    skirt_distance_mm: float
    skirt_least_mm: float
    filament_area_mm2: float
    flow: float
    density_g_cm3: float

    def spacing(self, width_mm: float) -> float:
        """Return how far apart lines of this width lie."""
        return width_mm - self.layer_mm * FLAT_FLOW


# settings that change the paths in ways that the estimate does not model, with the values that it does
MODELLED: Mapping[str, tuple[str, ...]] = {
    "support_material": ("0",),
    "raft_layers": ("0",),
    "brim_width": ("0",),
    "spiral_vase": ("0",),
    "ironing": ("0",),
    "fuzzy_skin": ("none",),
    "draft_shield": ("disabled", "0"),
    "wipe_tower_no_sparse_layers": ("0",),
    "infill_every_layers": ("1",),
    "solid_infill_every_layers": ("0",),
    "infill_only_where_needed": ("0",),
    "xy_size_compensation": ("0",),
    "use_volumetric_e": ("0",),
}
NAMES = {
    "support_material": "supports",
    "raft_layers": "a raft",
    "brim_width": "a brim",
    "spiral_vase": "vase mode",
    "ironing": "ironing",
}


def refuse_unmodelled(settings: Mapping[str, str]) -> None:
    """Raise :class:`NeedsExactQuote` that names the first setting beyond the estimate."""
    for key, known in MODELLED.items():
        value = settings.get(key, known[0]).strip()
        if value not in known and not (value.replace(".", "").isdigit() and float(value) == float(known[0] or 0)):
            raise NeedsExactQuote(
                f"This print uses {NAMES.get(key, key)}, which only the slicer can time.",
                help="Ask for the exact quote.",
                reason=key,
            )


def retraction_s(number: Callable[..., float]) -> float:
    """Return how long it takes to pull the filament back, lift the nozzle, put it down and push the filament again."""
    back, lift = number("retract_length"), number("retract_lift")
    speed = number("retract_speed", 40.0) or 40.0
    limit, z_acceleration = number("machine_max_feedrate_z", 12.0) or 12.0, number("machine_max_acceleration_z", 200.0)
    lift_s = (
        2 * math.sqrt(lift / z_acceleration)
        if lift < limit**2 / z_acceleration
        else lift / limit + (limit / z_acceleration)
    )
    return back / speed + back / (number("deretract_speed") or speed) + 2 * lift_s


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Flat slicer settings read as numbers; what is empty or missing has its default."""

    settings: Mapping[str, str]

    def number(self, key: str, otherwise: float = 0.0) -> float:
        return first_number(self.settings[key]) if self.settings.get(key, "") != "" else otherwise

    def share(self, key: str, whole: float, otherwise: float) -> float:
        return number_or_share(self.settings[key], whole) if self.settings.get(key, "") != "" else otherwise

    @property
    def layer_mm(self) -> float:
        return self.number("layer_height", 0.2)

    def width(self, key: str) -> float:
        """Return how wide lines of a kind are; without an own width as wide as all others."""
        usual = self.share("extrusion_width", self.layer_mm, 0.0) or 1.125 * self.number("nozzle_diameter", 0.4)
        return self.share(key, self.layer_mm, 0.0) or usual

    def speed(self, wanted: float, width_mm: float) -> float:
        """Return a speed, 0 being that of the walls, as far as the filament can follow."""
        flow_limit = self.number("filament_max_volumetric_speed") or math.inf
        wanted = wanted or self.number("perimeter_speed", 60)
        return min(wanted, flow_limit / (self.layer_mm * (width_mm - self.layer_mm * FLAT_FLOW)))

    def acceleration(self, key: str = "default_acceleration") -> float:
        """Return the acceleration of a kind of move, within what the machine can do."""
        usual = self.number("default_acceleration") or self.number("machine_max_acceleration_extruding", 1000.0)
        axes = ("machine_max_acceleration_x", "machine_max_acceleration_y", "machine_max_acceleration_extruding")
        return min(self.number(key) or usual, *(self.number(axis) or 1e9 for axis in axes))

    def bridges(self, width_mm: float) -> tuple[float, float]:
        """Return how far apart bridging lines lie, mm, and their cross-section, mm².

        Thick ones are round threads that hardly touch; others are the lines of solid infill, stretched.
        """
        ratio = self.number("bridge_flow_ratio", 1.0)
        if self.number("thick_bridges", 1.0):
            thread_mm = self.number("nozzle_diameter", 0.4) * math.sqrt(ratio)
            return thread_mm + THREAD_GAP_MM, math.pi / 4 * thread_mm**2
        spacing = width_mm - self.layer_mm * FLAT_FLOW
        return spacing, spacing * self.layer_mm * ratio

    def solid_layers(self, side: str) -> int:
        """Return how many layers are filled at the top or the bottom: so many, and so thick, as is asked for."""
        thickness = self.number(f"{side}_solid_min_thickness") / self.layer_mm
        return max(int(self.number(f"{side}_solid_layers")), math.ceil(thickness - 1e-6))


def read_process(settings: Mapping[str, str]) -> Process:
    """Return the numbers behind flat slicer settings, or refuse by name what is not modelled."""
    refuse_unmodelled(settings)
    said = _Numbers(settings)
    number, share, width = said.number, said.share, said.width
    first = share("first_layer_height", said.layer_mm, said.layer_mm)
    wall_width, infill_width = width("perimeter_extrusion_width"), width("infill_extrusion_width")
    solid_width = width("solid_infill_extrusion_width")
    bridge_spacing_mm, bridge_line_mm2 = said.bridges(solid_width)
    infill_spacing = infill_width - said.layer_mm * FLAT_FLOW
    join_mm = share("infill_anchor_max", infill_spacing, 50.0)
    return Process(
        layer_mm=said.layer_mm,
        first_layer_mm=first,
        walls=int(number("perimeters", 3)),
        outer_width_mm=width("external_perimeter_extrusion_width"),
        wall_width_mm=wall_width,
        infill_width_mm=infill_width,
        solid_width_mm=solid_width,
        top_width_mm=width("top_infill_extrusion_width"),
        bridge_spacing_mm=bridge_spacing_mm,
        bridge_line_mm2=bridge_line_mm2,
        first_width_mm=share("first_layer_extrusion_width", first, 0.0) or width("extrusion_width"),
        infill_overlap_mm=share("infill_overlap", wall_width, 0.25 * wall_width),
        infill_density=share("fill_density", 1.0, 0.2),
        infill_pattern=settings.get("fill_pattern", "stars"),
        infill_join_mm=join_mm,
        infill_hook_mm=min(join_mm, share("infill_anchor", infill_spacing, 6 * infill_spacing)),
        top_layers=said.solid_layers("top"),
        bottom_layers=said.solid_layers("bottom"),
        retract_before_mm=number("retract_before_travel", 2.0),
        elephant_foot_mm=number("elefant_foot_compensation"),
        skirts=int(number("skirts")),
        skirt_layers=int(number("skirt_height", 1)),
        skirt_distance_mm=number("skirt_distance", 6),
        skirt_least_mm=number("min_skirt_length"),
        filament_area_mm2=math.pi * number("filament_diameter", 1.75) ** 2 / 4,
        flow=number("extrusion_multiplier", 1.0),
        density_g_cm3=number("filament_density", 1.24),
        **_motion(said),
    )


def _motion(said: _Numbers) -> dict[str, float]:
    """Return how fast everything moves: speeds, accelerations, retraction, cooling."""
    number, share, width, speed = said.number, said.share, said.width, said.speed
    wall_speed, infill_speed = number("perimeter_speed", 60), number("infill_speed", 80)
    solid_speed = share("solid_infill_speed", infill_speed, 20) or infill_speed
    outer_width = width("external_perimeter_extrusion_width")
    return {
        "outer_speed": speed(share("external_perimeter_speed", wall_speed, wall_speed / 2), outer_width),
        "small_speed": speed(share("small_perimeter_speed", wall_speed, 15), outer_width),
        "wall_speed": speed(wall_speed, width("perimeter_extrusion_width")),
        "infill_speed": speed(infill_speed, width("infill_extrusion_width")),
        "solid_speed": speed(solid_speed, width("solid_infill_extrusion_width")),
        "top_speed": speed(share("top_solid_infill_speed", solid_speed, 15), width("top_infill_extrusion_width")),
        "bridge_speed": number("bridge_speed", 60),
        "gap_speed": number("gap_fill_speed", 20) or wall_speed,
        "first_speed": share("first_layer_speed", wall_speed, 30),
        "travel_speed": min(number("travel_speed", 130), number("machine_max_feedrate_x", 1e9)),
        "wall_acceleration": said.acceleration("perimeter_acceleration"),
        "infill_acceleration": said.acceleration("infill_acceleration"),
        "bridge_acceleration": said.acceleration("bridge_acceleration"),
        "first_acceleration": said.acceleration("first_layer_acceleration"),
        "travel_acceleration": said.acceleration(),
        "jerk": min(number("machine_max_jerk_x", 10), number("machine_max_jerk_y", 10)) or 10.0,
        "retract_s": retraction_s(number),
        "cooling_below_s": number("slowdown_below_layer_time") if said.settings.get("cooling", "1") != "0" else 0.0,
        "cooling_speed": max(number("min_print_speed", 10), 1.0),
    }
