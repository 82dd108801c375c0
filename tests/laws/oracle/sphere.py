"""Places as unit vectors in fixed point, and great-circle distances between them."""

import math

EARTH_RADIUS_KM = 6_371.0088
SCALE = 2.0**30
CENTRE_SHIFT = 10

type Vector = tuple[int, int, int]


def place_at(latitude: float, longitude: float) -> Vector:
    """The unit vector of a latitude and longitude in degrees, times 2^30, rounded half to even."""
    phi, lam = math.radians(latitude), math.radians(longitude)
    x, y, z = math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)
    return round(x * SCALE), round(y * SCALE), round(z * SCALE)


def centre_of(places: list[Vector]) -> Vector | None:
    """The sum of places, each a thousandth as fine; None when they cancel or there are none."""
    x, y, z = (sum(place[axis] >> CENTRE_SHIFT for place in places) for axis in range(3))
    return None if (x, y, z) == (0, 0, 0) else (x, y, z)


def distance_km(a: Vector, b: Vector) -> float:
    """By the chord between the directions of two vectors of any length but zero."""
    (ax, ay, az), (bx, by, bz) = _unit(a), _unit(b)
    chord = math.sqrt((ax - bx) * (ax - bx) + (ay - by) * (ay - by) + (az - bz) * (az - bz))
    return 2.0 * EARTH_RADIUS_KM * math.asin(min(chord / 2.0, 1.0))


def _unit(vector: Vector) -> tuple[float, float, float]:
    x, y, z = (float(part) for part in vector)
    length = math.sqrt(x * x + y * y + z * z)
    return x / length, y / length, z / length
