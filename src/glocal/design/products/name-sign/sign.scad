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
magnet_diameter = 10; // [4:0.5:15]
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
$fn = 48;
letter_fn = $fn < 48 ? 3 : 6;
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
rim = engraved ? lip + 1.4 : lip;

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
// OpenSCAD cannot measure a text, but it can sweep one: along y it leaves a strip as wide as the words.

module core() {
    hull() {
        words();
        square(2, center = true);
    }
}
module upright_strip(grow = 0, narrow = 1) {
    minkowski() {
        scale([narrow, 1]) core();
        square([2 * grow + e, 2 * far], center = true);
    }
}
module level_strip(grow = 0) {
    minkowski() {
        core();
        square([2 * far, 2 * grow + e], center = true);
    }
}
module box(grow_x = margin, grow_y = margin, narrow = 1) {
    intersection() {
        upright_strip(grow_x, narrow);
        level_strip(grow_y);
    }
}

// Children at both ends of the words, `beyond` millimetres outside, halfway up; children must be convex.
module at_ends(beyond, narrow = 1) {
    minkowski() {
        intersection() {
            difference() {
                upright_strip(beyond + e, narrow);
                upright_strip(beyond, narrow);
            }
            square([2 * far, e], center = true);
        }
        children();
    }
}
module at_top(beyond) {
    minkowski() {
        intersection() {
            difference() {
                level_strip(beyond + e);
                level_strip(beyond);
            }
            translate([-e / 2, 0]) square([e, far]);
        }
        children();
    }
}
// Children at the four corners of a box, or at the upper two.
module at_corners(grow_x, grow_y, narrow = 1, upper = false) {
    minkowski() {
        intersection() {
            difference() {
                upright_strip(grow_x + e, narrow);
                upright_strip(grow_x, narrow);
            }
            difference() {
                level_strip(grow_y + e);
                level_strip(grow_y);
            }
            translate([-far, upper ? 0 : -far]) square(2 * far);
        }
        children();
    }
}

// ---- plate -------------------------------------------------------------------------------------------------------

wide = margin + ear;
module rounded(r = bend) {
    offset(r = r) offset(delta = -r) children();
}
module shape_outline() {
    if (shape == "rounded") rounded() box(wide);
    if (shape == "oval") {
        bulge = letter_height * 0.5;
        rounded(margin * 0.9) hull() {
            box(wide);
            scale([1, 0.72]) box(wide + bulge * 0.7);
            scale([1, 0.25]) box(wide + bulge);
        }
    }
    if (shape == "arch") {
        rise = letter_height * 0.45;
        rounded() hull() for (k = [[0, 1], [0.45, 0.89], [0.75, 0.66], [0.95, 0.3], [1, 0.05]])
            translate([0, rise * k[0]]) scale([k[1], 1]) box(wide);
    }
    if (shape == "plaque") {
        more = bend * 0.6;
        offset(r = 0.8) offset(delta = -0.8) difference() {
            box(wide + more, margin + more);
            at_corners(wide + more, margin + more) circle(r = bend * 1.2);
        }
    }
    if (shape == "cloud") {
        puff = margin * 0.8 + letter_height * 0.1;
        offset(r = -puff * 0.7) offset(r = puff * 1.7) {
            words();
            hull() at_ends(0) square(e);
            if (has_second) intersection() {
                level_strip();
                square([e, 2 * far], center = true);
            }
        }
        if (mount == "screws") hull() at_ends(hole_place) circle(d = screw_diameter * 2 + 10);
    }
}
module outline() {
    union() {
        shape_outline();
        if (mount == "handle") offset(r = -6) offset(r = 6) union() {
            at_top(ring_place) circle(d = handle_diameter + 24);
            box(margin / 2, margin / 2);
        }
        if (mount == "cord") offset(r = -4) offset(r = 4) union() {
            at_corners(margin / 2, margin / 2, 0.8, upper = true) circle(d = screw_diameter + 9);
            box(margin / 2, margin / 2);
        }
        if (mount == "stand") rounded() box();
    }
}
module openings() {
    if (mount == "screws") at_ends(hole_place) circle(d = screw_diameter + 0.3);
    if (mount == "cord") at_corners(margin / 2, margin / 2, 0.8, upper = true) circle(d = screw_diameter);
    if (mount == "handle") at_top(ring_place) circle(d = handle_diameter, $fn = 2 * $fn);
}
module plate() {
    difference() {
        union() {
            linear_extrude(thickness - lip) outline();
            for (k = [1, 2]) linear_extrude(thickness - lip + lip * k / 2) offset(delta = -lip * k / 2) outline();
        }
        if (mount == "screws") for (k = [1:4])
            translate([0, 0, max(1, thickness - screw_diameter * 0.5) + screw_diameter * 0.5 * (k - 1) / 4])
                linear_extrude(thickness) at_ends(hole_place) circle(d = screw_diameter * (1.1 + 0.9 * k / 4));
        if (mount == "keyholes") keyholes();
        if (mount == "magnets") translate([0, 0, -1]) linear_extrude(magnet_height + 0.2 + 1)
            at_ends(0, 0.7) circle(d = magnet_diameter + 0.25);
    }
}
// Slots that a screw's head goes into from the back; the sign then slides down on it.
module keyholes() {
    head = screw_diameter * 2 + 0.6;
    translate([0, 0, -1]) linear_extrude(2.4) {
        at_ends(0, 0.7) circle(d = head);
        at_ends(0, 0.7) slot(screw_diameter + 0.5, head);
    }
    translate([0, 0, 1.3]) linear_extrude(screw_diameter * 0.6 + 0.4) at_ends(0, 0.7) slot(head, head);
}
module slot(width, way) {
    hull() for (y = [0, way]) translate([0, y]) circle(d = width);
}
module ornament() {
    words();
    if (border > 0) difference() {
        offset(delta = -rim) outline();
        offset(delta = -rim - border) outline();
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
        linear_extrude(far) upright_strip(12, 0.55);
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
