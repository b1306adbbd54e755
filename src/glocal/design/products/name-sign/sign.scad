// A sign for a door, a room, a desk or a gift, in any script. The plate grows with the words.
// SPDX-FileCopyrightText: glocal contributors
// SPDX-License-Identifier: CC-BY-4.0

/* [Words] */
// Name or word
text = "Adé"; // 40
// Second, smaller line (may stay empty)
second_line = ""; // 60
// Letter height in mm
letter_height = 24; // [12:1:60]
// Second line's height in mm
second_height = 11; // [8:1:40]

/* [Plate] */
// Shape of the plate
shape = "rounded"; // [rounded:Rounded, plaque:Plaque with hollow corners, arch:Arch, oval:Oval ends, cloud:Cloud around the letters]
// Letters
lettering = "raised"; // [raised:Raised, engraved:Engraved]
// How far letters and border stand out or go in, in mm
relief = 1.6; // [0.6:0.2:3]
// Plate thickness in mm
thickness = 3; // [2:0.2:8]
// Free margin around the words in mm
margin = 9; // [5:0.5:30]
// Corner radius in mm
corner = 5; // [1:0.5:12]
// Width of the border in mm (0: none)
border = 1.6; // [0:0.2:4]

/* [Mount] */
// How it is put up
mount = "none"; // [none:Glue or tape, screws:Screw holes, keyholes:Keyholes at the back, magnets:Pockets for magnets, cord:Holes for a cord, handle:Ring for a door handle, stand:Stand for a desk]
// Screw or cord diameter in mm
screw_diameter = 4; // [2:0.5:6]
// Magnet diameter in mm
magnet_diameter = 10; // [4:0.5:20]
// Magnet thickness in mm
magnet_height = 2; // [1:0.1:5]
// Opening for the door handle in mm
handle_diameter = 60; // [25:1:90]

/* [Font] */
// Font of the first line
font = "";
// Font of the second line
second_font = "";

/* [Hidden] */
$fn = 64;
letter_fn = $fn < 48 ? 3 : 8;
e = 0.01;
far = 2000;
gap = max(4, letter_height * 0.28);
has_second = len(second_line) > 0;
ear = mount == "screws" ? screw_diameter * 2 + 8 : 0;
hole_place = (margin + ear) / 2 + 1;
ring_place = margin + 8 + handle_diameter / 2;
bend = min(corner, margin - 0.5);
engraved = lettering == "engraved";
lip = min(0.6, thickness / 4);

// ---- words -------------------------------------------------------------------------------------------------------

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
function in_visual_order(words) = is_rtl(words) ? turned(words) : words;

first_line = in_visual_order(text);
last_line = in_visual_order(second_line);
shift = has_second ? (second_height + gap - letter_height) / 2 : 0;

module words() {
    translate([0, shift]) text(first_line, size = letter_height, font = font, halign = "center",
        valign = has_second ? "bottom" : "center", $fn = letter_fn);
    if (has_second) translate([0, shift - gap]) text(last_line, size = second_height, font = second_font,
        halign = "center", valign = "top", $fn = letter_fn);
}

// ---- sizes without numbers: shapes that follow the words ---------------------------------------------------------

// The words and the words upside down: as wide and as high on either side of the middle.
module both_ways() {
    words();
    rotate(180) words();
    square(2, center = true);
}
module band(along) {
    hull() for (s = [-1, 1]) translate(s * far * along) children();
}
module box(grow = 0, narrow = 1) {
    offset(delta = grow) intersection() {
        band([0, 1]) scale([narrow, 1]) both_ways();
        band([1, 0]) both_ways();
    }
}
// A hair over the width of the words, and one over their height.
module width_line(narrow = 1) {
    intersection() {
        band([0, 1]) scale([narrow, 1]) both_ways();
        square([2 * far, e], center = true);
    }
}
module height_line() {
    intersection() {
        band([1, 0]) both_ways();
        square([e, 2 * far], center = true);
    }
}

// A disc at the left (-1) or right (1) end of the words, `beyond` millimetres outside, halfway up.
module at_end(side, beyond, diameter, narrow = 1) {
    offset(r = diameter / 2 - e) intersection() {
        translate([side * far / 2, 0]) square([far, 2 * e], center = true);
        difference() {
            offset(delta = beyond + 2 * e) width_line(narrow);
            offset(delta = beyond) width_line(narrow);
        }
    }
}
module at_ends(beyond, diameter) {
    for (side = [-1, 1]) at_end(side, beyond, diameter);
}
module at_top(beyond, diameter) {
    offset(r = diameter / 2 - e) intersection() {
        translate([-e, 0]) square([2 * e, far]);
        difference() {
            offset(delta = beyond + 2 * e) height_line();
            offset(delta = beyond) height_line();
        }
    }
}
// Discs at the four corners of a box (or the upper two).
module at_corners(grow, diameter, narrow = 1, upper = false) {
    offset(r = diameter / 2 - e) intersection() {
        if (upper) translate([-far, 0]) square(2 * far); else square(2 * far, center = true);
        difference() {
            box(grow + 2 * e, narrow);
            band([0, 1]) box(grow, narrow);
            band([1, 0]) box(grow, narrow);
        }
    }
}

// ---- plate -------------------------------------------------------------------------------------------------------

