"""Where each customer usually goes: a few merchants a category near home, near work and online."""

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Flags, Floats, Ints
from simulator.categories import CATEGORIES
from simulator.geometry import apart_km
from simulator.merchants import ONLINE_PLACE, Market, Merchants
from simulator.population import Population
from simulator.randomness import stream

HOME, WORK, ONLINE = 0, 1, 2
SLOTS = 3
_NEAREST_OF = 4  # people settle for the nearest of so many that they hear of
_BLOCK = 5_000  # customers worked on at a time, to bound memory
_ROTATE_DAYS = 45  # after which the first choice becomes the last


class Favourites:
    """Favourite merchants of all customers; who is first choice drifts in the course of weeks."""

    def __init__(self, seed: int, population: Population, merchants: Merchants) -> None:
        shape = (len(population), len(CATEGORIES), 3, SLOTS)
        self._merchant: NDArray[np.int32] = np.empty(shape, dtype=np.int32)
        market = Market(merchants, 0)
        for first in range(0, len(population), _BLOCK):
            rng = stream(seed, "favourites", first)
            block = np.arange(first, min(first + _BLOCK, len(population)))
            self._merchant[block] = _choose_block(rng, block, population, merchants, market)
        self._phase = stream(seed, "favourites phase").integers(0, _ROTATE_DAYS, len(population))

    def choose(
        self, rng: np.random.Generator, day: int, customer: Ints, category: Ints, spot: Ints
    ) -> Ints:
        """Draw a favourite at each ``spot`` (``HOME``, ``WORK`` or ``ONLINE``)."""
        # The first choice gets three of five visits.
        preference = np.minimum(rng.integers(0, 5, len(customer)) - 2, SLOTS - 1).clip(0)
        turn = (day + self._phase[customer]) // _ROTATE_DAYS
        slot = (preference + turn) % SLOTS
        chosen: Ints = self._merchant[customer, category, spot, slot].astype(np.int64)
        return chosen

    def patrons_of(self, merchant: int, category: int) -> Ints:
        """Customers that have a merchant among their favourites."""
        patrons: Flags = (self._merchant[:, category] == merchant).any(axis=(1, 2))
        return np.flatnonzero(patrons)


def _choose_block(
    rng: np.random.Generator,
    block: Ints,
    population: Population,
    merchants: Merchants,
    market: Market,
) -> Ints:
    """[customer, category, spot, slot] for some customers."""
    shape = (len(block), len(CATEGORIES), SLOTS, _NEAREST_OF)
    customer, category, _, _ = np.indices(shape, sparse=True)
    customers = np.broadcast_to(block[customer], shape).ravel()
    categories = np.broadcast_to(category, shape).ravel()
    city = population.city[customers]
    chosen = []
    for latitude, longitude in (population.home, population.work):
        candidates = market.choose(rng, categories, city).reshape(shape)
        away = apart_km(
            latitude[block][customer],
            longitude[block][customer],
            merchants.latitude[candidates],
            merchants.longitude[candidates],
        )
        chosen.append(_nearest(candidates, away))
    online = np.full(chosen[0].size, ONLINE_PLACE)
    chosen.append(market.choose(rng, categories[::_NEAREST_OF], online).reshape(shape[:-1]))
    return np.stack(chosen, axis=2)


def _nearest(candidates: Ints, away: Floats) -> Ints:
    best = away.argmin(axis=-1)[..., None]
    return np.take_along_axis(candidates, best, axis=-1)[..., 0]
