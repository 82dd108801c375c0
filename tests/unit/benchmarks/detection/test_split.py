"""The split is the handbook's, and the platform's own is the same."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from benchmarks.detection.payments import Ints, Payments
from benchmarks.detection.split import FOLDS, PUBLISHED, VALIDATION, Weeks, handbook_split
from tests.unit.benchmarks.detection.histories import history_of
from training.datasets.dataset import Dataset
from training.datasets.split import SplitPlan, split


def days_of(payments: Payments, rows: Ints) -> set[date]:
    return {datetime.fromtimestamp(t / 10**6, UTC).date() for t in payments.time_us[rows].tolist()}


def test_a_week_is_learned_from_and_the_week_after_next_is_measured(payments: Payments) -> None:
    sides = handbook_split(payments, PUBLISHED)
    week = {date(2018, 7, 25) + timedelta(days=day) for day in range(7)}
    assert days_of(payments, sides.train) == week
    assert days_of(payments, sides.test) <= {day + timedelta(days=14) for day in week}


def test_a_card_leaves_the_test_once_its_fraud_is_a_week_old(payments: Payments) -> None:
    """Told payment by payment, in place of day by day."""
    measured = set(handbook_split(payments, PUBLISHED).test.tolist())
    days = payments.time_us // 86_400_000_000
    first = int(days[0]) + (PUBLISHED.start - date(2018, 6, 25)).days
    removed = 0
    for row in np.flatnonzero((days >= first + 14) & (days < first + 21)).tolist():
        frauds = payments.fraud & (payments.customer == payments.customer[row])
        known = frauds & (days >= first) & (days <= days[row] - 8)
        assert (row in measured) == (not known.any())
        removed += known.any()
    assert removed
    assert measured


@pytest.mark.parametrize(
    ("weeks", "tests"),
    [
        (PUBLISHED, ["2018-08-08", "2018-08-01", "2018-07-25", "2018-07-18"]),
        (VALIDATION, ["2018-07-25", "2018-07-18", "2018-07-11", "2018-07-04"]),
    ],
)
def test_folds_go_back_week_by_week(weeks: Weeks, tests: list[str]) -> None:
    folds = weeks.earlier(FOLDS)
    assert [str(fold.test.first) for fold in folds] == tests
    for fold in folds:
        assert fold.test.first - fold.train.last == timedelta(days=8)


def test_the_platform_measures_the_same_payments(payments: Payments) -> None:
    """Where each label comes seven days after its payment."""
    history = history_of(payments, delay_days=7)
    dataset = Dataset(np.empty((len(payments), 0), np.float32), (), "none", history)
    plan = SplitPlan(PUBLISHED.train, timedelta(days=7), PUBLISHED.test)
    ours, theirs = (
        split(dataset, plan, remove_known_accounts=True),
        handbook_split(Payments.of_history(history), PUBLISHED),
    )
    assert ours.train.tolist() == theirs.train.tolist()
    assert ours.test.tolist() == theirs.test.tolist()
    assert ours.train_fraud.tolist() == payments.fraud[theirs.train].tolist()
