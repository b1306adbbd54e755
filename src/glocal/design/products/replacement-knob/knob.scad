// A knob for a shaft that you have measured: radio, stove, mixer, heater, machine.
// Solid, with its bore open at the bottom; prints as it stands, without supports.
// SPDX-FileCopyrightText: glocal contributors
// SPDX-License-Identifier: CC-BY-4.0

/* [Shaft] */
// Shape of the shaft's end
shaft_shape = "d"; // [round:Round, d:D with one flat, double_d:Two flats, square:Square, splined:Splined]
// Shaft diameter in mm (square: side)
shaft_diameter = 6; // [3:0.1:12]
// How much the flat takes off the shaft, in mm
flat_depth = 1.5; // [0.3:0.1:4]
// Number of splines
splines = 18; // [6:1:40]
// How deep the shaft goes in, in mm
bore_depth = 12; // [5:0.5:30]
// Play between shaft and bore, in mm
fit_clearance = 0.2; // [0:0.05:0.6]

/* [Knob] */
// Outer diameter in mm
outer_diameter = 32; // [12:0.5:80]
// Height in mm
height = 18; // [8:0.5:50]
// Grip
grip = "lobed"; // [smooth:Smooth, lobed:Lobed, knurled:Knurled, bar:Bar]
// Number of lobes
lobes = 7; // [3:1:12]
// Width of the flange at the foot in mm (0: none)
flange = 0; // [0:0.5:8]
// Pointer mark
pointer = "line"; // [none:None, line:Line, dot:Dot]

/* [Fixing] */
// Hole for a set screw in mm (0: none)
screw_diameter = 0; // [0:0.1:4]

/* [Hidden] */
$fn = 144;
e = 0.01;
sides = $fn < 96 ? 60 : 144;
steps = $fn < 96 ? 3 : 7;
radius = outer_diameter / 2;
edge = min(2.2, height * 0.16, radius * 0.2);
foot = 0.4;
bore_radius = shaft_radius() + fit_clearance / 2;
roof = min(bore_radius, height - bore_depth - 1.4);
mark = 0.8;
bar_foot = max(3, height * 0.34);
bar_width = max(outer_diameter * 0.3, bore_radius * 2 + 5);

function shaft_radius() = shaft_shape == "square" ? shaft_diameter * sqrt(2) / 2 : shaft_diameter / 2;

// One closed surface through rings of points, from the bottom to the top.
module loft(rings) {
    n = len(rings[0]);
    m = len(rings);
    sides = [for (j = [0:m - 2], i = [0:n - 1])
        let (a = j * n + i, b = j * n + (i + 1) % n)
        each [[a, a + n, b + n], [a, b + n, b]]];
    polyhedron(
        points = [for (ring = rings) each ring],
        faces = concat([[for (i = [0:n - 1]) i]], sides, [[for (i = [n - 1:-1:0]) (m - 1) * n + i]]));
}

function waves(angle) =
    grip == "lobed" ? lobe(angle) :
    grip == "knurled" ? knurl(angle) : 0;
lobe_depth = min(radius * 0.16, 3.2);
function lobe(angle) = lobe_depth * (pow(abs(cos(angle * lobes / 2)), 0.7) - 1);
teeth = max(16, round(PI * outer_diameter / 3));
function knurl(angle) = 0.35 * (cos(angle * teeth) - 1);

function ring(z, inset, count) =
    [for (i = [0:count - 1]) let (angle = 360 * i / count, r = radius - inset + waves(angle))
        [r * cos(angle), r * sin(angle), z]];

// Insets that round the upper edge off, as [height, inset].
function rounded_top(top, size) =
    [for (k = [0:steps]) let (a = 90 * k / steps) [top - size + size * sin(a), size - size * cos(a)]];

module body() {
    count = grip == "knurled" ? teeth * 4 : sides;
    loft(concat(
        [ring(0, foot, count), ring(foot, 0, count)],
        [for (p = rounded_top(height, edge)) ring(p[0], p[1], count)]));
}

// A round foot with a bar across it, as on stoves and washing machines.
module bar_body() {
    cap = min(edge, bar_foot * 0.4);
    loft(concat(
        [ring(0, foot, sides), ring(foot, 0, sides)],
        [for (p = rounded_top(bar_foot, cap)) ring(p[0], p[1], sides)]));
    loft(concat(
        [bar_ring(bar_foot / 2, 0)],
        [for (p = rounded_top(height, edge)) bar_ring(p[0], p[1])]));
}

