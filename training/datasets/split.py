"""Learn from the past, measure on the future, and know only what was known in between."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from training.config import TrainingConfig
from training.datasets.dataset import Dataset, Index
from training.datasets.period import MICROSECONDS_A_DAY, Period
from training.errors import SplitError

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
TEST_DAYS: Final = 7
MOST_TRAIN_DAYS: Final = 28
MOST_DAYS: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """Which days are learned from, how long labels were waited for, which days are measured.

    Args:
        train: Days that are learned from.
        gap: Least time between both.
        test: Days that are measured.
        as_of_us: The moment of training, microseconds since the Unix epoch; unset, when the gap
            after ``train`` is over.

    Raises:
        SplitError: The test begins before the labels of training were waited for, or the moment
            of training is not between both.
    """

    train: Period
    gap: timedelta
    test: Period
    as_of_us: int | None = None

    def __post_init__(self) -> None:
        if self.test.start_us < self._waited_us:
            raise SplitError(
                f"test {self.test} begins less than the gap of {self.gap} after train {self.train}"
            )
        if self.cut_off_us < self.train.end_us:
            raise SplitError(
                f"as-of {self.cut_off} is before the end of train {self.train}: what had not "
                "happened cannot be learned from"
            )
        if self.cut_off_us > self.test.start_us:
            raise SplitError(
                f"as-of {self.cut_off} is after the beginning of test {self.test}: training would "
                "know what was learned during it; take a moment before, or later days"
            )

    @classmethod
    def of(cls, config: TrainingConfig, dataset: Dataset) -> Self:
        """What ``config`` says, and for what it leaves open the end of ``dataset``.

        Raises:
            SplitError: The dataset is too short.
        """
        first, last = int(dataset.day[0]), int(dataset.day[-1])
        test = config.test or Period.of_days(max(last - TEST_DAYS + 1, first), last)
        train = config.train or _train_before(test, config.gap, first)
        return cls(train, config.gap, test)

    @property
    def cut_off_us(self) -> int:
        """The moment of training: what was learned by then is known, microseconds since epoch."""
        return self._waited_us if self.as_of_us is None else self.as_of_us

    @property
    def cut_off(self) -> datetime:
        """The same as a time, UTC."""
        return EPOCH + timedelta(microseconds=self.cut_off_us)

    @property
    def _waited_us(self) -> int:
        return self.train.end_us + self.gap // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Rows of a dataset and the labels to learn them by.

    Args:
        plan: What it was made by.
        train: int64 positions, in order of time.
        train_fraud: bool, what was known of them at the cut-off: a fraud not yet reported counts
            as genuine.
        test: int64 positions, in order of time; measured against the final truth.
    """

    plan: SplitPlan
    train: Index
    train_fraud: npt.NDArray[np.bool_]
    test: Index

    def validation(self, dataset: Dataset, days: int) -> npt.NDArray[np.bool_]:
        """Which rows of :attr:`train` lie in its last ``days`` days.

        Raises:
            SplitError: That would leave no fraud to learn from.
        """
        if days >= self.plan.train.days:
            raise SplitError(
                f"{days} validation days leave none of the {self.plan.train.days} to learn from"
            )
        start_us = self.plan.train.end_us - days * MICROSECONDS_A_DAY
        late: npt.NDArray[np.bool_] = dataset.history.event_time_us[self.train] >= start_us
        if not self.train_fraud[~late].any():
            raise SplitError(f"no fraud is known before the last {days} days of {self.plan.train}")
        return late


def split(dataset: Dataset, plan: SplitPlan, *, remove_known_accounts: bool) -> Split:
    """Carry out a plan.

    Args:
        dataset: What is split.
        plan: The periods.
        remove_known_accounts: Leave out of the test the accounts known as defrauded on the day.

    Raises:
        SplitError: A side holds no payments, or no fraud to learn from or to find.
    """
    train, test = dataset.rows_in(plan.train), dataset.rows_in(plan.test)
    train_fraud = dataset.history.known_by(plan.cut_off_us).fraud[train]
    if remove_known_accounts:
        test = test[~known_as_defrauded(dataset, plan.train.start_us)[test]]
    if not train_fraud.any():
        raise SplitError(f"no fraud of train {plan.train} was known {plan.gap} later")
    if not dataset.fraud[test].any():
        raise SplitError(f"there is no fraud to find in test {plan.test}")
    return Split(plan, train, train_fraud, test)


def known_as_defrauded(dataset: Dataset, since_us: int) -> npt.NDArray[np.bool_]:
    """Which payments are of an account with a fraud since ``since_us`` known before their day.

    A fraud that was withdrawn counts on the days up to that of its withdrawal.

    With a delay of whole days this is the removal of compromised cards in Le Borgne et al.,
    Reproducible Machine Learning for Credit Card Fraud Detection (2022), section 5.1: a caught
    card is blocked, so its later frauds are no achievement.

    Returns:
        bool [n].
    """
    taught = dataset.history.labels.taught()
    counts = dataset.history.event_time_us[taught.row] >= since_us
    change = taught.fraud.astype(np.int64) - taught.withdraws
    learned_on = taught.known_at_us // MICROSECONDS_A_DAY
    # By account, then by day, in one number; a fraud known before a day counts on it.
    keys = (dataset.account_codes[taught.row] * MOST_DAYS + learned_on)[counts]
    order = np.argsort(keys, kind="stable")
    sums = np.concatenate([[0], np.cumsum(change[counts][order])])
    account = dataset.account_codes * MOST_DAYS
    begins, ends = (
        sums[np.searchsorted(keys[order], wanted)] for wanted in (account, account + dataset.day)
    )
    result: npt.NDArray[np.bool_] = ends > begins
    return result


def _train_before(test: Period, gap: timedelta, first_day: int) -> Period:
    """Up to four weeks that end ``gap`` before ``test``, with as long a history before them."""
    end_us = test.start_us - gap // timedelta(microseconds=1)
    last_day = end_us // MICROSECONDS_A_DAY - 1
    available = last_day - first_day + 1
    if available < 2:
        raise SplitError(f"the dataset is too short to train {gap} before its test {test}")
    return Period.of_days(last_day - min(MOST_TRAIN_DAYS, available // 2) + 1, last_day)
