import csv
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from training.config import EstimatorName, ModelConfig, TrainingConfig
from training.datasets.dataset import Dataset
from training.datasets.period import Period
from training.datasets.split import Split, SplitPlan, split
from training.errors import SearchError
from training.run import train
from training.search.folds import Fold, make_folds, plan_folds
from training.search.search import average_precision, search
from training.search.space import SPACE, given
from training.search.trials import SearchReport

TRAIN, TEST = Period.parse("2026-01-04..2026-01-31"), Period.parse("2026-02-04..2026-02-09")
PLAN = SplitPlan(TRAIN, timedelta(days=3), TEST)
CONFIG = TrainingConfig(
    train=TRAIN,
    test=TEST,
    gap=PLAN.gap,
    search_trials=6,
    search_folds=2,
    model=ModelConfig(n_estimators=3, max_depth=1, learning_rate=0.05),
)


@pytest.fixture(scope="module")
def sides(dataset: Dataset) -> Split:
    return split(dataset, PLAN, remove_known_accounts=True)


@pytest.fixture(scope="module")
def folds(dataset: Dataset, sides: Split) -> tuple[Fold, ...]:
    return make_folds(dataset, sides, 3, remove_known_accounts=False)


@pytest.fixture(scope="module")
def found(dataset: Dataset, sides: Split) -> tuple[TrainingConfig, SearchReport]:
    return search(CONFIG, dataset, sides)


