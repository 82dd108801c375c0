"""The 15 features of the handbook's baselines.

Le Borgne et al., Reproducible Machine Learning for Credit Card Fraud Detection (2022), section
3.3. A customer's windows end with the payment itself, which counts; a terminal's end a delay
earlier, when labels of that time are known. A window of n days is open at its beginning. They are
written anew here, apart from the platform's kernel: what is to be reproduced is theirs.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from benchmarks.detection.payments import Ints, Payments
from training.datasets.period import MICROSECONDS_A_DAY

WINDOW_DAYS: Final = (1, 7, 30)
DELAY_DAYS: Final = 7
NAMES: Final = (
    "amount",
    "weekend",
    "night",
    *(f"customer_{name}_{days}d" for days in WINDOW_DAYS for name in ("count", "mean")),
    *(f"terminal_{name}_{days}d" for days in WINDOW_DAYS for name in ("count", "risk")),
)
LAST_NIGHT_HOUR: Final = 6
"""The handbook's night is `hour <= 6`: it lasts until 06:59."""
SATURDAY: Final = 5
MONDAY_OFFSET: Final = 3
"""Added to days since the Unix epoch, a Thursday, Mondays are multiples of seven."""

type Features = npt.NDArray[np.float64]


def handbook_features(payments: Payments) -> Features:
    """Compute all.

    Returns:
        float64 [n, 15], in the order of :data:`NAMES`.
    """
    time_us = payments.time_us
    hour = time_us % MICROSECONDS_A_DAY // (MICROSECONDS_A_DAY // 24)
    columns = [
        payments.cents / 100,
        (payments.day + MONDAY_OFFSET) % 7 >= SATURDAY,
        hour <= LAST_NIGHT_HOUR,
    ]
    for days in WINDOW_DAYS:
        columns += _means(*trailing(time_us, payments.customer, payments.cents / 100, days, 0))
    for days in WINDOW_DAYS:
        columns += _means(*trailing(time_us, payments.terminal, payments.fraud, days, DELAY_DAYS))
    return np.column_stack(columns).astype(np.float64)


def trailing(
    time_us: Ints, entity: Ints, values: npt.NDArray[Any], days: int, delay_days: int
) -> tuple[Features, Features]:
    """What each payment's entity had in the ``days`` days that ended ``delay_days`` before it.

    Args:
        time_us: int64 [n], microseconds.
        entity: int64 [n], equal where the entity is.
        values: Numbers or bools [n], summed up.
        days: Length of the window, open at its beginning.
        delay_days: From its end, which is within it, to the payment.

    Returns:
        float64 [n], payments, and float64 [n], the sum of their values.
    """
    order = np.lexsort((time_us, entity))
    # One ascending key for all entities: they lie further apart than any window reaches.
    since_first = time_us - time_us.min()
    reach = int(since_first.max()) + (days + delay_days + 1) * MICROSECONDS_A_DAY
    key = (entity * reach + since_first)[order]
    end = key - delay_days * MICROSECONDS_A_DAY
    first = np.searchsorted(key, end - days * MICROSECONDS_A_DAY, side="right")
    last = np.searchsorted(key, end, side="right")
    sums = np.concatenate([[0.0], np.cumsum(values[order].astype(np.float64))])
    count, total = np.empty(len(order)), np.empty(len(order))
    count[order], total[order] = last - first, sums[last] - sums[first]
    return count, total


def _means(count: Features, total: Features) -> tuple[Features, Features]:
    """The count, and the mean or 0 where there is nothing."""
    return count, total / np.maximum(count, 1)
