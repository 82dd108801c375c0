"""What people pay with online: their own devices, the household's, and the networks they are on.

A device is a number, 0 for none; a network is a number, -1 for none. Both become opaque text in
:mod:`simulator.table`, so that no one can tell a thief's device by its name.
"""

import numpy as np

from simulator.arrays import Flags, Ints
from simulator.places import COUNTRY_OF_CITY
from simulator.population import Population

PHONE, LAPTOP = 0, 1
_GENERATIONS = 64  # of one customer's devices, far more than anyone gets to own
_HOUSEHOLD_DEVICES = 1 << 40
_FOREIGN_DEVICES = 1 << 41
_FOREIGN_PER_DAY = 1 << 20

_NETWORKS_PER_COUNTRY = 4096
_FIXED_NETWORKS = 3072  # the rest are mobile carriers'


def own_device(population: Population, customer: Ints, sort: Ints, day: int) -> Ints:
    """The customer's ``PHONE`` or ``LAPTOP`` of the day; replaced every few hundred days."""
    age = day + population.device_phase[customer] + 10_000 + sort * 90
    generation = (age // population.device_days[customer]) % _GENERATIONS
    return 1 + (customer * 2 + sort) * _GENERATIONS + generation


def household_device(population: Population, customer: Ints) -> Ints:
    """The device that the household shares."""
    return _HOUSEHOLD_DEVICES + population.household[customer]


def usual_device(
    rng: np.random.Generator, population: Population, customer: Ints, day: int
) -> Ints:
    """The device that each customer takes to buy online: mostly their own."""
    draw = rng.random(len(customer))
    sort = np.where(draw < 0.75, PHONE, LAPTOP)
    shared: Flags = (draw > 0.95) & (population.household_size[customer] > 1)
    own = own_device(population, customer, sort, day)
    return np.where(shared, household_device(population, customer), own)


def foreign_devices(day: int, purpose: int, numbers: Ints) -> Ints:
    """Devices of nobody in the population, such as thieves'; distinct by day and purpose."""
    return _FOREIGN_DEVICES + (day + 10_000) * _FOREIGN_PER_DAY + purpose * 100_000 + numbers


def home_network(population: Population, customer: Ints) -> Ints:
    """The network of the household's line."""
    block = COUNTRY_OF_CITY[population.city[customer]] * _NETWORKS_PER_COUNTRY
    return block + (population.household[customer] * 2_654_435_761) % _FIXED_NETWORKS


def mobile_network(rng: np.random.Generator, city: Ints) -> Ints:
    """A carrier's network in the city's country."""
    block = COUNTRY_OF_CITY[city] * _NETWORKS_PER_COUNTRY
    return block + rng.integers(_FIXED_NETWORKS, _NETWORKS_PER_COUNTRY, len(city))
