"""Shapes that we make ourselves to calibrate the instant estimate: what shops print, and what is hard to time.

Thin walls, many holes, organic surfaces, steps, slopes, points, slabs and towers, each in a size that slices fast.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from manifold3d import CrossSection, Manifold

from glocal.design.model import Mesh


def sample_meshes() -> list[tuple[str, Mesh]]:
    """Return the shapes with their names, always the same, on the bed."""
    made = []
    for name, solid in shapes():
        mesh = solid.to_mesh()
        vertices = np.array(mesh.vert_properties, dtype=np.float64)[:, :3]
        vertices[:, 2] -= vertices[:, 2].min()
        made.append((f"made:{name}", Mesh(vertices, np.array(mesh.tri_verts, dtype=np.int32))))
    return made


def shapes() -> Iterator[tuple[str, Any]]:
    """Yield every shape."""
    yield from blocks()
    yield from plates()
    yield from thin_walls()
    yield from rounds()
    yield from organic()
    yield from parts()


def blocks() -> Iterator[tuple[str, Any]]:
    """Yield boxes, steps and towers."""
    for x, y, z in ((12, 12, 12), (30, 20, 15), (60, 40, 8), (8, 8, 60), (80, 6, 20), (45, 45, 30)):
        yield f"box {x}x{y}x{z}", Manifold.cube((x, y, z))
    yield (
        "pyramid of steps",
        Manifold.batch_boolean(
            [Manifold.cube((50 - 8 * k, 50 - 8 * k, 4), True).translate((0, 0, 4 * k)) for k in range(6)], add()
        ),
    )
    yield (
        "stairs",
        Manifold.batch_boolean([Manifold.cube((8, 25, 3 * k + 3)).translate((7.9 * k, 0, 0)) for k in range(6)], add()),
    )
    yield (
        "table",
        Manifold.cube((40, 40, 4)).translate((0, 0, 20))
        + Manifold.cube((8, 40, 20))
        + Manifold.cube((8, 40, 20)).translate((32, 0, 0)),
    )
    yield "wedge", CrossSection([[(0, 0), (50, 0), (0, 12)]]).extrude(30)
    yield "leaning wedge", CrossSection([[(0, 0), (50, 0), (0, 18)]]).extrude(25).rotate((90, 0, 0))
    yield "tilted box", Manifold.cube((30, 22, 26), True).rotate((25, 35, 10))


def plates() -> Iterator[tuple[str, Any]]:
    """Yield slabs with holes, pockets and raised letters-like bars."""
    for n, hole in ((3, 5.0), (6, 2.6), (9, 1.5)):
        slab = Manifold.cube((70, 50, 4))
        drill = Manifold.cylinder(6, hole, hole, 32)
        holes = [drill.translate((70 * (i + 0.5) / n, 50 * (j + 0.5) / n, -1)) for i in range(n) for j in range(n)]
        yield f"plate with {n * n} holes", slab - Manifold.batch_boolean(holes, add())
    bars = [Manifold.cube((1.2 + 0.3 * (k % 3), 12, 2)).translate((5 + 5 * k, 4 + k % 4, 2.5)) for k in range(12)]
    yield "sign with bars", Manifold.cube((70, 22, 3)) + Manifold.batch_boolean(bars, add())
    rings = [
        (Manifold.cylinder(2.2, 4, 4, 40) - Manifold.cylinder(2.2, 2.6, 2.6, 40)).translate((9 + 10 * k, 10, 2.5))
        for k in range(7)
    ]
    yield "sign with rings", Manifold.cube((78, 20, 3)) + Manifold.batch_boolean(rings, add())
    yield "tray", Manifold.cube((60, 40, 14)) - Manifold.cube((56, 36, 14)).translate((2, 2, 2))
    cells = [Manifold.cube((11, 11, 20)).translate((2 + 13 * i, 2 + 13 * j, 2)) for i in range(4) for j in range(3)]
    yield "organiser", Manifold.cube((54, 41, 16)) - Manifold.batch_boolean(cells, add())
    yield "thin slab", Manifold.cube((60, 40, 1.2))
    grid = [Manifold.cube((2.4, 50, 3)).translate((5 + 9 * k, 0, 0)) for k in range(6)]
    grid += [Manifold.cube((60, 2.4, 3)).translate((0, 4 + 9 * k, 0)) for k in range(6)]
    yield "lattice", Manifold.batch_boolean(grid, add())


def thin_walls() -> Iterator[tuple[str, Any]]:
    """Yield walls of one to four lines."""
    for wall in (0.45, 0.6, 0.9, 1.3, 1.8, 2.6):
        outer = Manifold.cylinder(24, 14, 17, 64)
        yield f"cup wall {wall}", outer - Manifold.cylinder(24, 14 - wall, 17 - wall, 64).translate((0, 0, 1.2))
    for wall in (0.5, 1.0, 1.6):
        yield (
            f"frame wall {wall}",
            Manifold.cube((30, 30, 12), True) - Manifold.cube((30 - 2 * wall, 30 - 2 * wall, 14), True),
        )
    fins = [Manifold.cube((0.9 + 0.25 * k, 24, 14)).translate((4 * k, 0, 2)) for k in range(9)]
    yield "fins", Manifold.cube((36, 24, 2)) + Manifold.batch_boolean(fins, add())
    pins = [
        Manifold.cylinder(12, 0.8 + 0.2 * k, 0.6 + 0.2 * k, 24).translate((7 * (k % 4), 7 * (k // 4), 2))
        for k in range(8)
    ]
    yield "pins", Manifold.cube((32, 18, 2)).translate((-5, -5, 0.1)) + Manifold.batch_boolean(pins, add())


def rounds() -> Iterator[tuple[str, Any]]:
    """Yield what a lathe would make."""
    for radius in (8, 20, 32):
        yield f"ball {radius}", Manifold.sphere(radius, 96)
    yield "half ball", Manifold.sphere(24, 96).trim_by_plane((0, 0, 1), 0)
    yield "cone", Manifold.cylinder(30, 16, 0.4, 96)
    yield "upside-down cone", Manifold.cylinder(20, 8, 20, 96)
    yield "rod", Manifold.cylinder(50, 4, 4, 48)
    yield "disc", Manifold.cylinder(5, 28, 28, 128)
    ring = CrossSection.circle(5, 32).translate((20, 0))
    yield "torus", ring.revolve(96)
    vase = CrossSection([[(0, 0), *((14 + 5 * math.sin(z / 7), z) for z in np.linspace(0, 45, 46)), (0, 45)]])
    yield "solid vase", vase.revolve(96)
    yield (
        "knob",
        (
            Manifold.cylinder(14, 14, 12, 96)
            + Manifold.batch_boolean(
                [Manifold.cylinder(14, 2, 2, 24).translate((13 * math.cos(a), 13 * math.sin(a), 0)) for a in turns(12)],
                add(),
            )
        )
        - Manifold.cylinder(10, 3.05, 3.05, 48),
    )


def organic() -> Iterator[tuple[str, Any]]:
    """Yield bumpy, twisted and branching shapes."""
    for seed, radius, bump in ((1, 14.0, 2.0), (2, 20.0, 4.0), (3, 26.0, 5.0), (4, 17.0, 6.0)):
        yield f"pebble {seed}", blob(seed, radius, bump)
    star = CrossSection(
        [[((14 + 4 * (k % 2)) * math.cos(a), (14 + 4 * (k % 2)) * math.sin(a)) for k, a in enumerate(turns(14))]]
    )
    yield "twisted star", star.extrude(35, 70, 90, (0.6, 0.6))
    yield "twisted pot", star.extrude(30, 60, 60) - star.offset(-2.0).extrude(30, 60, 60).translate((0, 0, 2))
    balls = [
        Manifold.sphere(6 + k % 3, 40).translate((7 * k, 5 * math.sin(k), 7 + 2 * math.cos(2 * k))) for k in range(6)
    ]
    yield "caterpillar", Manifold.batch_boolean(balls, add())
    legs = [
        Manifold.cylinder(22, 4, 3, 32)
        .rotate((12 * math.cos(a), 12 * math.sin(a), 0))
        .translate((14 * math.cos(a), 14 * math.sin(a), 0))
        for a in turns(4)
    ]
    yield (
        "beast",
        Manifold.batch_boolean([*legs, blob(7, 17.0, 2.0).scale((1.2, 0.9, 0.8)).translate((0, 0, 26))], add()),
    )


def parts() -> Iterator[tuple[str, Any]]:
    """Yield machine parts."""
    bracket = Manifold.cube((40, 30, 4)) + Manifold.cube((40, 4, 32))
    drill = Manifold.cylinder(10, 2.2, 2.2, 32)
    yield "bracket", bracket - drill.translate((10, 18, -2)) - drill.translate((30, 18, -2))
    gear = [
        [
            ((16 + 2.2 * (k % 4 < 2)) * math.cos(a), (16 + 2.2 * (k % 4 < 2)) * math.sin(a))
            for k, a in enumerate(turns(80))
        ]
    ]
    yield "gear", CrossSection(gear).extrude(8) - Manifold.cylinder(8, 4, 4, 48)
    yield "nut", Manifold.cylinder(9, 11, 11, 6) - Manifold.cylinder(9, 5.5, 5.5, 64)
    yield "clip", CrossSection([[(0, 0), (30, 0), (30, 3), (4, 3), (4, 12), (24, 12), (26, 15), (0, 15)]]).extrude(12)
    yield "hook", CrossSection([[(0, 0), (5, 0), (5, 30), (18, 30), (18, 22), (23, 22), (23, 35), (0, 35)]]).extrude(9)
    tube = Manifold.cylinder(40, 11, 11, 64) - Manifold.cylinder(40, 8.5, 8.5, 64)
    yield "flanged tube", tube + (Manifold.cylinder(4, 20, 20, 64) - Manifold.cylinder(4, 8.5, 8.5, 64))
    box = Manifold.cube((40, 30, 22)) - Manifold.cube((36, 26, 22)).translate((2, 2, 2))
    posts = [Manifold.cylinder(16, 3, 3, 32).translate((5 + 30 * i, 5 + 20 * j, 1)) for i in range(2) for j in range(2)]
    yield "box with posts", box + Manifold.batch_boolean(posts, add())
    slots = [Manifold.cube((3, 50, 3)).translate((4 + 7 * k, -5, 3)) for k in range(5)]
    yield "slotted block", Manifold.cube((38, 40, 18)) - Manifold.batch_boolean(slots, add())


def turns(count: int) -> list[float]:
    """Return ``count`` angles around the circle."""
    return [2 * math.pi * k / count for k in range(count)]


def add() -> Any:
    """Return manifold3d's name for union."""
    from manifold3d import OpType

    return OpType.Add


def blob(seed: int, radius: float, bump: float) -> Any:
    """Return a ball with smooth bumps."""
    rng = np.random.default_rng(seed)
    directions = rng.normal(size=(9, 3))
    directions /= np.linalg.norm(directions, axis=1)[:, None]

    def warp(points: Any) -> Any:
        unit = points / np.linalg.norm(points, axis=1)[:, None]
        heights = np.exp(-8 * (1 - unit @ directions.T)).sum(axis=1)
        return unit * (radius + bump * heights)[:, None]

    return Manifold.sphere(radius, 72).warp_batch(warp)
