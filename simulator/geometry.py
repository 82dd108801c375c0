"""Points on the globe, coarsely: enough to scatter people around a city."""

import numpy as np

from simulator.arrays import Floats, Ints
from simulator.places import LATITUDE, LONGITUDE

KM_PER_DEGREE = 111.2
EARTH_RADIUS_KM = 6371.0


def scatter_around(rng: np.random.Generator, city: Ints, km: float) -> tuple[Floats, Floats]:
    """Points around cities' centres.

    Args:
        rng: Source of chance.
        city: Indices into ``CITIES``.
        km: Standard deviation on each axis.

    Returns:
        Latitudes and longitudes in degrees, to 5 decimals (a metre).
    """
    north, east = rng.normal(0.0, km / KM_PER_DEGREE, (2, len(city)))
    latitude = LATITUDE[city] + north
    longitude = LONGITUDE[city] + east / np.cos(np.radians(LATITUDE[city]))
    return np.round(latitude, 5), np.round(longitude, 5)


def distance_km(
    latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats
) -> Floats:
    """Great-circle distances by the haversine formula; arguments in degrees, broadcast."""
    a, b = np.radians(latitude), np.radians(to_latitude)
    c = np.radians(to_longitude - longitude)
    chord = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(c / 2) ** 2
    distance: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    return distance