module field() {
    if (ear > 0) hull() for (s = [-1, 1]) translate([s * ear, 0]) box(margin);
    else box(margin);
}
module rounded() {
    offset(r = bend) offset(delta = -bend) children();
}
module shape_outline() {
    if (shape == "rounded") rounded() field();
    if (shape == "oval") {
        bulge = letter_height * 0.5;
        offset(r = margin * 0.9) offset(delta = -margin * 0.9) hull() {
            field();
            for (k = [[0.72, 0.69], [1, 0.2]], s = [-1, 1]) translate([s * bulge * k[0], 0]) scale([1, k[1]]) field();
        }
    }
    if (shape == "arch") {
        rise = letter_height * 0.45;
        rounded() hull() for (k = [[0, 1], [0.4, 0.92], [0.7, 0.72], [0.92, 0.4], [1, 0.1]])
            translate([0, rise * k[0]]) scale([k[1], 1]) field();
    }
    if (shape == "plaque") {
        offset(r = 0.8) offset(delta = -0.8) difference() {
            offset(delta = bend * 0.6) field();
            offset(r = bend * 1.2) difference() {
                offset(delta = bend * 0.6 + 2 * e) field();
                band([0, 1]) offset(delta = bend * 0.6) field();
                band([1, 0]) offset(delta = bend * 0.6) field();
            }
        }
    }
    if (shape == "cloud") {
        puff = margin * 0.8 + letter_height * 0.1;
        offset(r = -puff * 0.7) offset(r = puff * 1.7) {
            words();
            width_line();
            if (has_second) height_line();
        }
        if (mount == "screws") hull() at_ends(hole_place, screw_diameter * 2 + 10);
    }
}
module outline() {
    offset(r = 0.5) offset(delta = -0.5) union() {
        shape_outline();
        if (mount == "handle") offset(r = -6) offset(r = 6) union() {
            at_top(ring_place, handle_diameter + 24);
            box(margin / 2);
        }
        if (mount == "cord") offset(r = -4) offset(r = 4) union() {
            at_corners(margin / 2, screw_diameter + 9, 0.8, upper = true);
            box(margin / 2);
        }
        if (mount == "stand") rounded() box(margin);
    }
}
module openings() {
    if (mount == "screws") at_ends(hole_place, screw_diameter + 0.3);
    if (mount == "cord") at_corners(margin / 2, screw_diameter, 0.8, upper = true);
    if (mount == "handle") at_top(ring_place, handle_diameter);
}
module plate() {
    difference() {
        union() {
            linear_extrude(thickness - lip) outline();
            for (k = [1:2]) linear_extrude(thickness - lip + lip * k / 2) offset(delta = -lip * k / 2) outline();
        }
        if (mount == "screws") for (k = [0:4])
            translate([0, 0, max(1, thickness - screw_diameter * 0.5) + screw_diameter * 0.5 * k / 5])
                linear_extrude(thickness) at_ends(hole_place, screw_diameter * (1.1 + 0.9 * (k + 1) / 5));
        if (mount == "keyholes") for (side = [-1, 1]) keyhole(side);
        if (mount == "magnets") translate([0, 0, -1]) linear_extrude(magnet_height + 0.2 + 1)
            for (side = [-1, 1]) at_end(side, 0, magnet_diameter + 0.25, 0.7);
    }
}
// A slot that a screw's head goes into from the back; the sign then slides down on it.
module keyhole(side) {
    head = screw_diameter * 2 + 0.6;
    translate([0, 0, -1]) linear_extrude(2.4) {
        at_end(side, 0, head, 0.7);
        slot(side, screw_diameter + 0.5, head);
    }
    translate([0, 0, 1.3]) linear_extrude(screw_diameter * 0.6 + 0.4) slot(side, head, head);
}
module slot(side, width, way) {
    hull() for (y = [0, way]) translate([0, y]) at_end(side, 0, width, 0.7);
}
module ornament() {
    words();
    if (border > 0) difference() {
        offset(delta = -lip) outline();
        offset(delta = -lip - border) outline();
    }
}

// A foot with a leaning slot, beside the sign.
module stand() {
    depth = 34;
    tall = 14;
    below = ((letter_height + (has_second ? second_height : 0)) * 1.6 + gap) / 2 + margin + 8;
    intersection() {
        translate([0, -below, 0]) rotate([90, 0, 90]) linear_extrude(2 * far, center = true) difference() {
            polygon([[-depth, 0], [0, 0], [0, 3], [-depth * 0.3, tall], [-depth * 0.62, tall], [-depth, 3]]);
            translate([-depth * 0.42, tall]) rotate(12) translate([0, -8]) square([thickness + 0.4, 20]);
        }
        linear_extrude(far) band([0, 1]) offset(delta = 12) width_line(0.55);
    }
}

difference() {
    union() {
        plate();
        if (!engraved) translate([0, 0, thickness - e]) linear_extrude(relief + e) ornament();
    }
    if (engraved) translate([0, 0, thickness - relief]) linear_extrude(relief + 1) ornament();
    if (mount == "screws" || mount == "cord" || mount == "handle") translate([0, 0, -1]) linear_extrude(thickness + relief + 2) openings();
}
if (mount == "stand") stand();
