// A plant pot with its saucer, made to measure; a name may go around it. Prints without supports.
// SPDX-FileCopyrightText: glocal contributors
// SPDX-License-Identifier: CC-BY-4.0

/* [Size] */
// What is made
parts = "both"; // [both:Pot and saucer, pot:Pot, saucer:Saucer]
// Outer diameter at the rim in mm
diameter = 100; // [60:1:200]
// Height in mm
height = 90; // [50:1:200]
// Foot's diameter as a share of the rim's
foot_share = 0.72; // [0.6:0.02:1]
// Wall thickness in mm
wall = 2.4; // [1.6:0.2:5]

/* [Pattern] */
// Pattern of the outside
pattern = "flutes"; // [smooth:Smooth, facets:Facets, flutes:Flutes, waves:Waves, folds:Folded paper]
// How many times it repeats
repeats = 18; // [5:1:36]
// How deep it is in mm
depth = 2.4; // [0.8:0.2:6]
// Twist from foot to rim in degrees
twist = 40; // [0:5:120]

/* [Water] */
// Drainage holes
holes = 5; // [0:1:9]
// Diameter of a drainage hole in mm
hole_diameter = 6; // [3:0.5:10]
// How far the pot stands above the saucer's floor in mm
rib_height = 3; // [1:0.5:8]
// Height of the saucer's rim in mm
saucer_height = 14; // [8:1:40]

/* [Name] */
// Name on a band around the pot (may stay empty)
name = ""; // 60
// Letters
lettering = "raised"; // [raised:Raised, engraved:Engraved]
// Height of the letters in mm
letter_height = 12; // [8:1:30]

/* [Font] */
// Font of the name
font = "";

/* [Hidden] */
$fn = 160;
e = 0.01;
fine = $fn >= 96;
relief = 0.8;
base = max(2, wall);
rim_radius = diameter / 2;
foot_radius = rim_radius * foot_share;
chamfer = 0.8;
named = len(name) > 0 && parts != "saucer";
plain_rim = max(4, height * 0.06);
cut = pattern == "smooth" ? 0 : pattern == "facets" ? min(depth, foot_radius * (1 - cos(180 / repeats))) : depth;

// ---- outside -----------------------------------------------------------------------------------------------------

function base_radius(z) = foot_radius + (rim_radius - foot_radius) * z / height;
function clamp(x) = min(1, max(0, x));

// The points of a ring sit at the same places of the pattern at every height, so its lines run clean, twisted or not.
per_repeat = fine ? (pattern == "folds" ? 6 : 2 * ceil(max(8, 100 / repeats) / 2)) : (pattern == "folds" ? 2 : 4);
around = pattern == "smooth" ? (fine ? 120 : 48) : repeats * max(per_repeat, 2 * ceil((fine ? 48 : 24) / repeats));
places = [for (i = [0:around - 1]) 360 * i / around];
function groove(t) =
    pattern == "flutes" ? 1 - pow(abs(sin(180 * t)), 0.8) :
    pattern == "waves" ? (1 - cos(360 * t)) / 2 :
    pattern == "folds" ? 1 - abs(2 * (t - floor(t)) - 1) : 0;
grooves = [for (a = places) depth * groove(a / 360 * repeats)];
chords = [for (a = places) let (step = 360 / repeats) 1 - cos(step / 2) / cos(a % step - step / 2)];

// The band for the name; the pattern fades out towards it, and towards the rim.
fade = max(0.5, 2.6 * cut);
rim_low = height - plain_rim * 0.5;
band_height = letter_height * 1.7;
band_low = max(fade + chamfer, min(height * 0.56 - band_height / 2, rim_low - 2 * fade - band_height));
band_high = min(band_low + band_height, rim_low - fade);
function share(z) = min(
    clamp((rim_low - z) / fade),
    named ? clamp(max(band_low - z, z - band_high) / fade) : 1);

function ring(z, inset = 0) =
    let (r = base_radius(z) - inset, s = share(z), turn = pattern == "smooth" ? 0 : twist * z / height)
    [for (i = [0:around - 1])
        let (a = places[i] + turn, q = r - s * (pattern == "facets" ? min(depth, r * chords[i]) : grooves[i]))
        [q * cos(a), q * sin(a), z]];
function round_ring(z, r, count, turn = 0) =
    [for (i = [0:count - 1]) let (a = 360 * i / count + turn) [r * cos(a), r * sin(a), z]];

// Heights of the rings: where something bends, and in between while the pattern twists.
function sorted(v) = len(v) < 2 ? v :
    let (p = v[floor(len(v) / 2)])
    concat(sorted([for (x = v) if (x < p) x]), [p], sorted([for (x = v) if (x > p) x]));
bends = pattern == "smooth" ? [] : concat(
    [rim_low - fade, rim_low], named ? [band_low - fade, band_low, band_high, band_high + fade] : []);
steps = pattern == "smooth" ? 1 : ceil(twist / (fine ? 4 : 10)) + 1;
heights = [for (z = sorted(concat([chamfer, height], bends, [for (k = [1:steps - 1]) height * k / steps])))
    if (z >= chamfer && z <= height) z];

// One closed surface through rings of points; each ring has as many points as the others.
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

// ---- pot ---------------------------------------------------------------------------------------------------------

