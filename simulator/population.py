"""Who pays: customers with a home, a workplace, means, habits and a household."""

from dataclasses import dataclass

import numpy as np

from simulator.arrays import Floats, Ints
from simulator.categories import CATEGORIES
from simulator.geometry import scatter_around
from simulator.places import CITIES, RESIDENTS
from simulator.randomness import stream

_HOME_SCATTER_KM = 7.0
_WORK_SCATTER_KM = 4.0
_LARGEST_HOUSEHOLD = 4
_JOIN_DAYS = (-1_000, 180)  # most are customers by day 0, some join later


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """All customers, column by column; a customer is its index and has one account."""

    city: Ints
    home: tuple[Floats, Floats]  # latitudes, longitudes
    work: tuple[Floats, Floats]
    activity: Floats  # payments relative to the average customer
    budget: Floats  # amounts relative to the average customer
    taste: Floats  # [customer, category] relative preference
    online: Floats  # relative readiness to buy online
    clock_shift: Floats  # hours that the customer's day is behind the usual
    wallet: Floats  # share of contactless payments made with the telephone
    household: Ints
    household_size: Ints
    device_days: Ints  # days after which a device is replaced
    device_phase: Ints
    joined_day: Ints

    def __len__(self) -> int:
        return len(self.city)

    def rates_on(self, day: int) -> Floats:
        """Relative number of payments of each customer; 0 before they join."""
        rates: Floats = self.activity * (self.joined_day <= day)
        return rates


def make_population(seed: int, count: int) -> Population:
    """Make ``count`` customers; members of a household live in one home."""
    rng = stream(seed, "population")
    household, size = _households(rng, count)
    seat = rng.choice(len(CITIES), household[-1] + 1, p=RESIDENTS / RESIDENTS.sum())
    latitude, longitude = scatter_around(rng, seat, _HOME_SCATTER_KM)
    city = seat[household]
    return Population(
        city=city,
        home=(latitude[household], longitude[household]),
        work=scatter_around(rng, city, _WORK_SCATTER_KM),
        activity=rng.gamma(3.0, 1.0 / 3.0, count),
        budget=rng.lognormal(-0.06, 0.35, count),
        taste=rng.gamma(1.5, 1.0 / 1.5, (count, len(CATEGORIES))).astype(np.float32),
        online=rng.lognormal(-0.1, 0.45, count),
        clock_shift=rng.normal(0.0, 0.9, count),
        wallet=np.where(rng.random(count) < 0.5, rng.uniform(0.3, 0.9, count), 0.0),
        household=household,
        household_size=size,
        device_days=rng.integers(150, 700, count),
        device_phase=rng.integers(0, 700, count),
        joined_day=rng.integers(*_JOIN_DAYS, count),
    )


def _households(rng: np.random.Generator, count: int) -> tuple[Ints, Ints]:
    """The household of each customer, in order, and how many are in it."""
    sizes = rng.integers(1, _LARGEST_HOUSEHOLD + 1, count)
    household = np.repeat(np.arange(count), sizes)[:count]
    return household, np.bincount(household)[household]
