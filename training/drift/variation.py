"""How far the days of training are from each other.

Payments of a day are not independent: an account's and a merchant's are alike, and what is known
of frauds moves with the days. A test takes all of that for drift. What the model's own days of
training did is not.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from training.drift.distance import difference
from training.drift.weekday import weekday_of

LEAST_A_DAY: Final = 100
MOST_A_DAY: Final = 5_000


def own_variation(
    values: npt.NDArray[Any], days: npt.NDArray[np.int64], *, discrete: bool
) -> float:
    """The greatest statistic of one day against the others of its weekday, or of all.

    Args:
        values: float [n], in order of time; NaN for missing.
        days: int64 [n], days since the Unix epoch.
        discrete: Whether the feature's values are few.

    Returns:
        0 where there are no two days of :data:`LEAST_A_DAY` payments.
    """
    greatest = 0.0
    weekdays = weekday_of(days)
    for day in np.unique(days).tolist():
        one, rest = days == day, days != day
        like = rest & (weekdays == weekday_of(np.array([day]))[0])
        others = _some(values[like if like.sum() >= LEAST_A_DAY else rest])
        today = _some(values[one])
        if min(len(today), len(others)) >= LEAST_A_DAY:
            greatest = max(greatest, difference(others, today, discrete=discrete).statistic)
    return greatest


def _some(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """At most :data:`MOST_A_DAY`, evenly spread over time."""
    return values[:: -(-len(values) // MOST_A_DAY) or 1]
