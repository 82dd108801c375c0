"""When people pay: the shape of a day in local time, and of a week."""

from datetime import date, timedelta

import numpy as np

from simulator.arrays import Floats, Ints
from simulator.categories import CATEGORIES

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US

# fmt: off
# Relative payments in each local hour, a line before noon and one after.
_HOURS = {
    "shop": [1, 1, 1, 1, 1, 2, 6, 14, 30, 48, 60, 62,
             60, 56, 54, 58, 68, 76, 66, 44, 22, 10, 4, 2],
    "meal": [3, 2, 1, 1, 1, 2, 8, 26, 30, 20, 22, 60,
             92, 70, 30, 24, 28, 42, 60, 56, 36, 22, 12, 6],
    "evening": [14, 8, 5, 3, 2, 2, 3, 6, 9, 10, 12, 26,
                44, 36, 18, 16, 24, 46, 78, 92, 80, 54, 34, 22],
    "commute": [2, 1, 1, 1, 3, 12, 40, 84, 66, 32, 24, 26,
                30, 30, 34, 50, 78, 86, 56, 32, 20, 14, 9, 5],
    "online": [16, 10, 7, 5, 4, 5, 10, 20, 30, 38, 42, 44,
               46, 44, 42, 42, 44, 48, 54, 66, 76, 74, 54, 30],
    "night": [44, 34, 24, 16, 10, 6, 6, 8, 12, 16, 18, 20,
              24, 24, 26, 28, 32, 38, 46, 56, 66, 72, 70, 58],
    "recurring": [30, 40, 60, 70, 60, 50, 40, 34, 30, 26, 24, 22,
                  20, 20, 20, 20, 18, 18, 16, 16, 14, 14, 16, 20],
}
# fmt: on
# Monday to Sunday.
WEEKDAY = (0.93, 0.95, 0.98, 1.02, 1.14, 1.10, 0.88)

_STEPS = 4096


def _quantiles(hours: list[int]) -> Floats:
    """Hours at even steps of the cumulative distribution, so that drawing is a table look-up."""
    cumulative = np.concatenate([[0.0], np.cumsum(hours) / sum(hours)])
    steps = (np.arange(_STEPS) + 0.5) / _STEPS
    hours_at: Floats = np.interp(steps, cumulative, np.arange(25.0))
    return hours_at


_TABLE = np.stack([_quantiles(hours) for hours in _HOURS.values()])
_RHYTHM_OF_CATEGORY = np.array([list(_HOURS).index(entry.rhythm) for entry in CATEGORIES])


def local_hours(rng: np.random.Generator, category: Ints) -> Floats:
    """Hours of the local day, 0 to 24, at which payments of the categories are made."""
    step = rng.integers(0, _STEPS, len(category))
    # The table has steps of some seconds; the jitter fills them.
    hours: Floats = _TABLE[_RHYTHM_OF_CATEGORY[category], step] + rng.random(len(category)) * 0.02
    return hours


def to_utc_us(local: Floats, offset_minutes: Ints) -> Ints:
    """Microseconds of the UTC day at which it is ``local`` hours, whatever the local date."""
    hours = np.mod(local - offset_minutes / 60.0, 24.0)
    micros: Ints = np.minimum((hours * HOUR_US).astype(np.int64), DAY_US - 1)
    return micros


def weekday_on(start: date, day: int) -> int:
    """0 for Monday."""
    return (start + timedelta(days=day)).weekday()
