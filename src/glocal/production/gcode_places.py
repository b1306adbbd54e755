"""Where the compiled G-code reader keeps its numbers.

The reader carries everything in two flat arrays, ``f`` of float64 and ``m`` of int64, and every number has its place
in one of them, named here: compiled functions that pass two arrays on are several times faster than with objects,
and memory stays the same however long the file is.
"""

from __future__ import annotations

# --- f: where the machine is and how it understands numbers
X, Y, Z, E, FEED, FEED_FACTOR, ABSOLUTE, ABSOLUTE_E, UNIT, NOZZLE_C, HAS_MOVED, SAW_G90, LEGACY_M204, VERSION = range(
    14
)

# --- f: the current command's words by letter
WORD = 16
W_E, W_F, W_I, W_J, W_P, W_R, W_S, W_T, W_X = 4, 5, 8, 9, 15, 17, 18, 19, 23

# --- f: limits in mm and s; jerk, highest speed and acceleration of x, y, z, e; then acceleration by purpose
LIMITS = 68
JERK, MAX_FEED, MAX_ACC, ACC_PRINT, ACC_RETRACT, ACC_TRAVEL = (LIMITS + k for k in (0, 4, 8, 12, 13, 14))
LIMITS_SIZE = 15
# M204 cannot go beyond what the settings said for print, retract and travel at the beginning
CAP_PRINT, CAP_RETRACT, CAP_TRAVEL = 116, 117, 118

# --- f: facts, what the pass finds out
FACTS = 84
TIME_S, FILAMENT_MM, LINES, LAYERS, MOVES = (FACTS + k for k in range(5))
NOZZLE_MAX_C, BED_MAX_C, CHAMBER_MAX_C, NOZZLE_END_C, BED_END_C, CHAMBER_END_C = (FACTS + k for k in range(5, 11))
G90_FIRST, RELATIVE_PRINT, INCH, ARCS, MAX_FEED_SEEN, FAN_END = (FACTS + k for k in range(11, 17))
PRINT_LOW, PRINT_HIGH, ALL_LOW, ALL_HIGH = (FACTS + k for k in (17, 20, 23, 26))  # each: x, y, z
PAUSES, EXTRUDED_COLD, DWELL_S = (FACTS + k for k in (29, 30, 31))

# --- f: the planner's memory of the last move, and shares of x, y, z, e in the speed at its end
SPEED_NOW, LAST_CRUISE, LAST_SAFE, AFTER = 119, 120, 121, 122

# --- f: one over jerk, highest speed and acceleration of x, y, z, e
HOLD, HOLD_FEED, HOLD_ACC = 126, 130, 134

# --- f: use per kind of path: seconds, mm of way, mm of filament
MAX_KINDS = 64
USE = 138

# --- f: the planner's queue, one row per quantity
CHUNK = 4096  # moves that are planned at once
PENDING = 512  # of these stay for the next time, so that the border between two chunks has no effect
Q_LENGTH, Q_CRUISE, Q_ACC, Q_LIMIT, Q_ENTRY = (USE + 3 * MAX_KINDS + k * CHUNK for k in range(5))

# --- f: heights, then seconds, of the layers; as many as m[LAYER_ROOM] says
LAYER_Z = Q_ENTRY + CHUNK

# --- f: after the layers, one row per extruded line, as many as m[SEGMENT_ROOM] says: x, y, to x, y, z, kind, layer
SEGMENT_SIZE = 7

# --- m: whole numbers
KIND, KINDS, LAYER, COUNT, LAYER_ROOM, SEGMENTS, SEGMENT_ROOM = range(7)
GIVEN = 7  # which letters the current command has, a bit each
OWN_SINCE_HEAT, OWN_LAST = 8, 9  # where commands of the printer's own stand, the byte + 1; 0: none
KIND_HASH = 10
KIND_AT = KIND_HASH + MAX_KINDS  # first and last byte of a kind's name
OWNER_KIND = KIND_AT + 2 * MAX_KINDS
OWNER_LAYER = OWNER_KIND + CHUNK
M_SIZE = OWNER_LAYER + CHUNK

TRAVEL, RETRACTION, UNLABELLED, CUSTOM = range(4)  # kinds of path that exist before any label
