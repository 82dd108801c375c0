import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import (
    average_precision_score,
    precision_recall_fscore_support,
    roc_auc_score,
    roc_curve,
)

from training.datasets.dataset import Dataset
from training.errors import MetricsError
from training.models.threshold import Thresholds
from training.quality.metrics import measure, operating_point, recall_at_fpr

POINT = ("precision", "recall", "f1", "false_positive_rate")
INTERVALS = {
    "average_precision",
    "roc_auc",
    "card_precision_100",
    *(f"recall_at_{share}_percent_fpr" for share in (0.1, 0.5, 1.0, 2.0)),
    *(f"{name}_{field}" for name in ("review", "decline") for field in POINT),
}
outcomes = st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=2, max_size=100).filter(
    lambda rows: len({fraud for fraud, _ in rows}) == 2
)


@given(outcomes, st.sampled_from([0.0, 0.01, 0.1, 0.5]))
def test_recall_at_a_rate_is_the_best_of_the_roc_curve(
    rows: list[tuple[bool, int]], budget: float
) -> None:
    fraud, score = np.array([row[0] for row in rows]), np.array([row[1] / 20 for row in rows])
    rates, recalls, _ = roc_curve(fraud, score, drop_intermediate=False)
    assert recall_at_fpr(fraud, score, budget) == pytest.approx(recalls[rates <= budget].max())


@given(outcomes, st.floats(0, 1))
def test_operating_points_agree_with_scikit_learn(
    rows: list[tuple[bool, int]], threshold: float
) -> None:
    fraud, score = np.array([row[0] for row in rows]), np.array([row[1] / 20 for row in rows])
    point = operating_point(fraud, score, threshold)
    precision, recall, f1, _ = precision_recall_fscore_support(
        fraud, score >= threshold, average="binary", zero_division=0
    )
    assert (point.precision, point.recall, point.f1) == pytest.approx((precision, recall, f1))
    assert point.false_positive_rate == pytest.approx(np.mean(score[~fraud] >= threshold))


def test_a_slice_is_measured_as_scikit_learn_does(dataset: Dataset) -> None:
    rows = np.arange(3_000, 6_000)
    score = np.random.default_rng(0).random(len(rows)) * 0.7 + dataset.fraud[rows] * 0.3
    metrics = measure(dataset, rows, score, Thresholds(0.5, 0.9))
    fraud = dataset.fraud[rows]
    assert metrics.payments == 3_000
    assert metrics.frauds == fraud.sum()
    assert metrics.average_precision == average_precision_score(fraud, score)
    assert metrics.roc_auc == roc_auc_score(fraud, score)
    assert set(metrics.by_kind) == {"stolen_card", "merchant_compromise"}
    assert sum(kind.frauds for kind in metrics.by_kind.values()) == metrics.frauds
    caught = sum(kind.caught for kind in metrics.by_kind.values())
    assert caught / metrics.frauds == pytest.approx(metrics.points["review"].recall)
    assert list(metrics.recall_at_fpr.values()) == sorted(metrics.recall_at_fpr.values())
    flat = metrics.flat()
    assert flat["recall_at_0.1_percent_fpr"] == metrics.recall_at_fpr[0.001]
    assert flat["brier"] == pytest.approx(np.mean((score - fraud) ** 2))
    assert sum(band.frauds for band in metrics.by_amount.values()) == metrics.frauds
    assert sum(band.caught for band in metrics.by_amount.values()) == caught
    for name in metrics.intervals:
        assert flat[f"{name}_low"] <= flat[name] <= flat[f"{name}_high"]
    assert set(metrics.intervals) == INTERVALS
    assert json.loads(json.dumps(flat)) == flat


def test_nothing_to_measure_on_is_refused(dataset: Dataset) -> None:
    genuine = np.flatnonzero(~dataset.fraud)[:100]
    with pytest.raises(MetricsError, match="100 payments with 0 frauds"):
        measure(dataset, genuine, np.zeros(100), Thresholds(0.5, 0.9))