// Two round ends, the pointing one slimmer, and the straight lines that touch both.
function bar_ring(z, inset) =
    let (count = round(sides / 4), r1 = bar_width * 0.5, r2 = bar_width * 0.36, reach = radius - 2 * foot,
         tilt = asin((r1 - r2) / (2 * reach - r1 - r2)))
    [for (end = [0, 1], i = [0:count])
        let (a = end == 0 ? 90 - tilt + (180 + 2 * tilt) * i / count : 270 + tilt + (180 - 2 * tilt) * i / count,
             r = (end == 0 ? r1 : r2) - inset, x = end == 0 ? r1 - reach : reach - r2)
        [x + r * cos(a), r * sin(a), z]];

module bore_outline() {
    r = bore_radius;
    flat = shaft_diameter / 2 - flat_depth + fit_clearance / 2;
    if (shaft_shape == "square") {
        square(shaft_diameter + fit_clearance, center = true);
    } else if (shaft_shape == "splined") {
        polygon([for (i = [0:2 * splines - 1])
            let (a = 180 * i / splines, q = i % 2 == 0 ? r : r - min(0.45, r * 0.12)) [q * cos(a), q * sin(a)]]);
    } else {
        intersection() {
            circle(r = r, $fn = sides / 2);
            if (shaft_shape == "d") translate([-2 * r, -2 * r]) square([2 * r + flat, 4 * r]);
            if (shaft_shape == "double_d") square([2 * flat, 4 * r], center = true);
        }
    }
}

// The bore, a lead-in at its mouth and a roof that needs no support.
module bore() {
    translate([0, 0, -e]) linear_extrude(bore_depth + e) bore_outline();
    translate([0, 0, bore_depth - e])
        linear_extrude(roof, scale = max(0.02, 1 - roof / bore_radius)) bore_outline();
    translate([0, 0, -e]) linear_extrude(0.8 + e, scale = bore_radius / (bore_radius + 0.8))
        scale((bore_radius + 0.8) / bore_radius) bore_outline();
}

// A hole on its side with a pointed roof, from the flat outwards.
module screw_hole() {
    r = screw_diameter / 2;
    translate([0, 0, min(bore_depth / 2, (grip == "bar" ? max(bar_foot / 2, r + 1) : height / 2))])
        rotate([90, 0, 90]) linear_extrude(radius + flange + 1) union() {
            circle(r = r, $fn = 32);
            polygon([[-r * cos(45), r * sin(45)], [0, r * sqrt(2)], [r * cos(45), r * sin(45)]]);
        }
}

// A line over the top and down the side, or a dot; as deep as two strokes of a pen.
module pointer_mark() {
    rim = radius + waves(0);
    if (pointer == "line") {
        width = max(1.2, min(2.4, outer_diameter * 0.05));
        foot_z = grip == "bar" ? bar_foot : height * 0.35;
        rotate([90, 0, 0]) linear_extrude(width, center = true) difference() {
            translate([rim * 0.42, foot_z]) square([rim, height]);
            intersection() {
                translate([0, -height]) square([rim - (grip == "bar" ? 2 * foot : 0) - mark, 2 * height - mark]);
                translate([rim - edge - mark, height - edge - mark]) union() {
                    circle(r = edge, $fn = sides / 2);
                    translate([-2 * rim, -height]) square([2 * rim, height + edge]);
                    translate([-2 * rim, -2 * height]) square([2 * rim + edge, 2 * height]);
                }
            }
        }
    }
    if (pointer == "dot")
        translate([rim - max(edge + 1.8, rim * 0.24), 0, height - mark])
            cylinder(d1 = 2, d2 = 2 + 2 * mark + 2 * e, h = mark + e, $fn = 32);
}

module flange_ring() {
    if (flange > 0) {
        thick = min(2.4, height * 0.3);
        cylinder(r1 = radius + flange - foot, r2 = radius + flange, h = foot, $fn = sides);
        translate([0, 0, foot - e]) cylinder(r = radius + flange, h = thick - foot - 0.6, $fn = sides);
        translate([0, 0, thick - 0.6 - 2 * e])
            cylinder(r1 = radius + flange, r2 = radius + flange - 0.6, h = 0.6, $fn = sides);
    }
}

difference() {
    union() {
        if (grip == "bar") bar_body(); else body();
        flange_ring();
    }
    bore();
    if (screw_diameter > 0) screw_hole();
    pointer_mark();
}
