"""Countries and cities of the world: where people live, pay and travel.

Offsets from UTC are those of winter all year round: the world has no daylight saving time.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Country:
    """A country and its money."""

    code: str  # ISO 3166-1 alpha-2
    currency: str  # ISO 4217
    per_euro: float  # units of the currency for one euro, rounded
    decimals: int  # digits of the minor unit
    magnetic_stripe: float  # share of card-present payments that are still swiped


@dataclass(frozen=True, slots=True)
class City:
    """A city: a centre in degrees, around which people and merchants are scattered."""

    country: str
    latitude: float
    longitude: float
    residents: float  # relative number of customers
    visitors: float  # relative number of trips to it
    utc_offset_minutes: int


COUNTRIES = (
    Country("DE", "EUR", 1.0, 2, 0.005),
    Country("FR", "EUR", 1.0, 2, 0.005),
    Country("ES", "EUR", 1.0, 2, 0.01),
    Country("GB", "GBP", 0.87, 2, 0.005),
    Country("CH", "CHF", 0.94, 2, 0.005),
    Country("PL", "PLN", 4.25, 2, 0.01),
    Country("SE", "SEK", 11.0, 2, 0.005),
    Country("US", "USD", 1.16, 2, 0.08),
    Country("JP", "JPY", 172.0, 0, 0.05),
    Country("TR", "TRY", 47.0, 2, 0.03),
)

CITIES = (
    City("DE", 52.52, 13.40, 1.6, 1.0, 60),
    City("DE", 53.55, 9.99, 0.9, 0.5, 60),
    City("DE", 48.14, 11.58, 0.9, 0.7, 60),
    City("DE", 50.94, 6.96, 0.8, 0.4, 60),
    City("FR", 48.86, 2.35, 1.2, 1.3, 60),
    City("FR", 45.76, 4.84, 0.5, 0.4, 60),
    City("ES", 40.42, -3.70, 0.7, 0.8, 60),
    City("ES", 41.39, 2.17, 0.5, 1.2, 60),
    City("GB", 51.51, -0.13, 1.2, 1.3, 0),
    City("GB", 53.48, -2.24, 0.6, 0.3, 0),
    City("CH", 47.38, 8.54, 0.5, 0.5, 60),
    City("PL", 52.23, 21.01, 0.7, 0.4, 60),
    City("SE", 59.33, 18.07, 0.5, 0.4, 60),
    City("US", 40.71, -74.01, 0.7, 0.8, -300),
    City("US", 34.05, -118.24, 0.3, 0.4, -480),
    City("JP", 35.68, 139.69, 0.3, 0.4, 540),
    City("TR", 41.01, 28.98, 0.3, 0.8, 180),
)

_CODES = [country.code for country in COUNTRIES]

LATITUDE = np.array([city.latitude for city in CITIES])
LONGITUDE = np.array([city.longitude for city in CITIES])
RESIDENTS = np.array([city.residents for city in CITIES])
VISITORS = np.array([city.visitors for city in CITIES])
OFFSET_MINUTES = np.array([city.utc_offset_minutes for city in CITIES], dtype=np.int64)
COUNTRY_OF_CITY = np.array([_CODES.index(city.country) for city in CITIES], dtype=np.int64)
CURRENCIES = sorted({country.currency for country in COUNTRIES})
CURRENCY_OF_COUNTRY = np.array(
    [CURRENCIES.index(country.currency) for country in COUNTRIES], dtype=np.int64
)
PER_EURO = np.array([country.per_euro for country in COUNTRIES])
MINOR_UNITS = np.array([10.0**country.decimals for country in COUNTRIES])
MAGNETIC_STRIPE = np.array([country.magnetic_stripe for country in COUNTRIES])
