"""Floating-point sums and divisions as the contract has them."""

import math
from collections.abc import Callable, Iterable
from itertools import groupby

from tests.laws.oracle.payment import Payment


def by_day(payments: Iterable[Payment]) -> list[list[Payment]]:
    """Payments grouped by UTC day, oldest first."""
    ordered = sorted(payments, key=lambda payment: payment.moment)
    return [list(day) for _, day in groupby(ordered, key=lambda payment: payment.day)]


def sum_over_days(payments: Iterable[Payment], measure: Callable[[Payment], int]) -> float:
    """Each day's integer sum as a float, added oldest day first."""
    total = 0.0
    for day in by_day(payments):
        total += float(sum(measure(payment) for payment in day))
    return total


def divide(dividend: float, divisor: float) -> float:
    """IEEE division: NaN or an infinity instead of an exception."""
    if divisor == 0.0:
        return math.nan if dividend == 0.0 or math.isnan(dividend) else math.inf
    return dividend / divisor
