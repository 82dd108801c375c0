from datetime import timedelta

import numpy as np
import pytest

from tests.unit.training.world import payments
from training.config import TrainingConfig
from training.datasets.dataset import Dataset
from training.datasets.period import Period
from training.datasets.replay import replay
from training.datasets.split import SplitPlan, known_as_defrauded, split
from training.errors import SplitError

WEEK = timedelta(days=7)


def plan(train: str, test: str, gap: timedelta = WEEK) -> SplitPlan:
    return SplitPlan(Period.parse(train), gap, Period.parse(test))


def test_rows_fall_on_their_side_to_the_microsecond() -> None:
    history = payments(
        ("t1", "a1", "m1", "2026-01-01T23:59:59.999999", True, "2026-01-02T10:00"),
        ("t2", "a2", "m1", "2026-01-02T00:00", True, "2026-01-03T10:00"),
        ("t3", "a3", "m1", "2026-01-03T23:59:59.999999", False, None),
        ("t4", "a4", "m1", "2026-01-04T00:00", False, None),
        ("t5", "a5", "m1", "2026-01-10T23:59:59.999999", False, None),
        ("t6", "a6", "m1", "2026-01-11T00:00", True, None),
        ("t7", "a7", "m1", "2026-01-11T23:59:59.999999", False, None),
    )
    sides = split(
        replay(history),
        plan("2026-01-02..2026-01-03", "2026-01-11"),
        remove_known_accounts=False,
    )
    assert sides.train.tolist() == [1, 2]
    assert sides.test.tolist() == [5, 6]


def test_a_fraud_not_known_at_the_cut_off_counts_as_genuine_in_training_only() -> None:
    history = payments(
        ("t1", "a1", "m1", "2026-01-01T10:00", True, "2026-01-09T00:00"),
        ("t2", "a2", "m1", "2026-01-01T11:00", True, "2026-01-09T00:00:00.000001"),
        ("t3", "a3", "m1", "2026-01-01T12:00", True, None),
        ("t4", "a4", "m1", "2026-01-09T10:00", True, None),
    )
    sides = split(replay(history), plan("2026-01-01", "2026-01-09"), remove_known_accounts=False)
    assert sides.train_fraud.tolist() == [True, False, False]
    assert replay(history).fraud[sides.test].tolist() == [True]


def test_accounts_known_as_defrauded_leave_the_test_as_they_become_known() -> None:
    """Delay of seven days: a fraud of day d is known to the tests of day d + 8 and later."""
    history = payments(
        ("t1", "early", "m1", "2025-12-31T10:00", True, "2026-01-07T10:00"),
        ("t2", "train", "m1", "2026-01-01T10:00", True, "2026-01-08T10:00"),
        ("t3", "gap", "m1", "2026-01-02T10:00", True, "2026-01-09T10:00"),
        ("u1", "early", "m2", "2026-01-09T12:00", True, None),
        ("u2", "gap", "m2", "2026-01-09T12:01", True, None),
        ("u3", "train", "m2", "2026-01-09T12:02", True, None),
        ("u4", "gap", "m2", "2026-01-10T00:00", True, None),
    )
    dataset = replay(history)
    arranged = plan("2026-01-01", "2026-01-09..2026-01-10")
    kept = split(dataset, arranged, remove_known_accounts=True).test
    ids = dataset.history.events["transaction_id"].to_numpy(zero_copy_only=False)
    assert ids[kept].tolist() == ["u1", "u2"]
    assert len(split(dataset, arranged, remove_known_accounts=False).test) == 4


def test_a_fraud_never_reported_makes_no_account_known() -> None:
    history = payments(
        ("t1", "a1", "m1", "2026-01-01T10:00", True, None),
        ("t2", "a1", "m1", "2026-01-30T10:00", False, None),
    )
    assert not known_as_defrauded(replay(history), 0).any()


def test_a_test_within_the_gap_is_refused() -> None:
    plan("2026-01-01..2026-01-07", "2026-01-15..2026-01-21")
    with pytest.raises(SplitError, match="less than the gap"):
        plan("2026-01-01..2026-01-07", "2026-01-14..2026-01-21")


def test_no_known_fraud_to_learn_from_is_refused(dataset: Dataset) -> None:
    with pytest.raises(SplitError, match="no fraud of train"):
        split(dataset, plan("2020-01-01", "2026-02-01"), remove_known_accounts=True)


def test_no_fraud_to_find_is_refused(dataset: Dataset) -> None:
    arranged = plan("2026-01-10..2026-01-20", "2030-01-01")
    with pytest.raises(SplitError, match="no fraud to find"):
        split(dataset, arranged, remove_known_accounts=True)


def test_what_is_left_open_is_the_end_of_the_dataset(dataset: Dataset) -> None:
    arranged = SplitPlan.of(TrainingConfig(), dataset)
    assert str(arranged.test) == "2026-02-03..2026-02-09"
    assert str(arranged.train) == "2026-01-14..2026-01-26"
    sides = split(dataset, arranged, remove_known_accounts=True)
    assert sides.train.max() < sides.test.min()


def test_a_dataset_too_short_is_refused() -> None:
    history = payments(
        ("t1", "a1", "m1", "2026-01-01T10:00", True, None),
        ("t2", "a1", "m1", "2026-01-10T10:00", False, None),
    )
    with pytest.raises(SplitError, match="too short"):
        SplitPlan.of(TrainingConfig(), replay(history))


def test_validation_is_the_last_days_of_training(dataset: Dataset) -> None:
    arranged = SplitPlan.of(TrainingConfig(), dataset)
    sides = split(dataset, arranged, remove_known_accounts=True)
    held_out = sides.validation(dataset, 2)
    days = dataset.day[sides.train]
    assert np.unique(days[held_out]).tolist() == np.unique(days)[-2:].tolist()
    with pytest.raises(SplitError, match="13 validation days"):
        sides.validation(dataset, 13)
