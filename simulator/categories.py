"""What people buy: ISO 18245 categories with their amounts, rhythm and channel."""

from dataclasses import dataclass

import numpy as np

from simulator.arrays import Floats


@dataclass(frozen=True, slots=True)
class Category:
    """One merchant category. Amounts are log-normal: ``median`` in euros, ``sigma`` of the log."""

    code: str
    weight: float  # relative number of payments
    median: float
    sigma: float
    online: float  # share of payments made online
    rhythm: str  # name in simulator.rhythm
    weekend: float  # factor on Saturdays and Sundays
    merchants: float  # relative number of merchants
    large: bool = False  # people sometimes spend many times the median here


CATEGORIES = (
    Category("5411", 22.0, 28.0, 0.75, 0.06, "shop", 1.2, 3.0),  # groceries
    Category("5812", 10.0, 32.0, 0.60, 0.05, "evening", 1.5, 3.0),  # restaurants
    Category("5814", 10.0, 9.5, 0.50, 0.15, "meal", 1.1, 2.5),  # fast food
    Category("5541", 6.0, 52.0, 0.45, 0.0, "commute", 0.9, 1.5),  # fuel
    Category("5912", 4.0, 16.0, 0.70, 0.12, "shop", 0.7, 1.5),  # pharmacies
    Category("4111", 8.0, 4.2, 0.70, 0.35, "commute", 0.6, 0.6),  # local transport
    Category("4121", 3.0, 16.0, 0.55, 0.55, "evening", 1.4, 0.8),  # taxis
    Category("5311", 3.5, 48.0, 0.90, 0.25, "shop", 1.5, 1.0),  # department stores
    Category("5651", 4.0, 55.0, 0.80, 0.45, "shop", 1.5, 1.5),  # clothing
    Category("5732", 2.2, 95.0, 1.15, 0.50, "shop", 1.2, 1.0, large=True),  # electronics
    Category("5944", 0.6, 120.0, 1.00, 0.30, "shop", 1.3, 0.6, large=True),  # jewellery
    Category("5712", 1.0, 140.0, 1.05, 0.40, "shop", 1.4, 0.8, large=True),  # furniture
    Category("5942", 2.0, 18.0, 0.65, 0.60, "online", 1.1, 0.8),  # books
    Category("5999", 6.0, 27.0, 1.00, 0.75, "online", 1.0, 2.0),  # other retail
    Category("5816", 5.0, 6.0, 0.95, 1.00, "online", 1.3, 0.6),  # games and digital goods
    Category("4899", 3.0, 12.0, 0.25, 1.00, "recurring", 1.0, 0.3),  # streaming
    Category("4814", 2.0, 24.0, 0.30, 1.00, "recurring", 1.0, 0.3),  # telephone
    Category("4511", 0.9, 190.0, 0.75, 0.95, "online", 0.9, 0.5, large=True),  # airlines
    Category("7011", 1.2, 150.0, 0.70, 0.60, "evening", 1.1, 0.8, large=True),  # hotels
    Category("6011", 3.0, 80.0, 0.60, 0.0, "shop", 1.0, 0.8),  # cash machines
    Category("4829", 1.2, 120.0, 0.95, 0.90, "online", 0.8, 0.4),  # money transfer
    Category("7995", 1.4, 30.0, 1.00, 0.95, "night", 1.5, 0.4),  # betting
)

CODES = [category.code for category in CATEGORIES]
WEIGHT = np.array([category.weight for category in CATEGORIES])
MEDIAN = np.array([category.median for category in CATEGORIES])
SIGMA = np.array([category.sigma for category in CATEGORIES])
ONLINE = np.array([category.online for category in CATEGORIES])
WEEKEND = np.array([category.weekend for category in CATEGORIES])
LARGE = np.array([category.large for category in CATEGORIES])
RECURRING = np.array([category.rhythm == "recurring" for category in CATEGORIES])
CASH = CODES.index("6011")

# Each category's share swells and shrinks by this much over its own season, so that a model of
# last month is a little wrong this month; and prices rise.
DRIFT = 0.25
SEASON_DAYS = 140.0
INFLATION_PER_DAY = 0.0002


def weights_on(day: int, weekend: bool) -> Floats:
    """Relative numbers of payments by category on a day."""
    phase = np.arange(len(CATEGORIES)) * 2.4
    season = 1.0 + DRIFT * np.sin(2 * np.pi * day / SEASON_DAYS + phase)
    weights: Floats = WEIGHT * season * (WEEKEND if weekend else 1.0)
    return weights


def price_level_on(day: int) -> float:
    """Prices relative to day 0."""
    return float((1.0 + INFLATION_PER_DAY) ** day)


def indices(*codes: str) -> list[int]:
    """Positions of categories in ``CATEGORIES``.

    >>> indices("5411", "5816")
    [0, 14]
    """
    return [CODES.index(code) for code in codes]
