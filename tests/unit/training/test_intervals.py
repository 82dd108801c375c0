from typing import Any

import numpy as np
import pytest
from scipy.stats import bootstrap
from sklearn.metrics import average_precision_score, roc_auc_score

from training.quality.card_intervals import card_precision_interval
from training.quality.card_precision import card_precision_at, cards_by_day, precision_of
from training.quality.intervals import bootstrap_intervals, budget_name, figures
from training.quality.metrics import operating_point, recall_at_fpr
from training.quality.resamples import Cells, Resamples

BUDGETS = (0.0, 0.01, 0.1)
THRESHOLDS = {"review": 0.4, "decline": 0.8}


def draw(payments: int, levels: int) -> tuple[Any, Any]:
    """Frauds and scores; few levels make many ties."""
    rng = np.random.default_rng(levels)
    fraud = rng.random(payments) < 0.1
    scores = np.round((rng.random(payments) + fraud * 0.5) / 1.5 * levels) / levels
    return fraud, scores


def payments_of(drawn: Resamples, at: int) -> tuple[Any, Any]:
    """One resample, as payments again; genuine ones between two levels lie half way."""
    between = np.concatenate([(drawn.levels[:-1] + drawn.levels[1:]) / 2, [-1.0]])
    loose = np.diff(drawn.above[at], append=drawn.genuine) - np.append(drawn.ties[at][1:], 0)
    first = drawn.above[at][0] - drawn.ties[at][0]
    scores = np.concatenate([drawn.levels, drawn.levels, between, [2.0]])
    counts = np.concatenate([drawn.frauds[at], drawn.ties[at], loose, [first]])
    fraud = np.arange(len(scores)) < len(drawn.levels)
    return np.repeat(fraud, counts), np.repeat(scores, counts)


@pytest.mark.parametrize("levels", [5, 10_000])
def test_a_resamples_figures_are_those_of_its_payments(levels: int) -> None:
    fraud, scores = draw(800, levels)
    cells = Cells.of(fraud, scores, tuple(THRESHOLDS.values()))
    (drawn,) = cells.draw(5, np.random.default_rng(1))
    found = dict(figures(drawn, THRESHOLDS, BUDGETS))
    for at in range(5):
        again, of_them = payments_of(drawn, at)
        assert (again.sum(), len(again)) == (fraud.sum(), len(fraud))
        assert found["average_precision"][at] == pytest.approx(
            average_precision_score(again, of_them)
        )
        assert found["roc_auc"][at] == pytest.approx(roc_auc_score(again, of_them))
        for budget in BUDGETS:
            expected = recall_at_fpr(again, of_them, budget)
            assert found[budget_name(budget)][at] == pytest.approx(expected)
        for name, threshold in THRESHOLDS.items():
            point = operating_point(again, of_them, threshold)
            for field in ("precision", "recall", "f1", "false_positive_rate"):
                assert found[f"{name}_{field}"][at] == pytest.approx(getattr(point, field))


def test_intervals_are_those_of_scipys_stratified_bootstrap() -> None:
    fraud, scores = draw(600, 10_000)
    found = bootstrap_intervals(fraud, scores, THRESHOLDS, BUDGETS, rounds=4_000)

    def precision(of_frauds: Any, of_genuine: Any) -> float:
        truth = np.repeat([True, False], [len(of_frauds), len(of_genuine)])
        return float(average_precision_score(truth, np.concatenate([of_frauds, of_genuine])))

    theirs = bootstrap(
        (scores[fraud], scores[~fraud]),
        precision,
        vectorized=False,
        n_resamples=500,
        method="percentile",
        rng=np.random.default_rng(2),
    ).confidence_interval
    ours = found["average_precision"]
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.02)


def test_memory_bounds_the_blocks_and_not_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = Cells.of(*draw(600, 100), ())
    monkeypatch.setattr("training.quality.resamples.MOST_CELLS", 3 * len(cells.genuine))
    blocks = list(cells.draw(10, np.random.default_rng(0)))
    assert [len(block.frauds) for block in blocks] == [3, 3, 3, 1]


def test_the_same_test_has_the_same_intervals() -> None:
    fraud, scores = draw(600, 100)
    one, other = (
        bootstrap_intervals(fraud, scores, THRESHOLDS, BUDGETS, rounds=100) for _ in range(2)
    )
    assert one == other


def test_a_card_that_is_drawn_twice_counts_as_two() -> None:
    rng = np.random.default_rng(3)
    day, account = rng.integers(0, 5, 400), rng.integers(0, 50, 400)
    fraud, score = rng.random(400) < 0.1, rng.integers(0, 50, 400) / 50
    copies = rng.integers(0, 4, 50)
    found = precision_of(7, cards_by_day(day, account, fraud, score), copies)
    rows = np.repeat(np.arange(400), copies[account])
    number = np.concatenate([np.arange(copies[each]) for each in account])
    relabelled = account[rows] * 4 + number
    expected = card_precision_at(7, day[rows], relabelled, fraud[rows], score[rows])
    assert found == pytest.approx(expected)
    assert found > 0


def test_card_precision_lies_in_its_interval() -> None:
    rng = np.random.default_rng(4)
    day, account = rng.integers(0, 5, 4_000), rng.integers(0, 500, 4_000)
    fraud = rng.random(4_000) < 0.02
    score = rng.random(4_000) + fraud * 0.5
    interval = card_precision_interval(20, day, account, fraud, score, rounds=200)
    value = card_precision_at(20, day, account, fraud, score)
    assert interval.low < value < interval.high
    again = card_precision_interval(20, day, account, fraud, score, rounds=200)
    assert interval == again
