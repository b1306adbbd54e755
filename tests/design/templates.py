"""Templates and meshes small enough to check by hand."""

import itertools

import numpy as np

from glocal.design.customizer import read_parameters
from glocal.design.model import DesignTemplate, Mesh, PrintProcess
from glocal.design.package import content_hash

MK3S = PrintProcess(nozzle_mm=0.4, layer_height_mm=0.2, bed_x_mm=250, bed_y_mm=210, height_mm=210)


def template(source, *, files=None, notes=None, constraints=(), presets=None):
    """Return a template around a source text."""
    return DesignTemplate(
        id="test",
        version="1",
        title={"en": "Test"},
        description={},
        licence="CC-BY-4.0",
        authors=("Ada",),
        source=source,
        files=files or {},
        parameters=read_parameters(source),
        notes=notes or {},
        constraints=tuple(constraints),
        print_notes={},
        presets=presets or {},
        hash=content_hash(source, files or {}, {}),
    )


def box(x=10.0, y=10.0, z=10.0, at=(0.0, 0.0, 0.0)):
    """Return a closed box of 8 corners and 12 triangles."""
    corners = np.array(list(itertools.product((0, x), (0, y), (0, z)))) + np.array(at)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return Mesh(corners, np.array([[q[0], q[i], q[i + 1]] for q in quads for i in (1, 2)]))


def together(*meshes):
    """Return several meshes as one."""
    from glocal.design.meshfile import join

    return join(meshes)


def without_faces(mesh, *numbers):
    """Return a mesh with triangles torn out."""
    return Mesh(mesh.vertices, np.delete(mesh.faces, numbers, axis=0))
