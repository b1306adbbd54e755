"""How far apart two places are."""

from __future__ import annotations

from math import atan2, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088  # mean radius R1, IUGG (Moritz 2000, Geodetic Reference System 1980)


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the great-circle distance of two places, by the haversine formula (error below 0.6 % on the ellipsoid).

    Parameters
    ----------
    a, b : (float, float)
        Latitude and longitude, degrees.
    """
    lat_a, lat_b, turn = radians(a[0]), radians(b[0]), radians(b[1] - a[1]) / 2
    level = cos(lat_a) * cos(lat_b)
    near = sin((lat_b - lat_a) / 2) ** 2 + level * sin(turn) ** 2
    far = sin((lat_b + lat_a) / 2) ** 2 + level * cos(turn) ** 2  # to the opposite place: 1 - near, without rounding
    return 2 * EARTH_RADIUS_KM * atan2(sqrt(near), sqrt(far))
