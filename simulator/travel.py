"""Where customers are on a day: at home, or on a trip that began some days before."""

from dataclasses import dataclass

import numpy as np

from simulator.arrays import Flags, Ints
from simulator.places import COUNTRY_OF_CITY, VISITORS
from simulator.population import Population
from simulator.randomness import choose_each, stream

LONGEST_TRIP_DAYS = 12
ARRIVAL_HOUR_UTC = 9
"""On the day of a journey nobody pays at a counter before; so no genuine trip outruns an aircraft
by much, however long the way."""
_ABROAD = 0.55


@dataclass(frozen=True, slots=True, eq=False)
class Whereabouts:
    """Where every customer is on one day."""

    city: Ints
    away: Flags
    journey: Flags  # leaving or returning on this day


def whereabouts_on(
    seed: int, population: Population, trips_per_day: float, day: int
) -> Whereabouts:
    """Collect the trips that reach into ``day``; a later start overrides an earlier one."""
    city = population.city.copy()
    away = np.zeros(len(population), dtype=np.bool_)
    journey = away.copy()
    for start in range(day - LONGEST_TRIP_DAYS, day + 1):
        traveller, length, to_city = _trips_from(seed, population, trips_per_day, start)
        ends = start + length
        there = ends > day
        city[traveller[there]] = to_city[there]
        away[traveller[there]] = True
        journey[traveller[(ends == day) | (start == day)]] = True
    return Whereabouts(city, away, journey)


def _trips_from(
    seed: int, population: Population, trips_per_day: float, start: int
) -> tuple[Ints, Ints, Ints]:
    """Travellers that leave on a day, for how many days, and to which city."""
    rng = stream(seed, "travel", start)
    count = rng.poisson(trips_per_day * len(population))
    traveller = rng.integers(0, len(population), count)
    length = rng.integers(1, LONGEST_TRIP_DAYS + 1, count)
    return traveller, length, _destinations(rng, population.city[traveller])


def _destinations(rng: np.random.Generator, home: Ints) -> Ints:
    """A city that is not home; in another country for more than half."""
    domestic = COUNTRY_OF_CITY[None, :] == COUNTRY_OF_CITY[home][:, None]
    abroad = rng.random(len(home)) < _ABROAD
    allowed = np.where(abroad[:, None], ~domestic, domestic)
    allowed[np.arange(len(home)), home] = False
    # Someone whose country has one city goes abroad after all.
    stuck = ~allowed.any(axis=1)
    allowed[stuck] = ~domestic[stuck]
    return choose_each(rng, allowed * VISITORS)
