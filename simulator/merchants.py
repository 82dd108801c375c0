"""Who is paid: merchants with a place, a category, a price level and a popularity that drifts."""

from dataclasses import dataclass

import numpy as np

from simulator.arrays import Flags, Floats, Ints
from simulator.categories import CATEGORIES, MEDIAN, ONLINE
from simulator.geometry import scatter_around
from simulator.places import CITIES, COUNTRY_OF_CITY, RESIDENTS
from simulator.randomness import stream

ONLINE_PLACE = len(CITIES)
"""The place of merchants without a counter."""

_PLACES = len(CITIES) + 1
_LIFE_DAYS = 1_200  # merchants open and close within so many days around day 0
_MERCHANT_SCATTER_KM = 6.0


def group_of(category: Ints, place: Ints) -> Ints:
    """The number of a category at a place (a city, or ``ONLINE_PLACE``)."""
    return category * _PLACES + place


@dataclass(frozen=True, slots=True, eq=False)
class Merchants:
    """All merchants, column by column, sorted by group; a merchant is its index."""

    category: Ints
    online: Flags
    city: Ints
    latitude: Floats
    longitude: Floats
    price: Floats  # relative to the category's median
    popularity: Floats
    swing: Floats  # how far popularity drifts, in logarithms
    phase: Floats
    opened_day: Ints
    closed_day: Ints
    group_start: Ints  # of each group, and one past the last
    country: Ints

    def __len__(self) -> int:
        return len(self.category)

    def open_on(self, day: int) -> Flags:
        """Which take payments on a day."""
        return (self.opened_day <= day) & (day < self.closed_day)


def make_merchants(seed: int, count: int) -> Merchants:
    """Make about ``count`` merchants, and one more wherever a group would be empty."""
    rng = stream(seed, "merchants")
    sizes = _group_sizes(count)
    group = np.repeat(np.arange(len(sizes)), sizes)
    category, place = group // _PLACES, group % _PLACES
    online = place == ONLINE_PLACE
    seat = rng.choice(len(CITIES), len(group), p=RESIDENTS / RESIDENTS.sum())
    city = np.where(online, seat, place)
    latitude, longitude = scatter_around(rng, city, _MERCHANT_SCATTER_KM)
    start = np.concatenate([[0], np.cumsum(sizes)])
    opened, closed = _lives(rng, len(group))
    # The first of a group is always open, so that there is always somewhere to pay.
    opened[start[:-1]], closed[start[:-1]] = -_LIFE_DAYS, np.iinfo(np.int64).max
    rank = np.arange(len(group)) - start[group]
    return Merchants(
        category=category,
        online=online,
        city=city,
        latitude=latitude,
        longitude=longitude,
        price=np.exp(rng.normal(0.0, 0.25, len(group))),
        popularity=rng.lognormal(0.0, 0.4, len(group)) / (1.0 + rank) ** 0.8,
        swing=rng.uniform(0.0, 0.7, len(group)),
        phase=rng.uniform(0.0, 2 * np.pi, len(group)),
        opened_day=opened,
        closed_day=closed,
        group_start=start,
        country=COUNTRY_OF_CITY[city],
    )


def _group_sizes(count: int) -> Ints:
    """Merchants of each group; cities share by residents, the net by how much is bought there."""
    sizes = np.zeros((len(CATEGORIES), _PLACES))
    relative = np.array([entry.merchants for entry in CATEGORIES])
    relative /= relative.sum()
    physical = np.where(ONLINE < 1.0, relative * (1.0 - 0.6 * ONLINE), 0.0)
    sizes[:, :ONLINE_PLACE] = np.outer(physical, RESIDENTS / RESIDENTS.sum())
    sizes[:, ONLINE_PLACE] = np.where(ONLINE > 0.0, relative - physical, 0.0)
    whole: Ints = np.ceil(sizes * count).astype(np.int64)
    return np.maximum(whole, 1).ravel()


def _lives(rng: np.random.Generator, count: int) -> tuple[Ints, Ints]:
    opened = rng.integers(-_LIFE_DAYS, _LIFE_DAYS // 6, count)
    closed = opened + rng.integers(200, 3 * _LIFE_DAYS, count)
    return opened, closed


class Market:
    """The merchants as they attract payers on one day."""

    def __init__(self, merchants: Merchants, day: int) -> None:
        season = 2 * np.pi * day / 90.0 + merchants.phase
        weight = merchants.popularity * np.exp(merchants.swing * np.sin(season))
        self.open = merchants.open_on(day)
        self._end = np.cumsum(np.where(self.open, weight, 0.0))
        bounds = np.concatenate([[0.0], self._end])[merchants.group_start]
        self._from, self._span = bounds[:-1], np.diff(bounds)
        self._start = merchants.group_start

    def choose(self, rng: np.random.Generator, category: Ints, place: Ints) -> Ints:
        """Draw an open merchant, by popularity, for each category and place."""
        group = group_of(category, place)
        point = self._from[group] + rng.random(len(group)) * self._span[group]
        found = np.searchsorted(self._end, point, side="right")
        return np.clip(found, self._start[group], self._start[group + 1] - 1)


def usual_amount(merchants: Merchants, merchant: Ints) -> Floats:
    """What people typically pay at each merchant, in euros of day 0."""
    amounts: Floats = MEDIAN[merchants.category[merchant]] * merchants.price[merchant]
    return amounts
