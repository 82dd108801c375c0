"""Folds in the order of time, within the days of training: the holdout has no part in the choice.

Each fold is a small run of its own: it learns from the first days, waits as long for labels as the
run does, and is measured on days after that. The windows of learning grow, since the run itself
learns from all days; what is measured never overlaps.

The labels of the measured days are those known at the run's moment of training, so the last fold
misses frauds that nobody had reported; that is the same for every set of hyperparameters.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from training.datasets.dataset import Dataset, Index
from training.datasets.period import MICROSECONDS_A_DAY, Period
from training.datasets.split import Split, SplitPlan, known_as_defrauded
from training.errors import SearchError

LEAST_LEARNED: Final = 2
"""Days of the first fold's learning, at least."""

type Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """Rows of the dataset, and the labels they have in this fold.

    Args:
        plan: Its days; all within the training of the run.
        learned: int64 positions.
        learned_fraud: bool, what was known at the fold's own moment of training.
        measured: int64 positions, all later.
        measured_fraud: bool, what was known at the run's moment of training.
    """

    plan: SplitPlan
    learned: Index
    learned_fraud: Mask
    measured: Index
    measured_fraud: Mask


def make_folds(
    dataset: Dataset, split: Split, count: int, *, remove_known_accounts: bool
) -> tuple[Fold, ...]:
    """Cut the training into folds.

    Args:
        dataset: What is split.
        split: The run's own; its test is not looked at.
        count: How many folds.
        remove_known_accounts: Measure no account known as defrauded on the day, as the run does.

    Raises:
        SearchError: The training has too few days, or a fold has no fraud to learn or to find.
    """
    known = np.zeros(len(dataset), np.bool_)
    if remove_known_accounts:
        known = known_as_defrauded(dataset, split.plan.train.start_us)
    return tuple(_fold(dataset, split, plan, known) for plan in plan_folds(split.plan, count))


def plan_folds(plan: SplitPlan, count: int) -> list[SplitPlan]:
    """The days of each fold.

    Raises:
        SearchError: The training has too few days.
    """
    waited_us = plan.cut_off_us - plan.train.end_us
    gap = max(plan.gap, timedelta(microseconds=waited_us))
    gap_days = -(-gap // timedelta(days=1))
    first, spare = plan.train.start_us // MICROSECONDS_A_DAY, plan.train.days - gap_days
    if spare < count + LEAST_LEARNED:
        needed = gap_days + count + LEAST_LEARNED
        raise SearchError(
            f"train {plan.train} has {plan.train.days} days, and {count} folds with a gap of "
            f"{gap_days} days need {needed}: train on more days, or do not search"
        )
    measured = max(1, spare // (count + 1))
    plans = []
    for number in range(count, 0, -1):
        start = first + plan.train.days - number * measured
        learned = Period.of_days(first, start - gap_days - 1)
        test = Period.of_days(start, start + measured - 1)
        plans.append(SplitPlan(learned, gap, test, learned.end_us + waited_us))
    return plans


def _fold(dataset: Dataset, split: Split, plan: SplitPlan, known: Mask) -> Fold:
    times = dataset.history.event_time_us[split.train]
    learned, measured = plan.train.contains(times), plan.test.contains(times)
    measured &= ~known[split.train]
    in_time = dataset.history.known_at_us[split.train] <= plan.cut_off_us
    fold = Fold(
        plan,
        split.train[learned],
        (split.train_fraud & in_time)[learned],
        split.train[measured],
        split.train_fraud[measured],
    )
    for fraud, days in ((fold.learned_fraud, plan.train), (fold.measured_fraud, plan.test)):
        if not fraud.any() or fraud.all():
            raise SearchError(
                f"{len(fraud)} payments of {days} with {fraud.sum()} known frauds make no fold: "
                "train on more days, or do not search"
            )
    return fold
