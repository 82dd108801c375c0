"""Nothing of the test's week, and no label that is not yet known, has a part in what is set."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from benchmarks.detection.bars import judge_day, pool
from benchmarks.detection.hidden import Hidden
from benchmarks.detection.ours import BUDGETS, Fold, Operation, Trial, prepare
from benchmarks.detection.payments import Payments
from benchmarks.detection.scores import Scores
from benchmarks.detection.split import PUBLISHED
from tests.unit.benchmarks.detection.histories import history_of
from training.config import TrainingConfig
from training.datasets.history import History
from training.datasets.period import MICROSECONDS_A_DAY, Period
from training.datasets.replay import replay

CONFIG = TrainingConfig().with_parameters(n_estimators=20, min_child_weight=0.1)


def trial_of(payments: Payments, history: History, delay_days: int, train_days: int) -> Trial:
    scenario = payments.fraud.astype(np.int8)
    delay = timedelta(days=delay_days)
    return Trial(replay(history), payments, scenario, delay, train_days, CONFIG)


@pytest.mark.parametrize("delay_days", [7, 1])
def test_the_last_known_week_is_the_rehearsal(payments: Payments, delay_days: int) -> None:
    trial = trial_of(payments, history_of(payments, delay_days), delay_days, train_days=7)
    prepared = prepare(trial, PUBLISHED.test)
    last = date(2018, 8, 7) - timedelta(days=delay_days)
    assert prepared.rehearsal == Period(last - timedelta(days=6), last)
    assert prepared.plan.train == prepared.rehearsal
    assert prepared.plan.cut_off_us == PUBLISHED.test.start_us


def test_what_is_learned_after_the_test_began_changes_nothing(payments: Payments) -> None:
    history = history_of(payments, 1)
    late = history.known_at_us >= PUBLISHED.test.start_us
    other = replace(history, fraud=history.fraud ^ late)
    assert (other.fraud != history.fraud).sum() > 100
    rows = np.flatnonzero(PUBLISHED.test.contains(payments.time_us))
    rows = rows[payments.time_us[rows] < PUBLISHED.test.start_us + MICROSECONDS_A_DAY]
    found = []
    for one in (history, other):
        prepared = prepare(trial_of(payments, one, 1, train_days=14), PUBLISHED.test)
        trained = prepared.model.probabilities(prepared.trial.dataset.features[:500])
        found.append((prepared.thresholds, trained.tolist()))
    assert found[0] == found[1]


def test_a_bar_is_held_by_the_threshold_that_was_set_before() -> None:
    """Neither hindsight nor an overspent budget counts."""
    operation = Operation(0.5, false_positive_rate=0.002, recall=0.89, recall_in_hindsight=0.95)
    fold = Fold(
        PUBLISHED.train,
        PUBLISHED.train,
        PUBLISHED.test,
        payments=1_000,
        frauds=100,
        scores=Scores(0.9, 0.8, 0.3),
        operations=dict.fromkeys(BUDGETS, operation),
        by_scenario={},
        hidden=Hidden(100, 0, 0),
    )
    better = replace(
        fold, frauds=300, operations=dict.fromkeys(BUDGETS, replace(operation, recall=0.93))
    )
    assert not judge_day([fold])[0].met
    assert judge_day([fold, better])[0].met
    lavish = replace(operation, recall=0.95, recall_in_hindsight=0.89)
    assert not judge_day([replace(fold, operations=dict.fromkeys(BUDGETS, lavish))])[0].met
    assert pool([fold, better], BUDGETS[0]).recall == pytest.approx(0.92)