@given_any(st.integers(6, 90), st.integers(0, 200), st.integers(0, 90), st.integers(2, 6))
def test_folds_go_forward_in_time_and_keep_the_gap(
    days: int, gap_hours: int, waited_hours: int, count: int
) -> None:
    train = Period.of_days(20_000, 20_000 + days - 1)
    gap, waited = timedelta(hours=gap_hours), timedelta(hours=waited_hours)
    start = 20_000 + days - (-max(gap, waited) // timedelta(days=1))
    as_of_us = train.end_us + waited // timedelta(microseconds=1)
    plan = SplitPlan(train, gap, Period.of_days(start, start + 6), as_of_us)
    try:
        plans = plan_folds(plan, count)
    except SearchError:
        assert days < max(gap, waited) / timedelta(days=1) + 1 + count + 2
        return
    assert len(plans) == count
    assert plans[-1].test.last == train.last
    for fold, after in zip(plans, [*plans[1:], None], strict=True):
        assert fold.train.first == train.first
        assert fold.test.start_us - fold.train.end_us >= gap // timedelta(microseconds=1)
        assert fold.cut_off_us - fold.train.end_us == waited // timedelta(microseconds=1)
        assert fold.cut_off_us <= fold.test.start_us
        assert fold.test.end_us <= train.end_us
        assert after is None or fold.test.end_us == after.test.start_us


def test_a_fold_knows_nothing_from_after_its_moment(
    dataset: Dataset, sides: Split, folds: tuple[Fold, ...]
) -> None:
    known_at = dataset.history.known_at_us
    hidden = 0
    for fold in folds:
        assert set(fold.learned) | set(fold.measured) <= set(sides.train)
        assert not set(fold.learned) & set(fold.measured)
        last, first = fold.learned.max(), fold.measured.min()
        times = dataset.history.event_time_us
        assert times[last] < fold.plan.cut_off_us <= times[first]
        assert (known_at[fold.learned[fold.learned_fraud]] <= fold.plan.cut_off_us).all()
        hidden += int(dataset.fraud[fold.learned].sum() - fold.learned_fraud.sum())
        assert (known_at[fold.measured[fold.measured_fraud]] <= PLAN.cut_off_us).all()
    assert hidden > 0, "no fraud was reported too late for its fold: nothing was shown"


def test_what_happened_after_training_does_not_move_the_search(
    dataset: Dataset, sides: Split, found: tuple[TrainingConfig, SearchReport]
) -> None:
    later = dataset.history.event_time_us >= PLAN.cut_off_us
    fraud = dataset.fraud ^ later
    features = np.where(later[:, np.newaxis], np.float32(7), dataset.features)
    known_at = dataset.history.known_at_us.copy()
    known_at[known_at > PLAN.cut_off_us] = PLAN.cut_off_us + 1
    history = replace(dataset.history, fraud=fraud, known_at_us=known_at)
    other = Dataset(features, dataset.feature_names, dataset.contract_digest, history)
    report = search(CONFIG.model_copy(update={"search_trials": 3}), other, sides)[1]
    assert [each.of_folds for each in report.tried] == [
        each.of_folds for each in found[1].tried[:3]
    ]


def test_the_same_seed_finds_the_same_and_another_looks_elsewhere(
    dataset: Dataset, sides: Split, found: tuple[TrainingConfig, SearchReport]
) -> None:
    config, report = search(CONFIG, dataset, sides)
    assert config == found[0]
    assert [each.values for each in report.tried] == [each.values for each in found[1].tried]
    other = CONFIG.model_copy(update={"search_seed": 1, "search_trials": 2})
    assert search(other, dataset, sides)[1].tried[1].values != report.tried[1].values


def test_the_best_is_no_worse_than_what_was_given(
    dataset: Dataset, sides: Split, found: tuple[TrainingConfig, SearchReport]
) -> None:
    config, report = found
    assert report.tried[0].values == given(CONFIG)
    folds = make_folds(dataset, sides, 2, remove_known_accounts=True)
    before, after = (
        np.mean([average_precision(each, dataset, fold) for fold in folds])
        for each in (CONFIG, config)
    )
    assert (before, after) == pytest.approx(
        (report.tried[0].average_precision, report.best.average_precision)
    )
    assert after > before, "three stumps can be improved on"
    assert config.model_copy(update={"model": CONFIG.model}) == CONFIG


def test_weak_sets_are_given_up_early(
    dataset: Dataset, sides: Split, found: tuple[TrainingConfig, SearchReport]
) -> None:
    more = CONFIG.model_copy(update={"search_trials": 9})
    report = search(more, dataset, sides)[1]
    pruned = [each for each in report.tried if not each.complete]
    assert pruned
    assert all(len(each.of_folds) < 2 for each in pruned)
    assert report.best.complete


def test_time_bounds_the_search(dataset: Dataset, sides: Split) -> None:
    hurried = CONFIG.model_copy(update={"search_seconds": 1e-6, "search_trials": 1_000})
    config, report = search(hurried, dataset, sides)
    assert len(report.tried) == 1
    assert config.model == CONFIG.model


@pytest.mark.parametrize("estimator", EstimatorName)
def test_every_estimator_has_a_space_of_its_own_parameters(estimator: EstimatorName) -> None:
    config = CONFIG.model_copy(update={"estimator": estimator})
    for name, space in SPACE[estimator].items():
        for value in (space.low, space.high):
            assert getattr(config.with_parameters(**{name: value}).parameters, name) == value


def test_too_few_days_are_named(dataset: Dataset, sides: Split) -> None:
    with pytest.raises(SearchError, match="28 days, and 30 folds with a gap of 3 days need 35"):
        make_folds(dataset, sides, 30, remove_known_accounts=True)
    quiet = replace(sides, train_fraud=np.zeros_like(sides.train_fraud))
    with pytest.raises(SearchError, match="0 known frauds"):
        make_folds(dataset, quiet, 2, remove_known_accounts=True)


def test_a_run_searches_and_keeps_what_it_tried(folder: Path, tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"search_trials": 2, "parity_rows": 500})
    report = train(config, folder)
    assert report.search is not None
    assert report.config.model == config.with_parameters(**report.search.best.values).model
    assert report.bundle.manifest.training["n_estimators"] == report.config.model.n_estimators
    report.search.write(tmp_path / "search" / "trials.csv")
    rows = list(csv.DictReader((tmp_path / "search" / "trials.csv").read_text().splitlines()))
    assert [row["number"] for row in rows] == ["0", "1"]
    assert float(rows[0]["average_precision"]) == report.search.tried[0].average_precision
    assert rows[0]["max_depth"] == "1"
    assert [name for name in rows[0] if name.startswith("fold 2026-01-04..")]
