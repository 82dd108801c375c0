"""What the handbook learns from and measures on."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from benchmarks.detection.payments import Ints, Payments
from training.datasets.period import MICROSECONDS_A_DAY, Period, midnight_us

WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Weeks:
    """A week to learn from, a week in which its labels come in, a week to measure on.

    >>> str(Weeks(date(2018, 7, 25)).test)
    '2018-08-08..2018-08-14'
    """

    start: date

    @property
    def train(self) -> Period:
        """The week to learn from."""
        return _week(self.start)

    @property
    def test(self) -> Period:
        """The week to measure on."""
        return _week(self.start + 2 * WEEK)

    def earlier(self, folds: int) -> tuple["Weeks", ...]:
        """These and those before, each a week earlier: prequential folds, section 5.3."""
        return tuple(Weeks(self.start - fold * WEEK) for fold in range(folds))


PUBLISHED: Final = Weeks(date(2018, 7, 25))
"""Of the five baselines of chapter 3."""
VALIDATION: Final = Weeks(date(2018, 7, 11))
"""The last fold that chapter 5 chooses parameters on: its test is over before that of chapter 3."""
FOLDS: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class HandbookSplit:
    """int64 positions of the payments learned from and measured on."""

    train: Ints
    test: Ints


def handbook_split(payments: Payments, weeks: Weeks) -> HandbookSplit:
    """Carry out the rule of section 3.4, day by day as it is told there.

    A card that was defrauded in the training week is known by the first day of the test; with each
    further day of the test a further day after the training week is known too. Payments of known
    cards are not measured: they would have been blocked.
    """
    day, start = payments.day, midnight_us(weeks.start) // MICROSECONDS_A_DAY
    train = (day >= start) & (day < start + 7)
    known = np.zeros(int(payments.customer.max()) + 1, np.bool_)
    known[payments.customer[train & payments.fraud]] = True
    test = []
    for passed in range(7):
        known[payments.customer[(day == start + 6 + passed) & payments.fraud]] = True
        today = np.flatnonzero(day == start + 14 + passed)
        test.append(today[~known[payments.customer[today]]])
    return HandbookSplit(np.flatnonzero(train), np.concatenate(test))


def _week(first: date) -> Period:
    return Period(first, first + timedelta(days=6))
