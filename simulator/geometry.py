"""Points on the globe, coarsely: enough to scatter people around a city."""

import numpy as np

from simulator.arrays import Floats, Ints
from simulator.places import LATITUDE, LONGITUDE

KM_PER_DEGREE = 111.2


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


def apart_km(
    latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats
) -> Floats:
    """Distances within a city, where the globe is flat; arguments in degrees, broadcast."""
    north = to_latitude - latitude
    east = (to_longitude - longitude) * np.cos(np.radians(latitude))
    distance: Floats = KM_PER_DEGREE * np.sqrt(north * north + east * east)
    return distance
