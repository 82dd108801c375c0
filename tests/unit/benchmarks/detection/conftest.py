"""Forty customers and nine terminals over seven weeks, so that every window fills and empties."""

import numpy as np
import pytest

from benchmarks.detection.payments import Payments
from training.datasets.period import MICROSECONDS_A_DAY, Period

DAYS = Period.parse("2018-06-25..2018-08-14")
ROWS = 1_500
A_DAY_APART = 200
"""Exactly a day after this payment its customer pays again."""


@pytest.fixture(scope="session")
def payments() -> Payments:
    rng = np.random.default_rng(5)
    time = np.sort(rng.integers(DAYS.start_us // 10**6, DAYS.end_us // 10**6, ROWS)) * 10**6
    # Payments in one second, of one customer at one terminal, and exactly a day apart.
    time[100:103] = time[100]
    time[-1] = time[A_DAY_APART] + MICROSECONDS_A_DAY
    time.sort()
    a_day_later = np.searchsorted(time, time[A_DAY_APART] + MICROSECONDS_A_DAY)
    customer, terminal = rng.integers(0, 40, ROWS), rng.integers(0, 9, ROWS)
    customer[100:103], terminal[100:103] = 1, 2
    customer[[A_DAY_APART, a_day_later]] = 3
    return Payments(
        time_us=time,
        customer=customer,
        terminal=terminal,
        cents=rng.integers(1, 30_000, ROWS),
        fraud=rng.random(ROWS) < 0.03,
    )