inner_foot = base_radius(base) - cut - wall;
inner_rim = rim_radius - wall;
neck = rim_low - fade;

module pot() {
    turn = pattern == "smooth" ? 0 : twist;
    difference() {
        loft(concat(
            [ring(0, chamfer * 0.6)],
            [for (z = heights) ring(z)],
            [round_ring(height, inner_rim, around, turn),
             round_ring(neck, base_radius(neck) - cut - wall, around, turn),
             round_ring(base + 2, inner_foot + 2 * (rim_radius - foot_radius) / height, around, turn),
             round_ring(base, inner_foot - 2, around, turn)]));
        if (holes > 0) translate([0, 0, -1]) linear_extrude(base + 2) drainage();
        if (named && lettering == "engraved") name_around(-relief, 1);
    }
    if (named && lettering == "raised") name_around(-0.4, relief);
}
// One hole in the middle, the others in a ring; two lie side by side.
module drainage() {
    ring_holes = holes == 2 ? 2 : holes - 1;
    if (holes != 2) circle(d = hole_diameter, $fn = 24);
    if (ring_holes > 0) for (i = [1:ring_holes])
        rotate(360 * i / ring_holes) translate([inner_foot - 2.5 - hole_diameter / 2, 0]) circle(d = hole_diameter, $fn = 24);
}

// ---- name --------------------------------------------------------------------------------------------------------

// Numbers run from left to right in every script; OpenSCAD turns a whole right-to-left line around, so turn them back.
function is_digit(c) = let (o = ord(c)) (o >= 48 && o <= 57) || (o >= 1632 && o <= 1641) || (o >= 1776 && o <= 1785);
function is_rtl_letter(c) = let (o = ord(c))
    (o >= 1424 && o < 1632) || (o > 1641 && o < 1776) || (o > 1785 && o <= 2303) || (o >= 64285 && o <= 65023)
    || (o >= 65136 && o <= 65279) || (o >= 67584 && o <= 69247) || (o >= 124928 && o <= 126975);
function is_rtl(words) = len([for (c = words) if (is_rtl_letter(c)) c]) > 0;
function joins(words, i) = len(search(words[i], ".,:/-")) > 0 && i + 1 < len(words) && is_digit(words[i + 1]);
function number_end(words, i) =
    i + 1 < len(words) && (is_digit(words[i + 1]) || joins(words, i + 1)) ? number_end(words, i + 1) : i;
function reversed(words, i, j) = i > j ? "" : str(reversed(words, i + 1, j), words[i]);
function turned(words, i = 0) =
    i >= len(words) ? "" :
    is_digit(words[i]) ? let (j = number_end(words, i)) str(reversed(words, i, j), turned(words, j + 1)) :
    str(words[i], turned(words, i + 1));
shown_name = is_rtl(name) ? turned(name) : name;

// The letters' widest possible length, so that they never meet behind the pot.
function widest(words) = len(words) == 0 ? 0 : sum([for (c = words) ord(c) > 11903 ? 1.42 : ord(c) > 767 && ord(c) < 880 ? 0 : 1.15]);
function sum(v, i = 0) = i >= len(v) ? 0 : v[i] + sum(v, i + 1);
band_middle = (band_low + band_high) / 2;
band_radius = base_radius(band_middle);
room = 2 * PI * band_radius * 0.9;
size = min(letter_height, room / max(1, widest(shown_name)), (band_high - band_low) / 1.4);
reach = min(room, widest(shown_name) * size + 4) / 2;
strips = max(4, ceil(2 * reach / (fine ? 3 : 5)));

// The name in upright strips, each turned to its place on the wall; `from` and `to` are measured outwards from it.
module name_around(from, to) {
    lean = atan((rim_radius - foot_radius) / height);
    width = 2 * reach / strips;
    for (k = [0:strips - 1]) {
        x = -reach + width * (k + 0.5);
        rotate([0, 0, x / band_radius * 180 / PI - 90])
            translate([band_radius, 0, band_middle]) rotate([90 + lean, 0, 90])
                translate([0, 0, from]) linear_extrude(to - from) intersection() {
                    translate([-x, 0]) words();
                    square([width + 0.04, 4 * letter_height], center = true);
                }
    }
}
module words() {
    text(shown_name, size = size, font = font, halign = "center", valign = "center", $fn = fine ? 6 : 3);
}

// ---- saucer ------------------------------------------------------------------------------------------------------

saucer_wall = max(1.6, wall * 0.8);
saucer_foot = foot_radius + 4;
saucer_flare = saucer_height * 0.35;

module saucer() {
    n = fine ? 120 : 48;
    r = saucer_foot + saucer_wall;
    loft([
        round_ring(0, r - chamfer * 0.6, n), round_ring(chamfer, r, n), round_ring(saucer_height, r + saucer_flare, n),
        round_ring(saucer_height, r + saucer_flare - saucer_wall, n),
        round_ring(2, saucer_foot, n)]);
    ribs = 6;
    for (i = [0:ribs - 1]) rotate(360 * i / ribs)
        translate([foot_radius * 0.35, -1.2, 2 - e]) cube([foot_radius * 0.6, 2.4, rib_height + e]);
}

if (parts != "saucer") pot();
if (parts == "saucer") saucer();
if (parts == "both") translate([rim_radius + saucer_foot + saucer_wall + saucer_flare + 6, 0, 0]) saucer();
