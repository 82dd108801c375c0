"""The world as it stands still: what all days are made from."""

from dataclasses import dataclass

from simulator.config import WorldConfig
from simulator.favourites import Favourites
from simulator.merchants import Merchants, make_merchants
from simulator.population import Population, make_population


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """The people, the merchants, and who goes where."""

    config: WorldConfig
    population: Population
    merchants: Merchants
    favourites: Favourites


def make_setting(config: WorldConfig) -> Setting:
    """Make the people and merchants of a configuration."""
    population = make_population(config.seed, config.customers)
    merchants = make_merchants(config.seed, config.merchants)
    favourites = Favourites(config.seed, population, merchants)
    return Setting(config, population, merchants, favourites)
