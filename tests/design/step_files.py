"""STEP files written by hand: a box of flat faces and a cylinder, in any unit."""

from __future__ import annotations

HEAD = """ISO-10303-21;
HEADER;
FILE_DESCRIPTION((''),'2;1');
FILE_NAME('','2026-01-01T00:00:00',(''),(''),'','','');
FILE_SCHEMA(('AUTOMOTIVE_DESIGN {{ 1 0 10303 214 1 1 1 1 }}'));
ENDSEC;
DATA;
#1=APPLICATION_CONTEXT('automotive design');
#2=PRODUCT_CONTEXT('',#1,'mechanical');
#3=PRODUCT('Part','Part','',(#2));
#4=PRODUCT_DEFINITION_FORMATION('','',#3);
#5=PRODUCT_DEFINITION_CONTEXT('part definition',#1,'design');
#6=PRODUCT_DEFINITION('design','',#4,#5);
#7=PRODUCT_DEFINITION_SHAPE('','',#6);
#8=SHAPE_DEFINITION_REPRESENTATION(#7,#9);
#9={kind}('',(#20),#10);
#10=(GEOMETRIC_REPRESENTATION_CONTEXT(3)GLOBAL_UNIT_ASSIGNED_CONTEXT((#11,#12,#13))REPRESENTATION_CONTEXT('',''));
#11={unit};
#12=(NAMED_UNIT(*)PLANE_ANGLE_UNIT()SI_UNIT($,.RADIAN.));
#13=(NAMED_UNIT(*)SI_UNIT($,.STERADIAN.)SOLID_ANGLE_UNIT());
#14=DIMENSIONAL_EXPONENTS(1.,0.,0.,0.,0.,0.,0.);
#15=(LENGTH_UNIT()NAMED_UNIT(*)SI_UNIT(.MILLI.,.METRE.));
#16=LENGTH_MEASURE_WITH_UNIT(LENGTH_MEASURE(25.4),#15);
"""
TAIL = "ENDSEC;\nEND-ISO-10303-21;\n"
UNITS = {
    "mm": "(LENGTH_UNIT()NAMED_UNIT(*)SI_UNIT(.MILLI.,.METRE.))",
    "inch": "(CONVERSION_BASED_UNIT('INCH',#16)LENGTH_UNIT()NAMED_UNIT(#14))",
}
_CORNERS = [(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]
_SIDES = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
CYLINDER = """#20=MANIFOLD_SOLID_BREP('',#21);
#21=CLOSED_SHELL('',(#22,#23,#24));
#22=ADVANCED_FACE('',(#30),#31,.F.);
#23=ADVANCED_FACE('',(#40),#41,.T.);
#24=ADVANCED_FACE('',(#50),#51,.T.);
#30=FACE_BOUND('',#32,.F.);
#31=PLANE('',#60);
#32=EDGE_LOOP('',(#33));
#33=ORIENTED_EDGE('',*,*,#70,.T.);
#40=FACE_BOUND('',#42,.T.);
#41=PLANE('',#61);
#42=EDGE_LOOP('',(#43));
#43=ORIENTED_EDGE('',*,*,#71,.T.);
#50=FACE_BOUND('',#52,.T.);
#51=CYLINDRICAL_SURFACE('',#60,{radius}.);
#52=EDGE_LOOP('',(#53,#54,#55,#56));
#53=ORIENTED_EDGE('',*,*,#70,.T.);
#54=ORIENTED_EDGE('',*,*,#72,.T.);
#55=ORIENTED_EDGE('',*,*,#71,.F.);
#56=ORIENTED_EDGE('',*,*,#72,.F.);
#60=AXIS2_PLACEMENT_3D('',#80,#82,#83);
#61=AXIS2_PLACEMENT_3D('',#81,#82,#83);
#70=EDGE_CURVE('',#84,#84,#73,.T.);
#71=EDGE_CURVE('',#85,#85,#74,.T.);
#72=EDGE_CURVE('',#84,#85,#75,.T.);
#73=CIRCLE('',#60,{radius}.);
#74=CIRCLE('',#61,{radius}.);
#75=LINE('',#86,#88);
#80=CARTESIAN_POINT('',(0.,0.,0.));
#81=CARTESIAN_POINT('',(0.,0.,{height}.));
#82=DIRECTION('',(0.,0.,1.));
#83=DIRECTION('',(1.,0.,0.));
#84=VERTEX_POINT('',#86);
#85=VERTEX_POINT('',#87);
#86=CARTESIAN_POINT('',({radius}.,0.,0.));
#87=CARTESIAN_POINT('',({radius}.,0.,{height}.));
#88=VECTOR('',#82,1.);
"""


def step_cylinder(radius: int, height: int, unit: str = "mm") -> bytes:
    """Return a cylinder that stands on the origin."""
    head = HEAD.format(kind="ADVANCED_BREP_SHAPE_REPRESENTATION", unit=UNITS[unit])
    return (head + CYLINDER.format(radius=radius, height=height) + TAIL).encode()


def step_box(x: int, y: int, z: int, unit: str = "mm", *, sides: int = 6) -> bytes:
    """Return a box at the origin; with fewer ``sides`` it is open."""
    lines = [HEAD.format(kind="FACETED_BREP_SHAPE_REPRESENTATION", unit=UNITS[unit])]
    faces = ",".join(f"#{200 + 10 * side}" for side in range(sides))
    lines.append(f"#20=FACETED_BREP('',#21);\n#21=CLOSED_SHELL('',({faces}));\n")
    for number, (i, j, k) in enumerate(_CORNERS):
        lines.append(f"#{100 + number}=CARTESIAN_POINT('',({i * x}.,{j * y}.,{k * z}.));\n")
    for side, corners in enumerate(_SIDES[:sides]):
        at = 200 + 10 * side
        a, b, c = (_CORNERS[corner] for corner in corners[:3])
        u = [q - p for p, q in zip(a, b, strict=True)]
        v = [q - p for p, q in zip(b, c, strict=True)]
        normal = (u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0])
        loop = ",".join(f"#{100 + corner}" for corner in corners)
        lines += [
            f"#{at}=FACE_SURFACE('',(#{at + 1}),#{at + 3},.T.);\n#{at + 1}=FACE_OUTER_BOUND('',#{at + 2},.T.);\n",
            f"#{at + 2}=POLY_LOOP('',({loop}));\n#{at + 3}=PLANE('',#{at + 4});\n",
            f"#{at + 4}=AXIS2_PLACEMENT_3D('',#{100 + corners[0]},#{at + 5},#{at + 6});\n",
            f"#{at + 5}=DIRECTION('',({','.join(f'{n}.' for n in normal)}));\n",
            f"#{at + 6}=DIRECTION('',({','.join(f'{n}.' for n in u)}));\n",
        ]
    return ("".join(lines) + TAIL).encode()
