import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.errors import MetricsError
from training.models.threshold import CLEARANCE, Thresholds, choose_thresholds, threshold_at_fpr

probabilities = st.lists(
    st.floats(0, 1, width=32) | st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=200
)
budgets = st.floats(0.001, 0.5)


@given(probabilities, budgets)
def test_the_budget_is_kept_and_used_up(values: list[float], budget: float) -> None:
    genuine = np.array(values, np.float32)
    threshold = threshold_at_fpr(genuine, budget)
    allowed = budget * len(genuine)
    if genuine.max() < 1:  # a threshold cannot be above a certain fraud
        assert (genuine >= threshold).sum() <= allowed
    # One more group of equal scores would break it.
    below = genuine[genuine < threshold]
    if len(below):
        assert (genuine >= below.max()).sum() > allowed


@given(probabilities, budgets, budgets)
def test_decline_is_never_below_review(values: list[float], one: float, other: float) -> None:
    scores = np.array(values, np.float32)
    chosen = choose_thresholds(
        np.zeros(len(scores), np.bool_),
        scores,
        review_fpr=max(one, other),
        decline_fpr=min(one, other),
    )
    assert 0 <= chosen.review <= chosen.decline <= 1


@given(probabilities, st.floats(0, 1))
def test_thresholds_keep_clear_of_the_scores(values: list[float], threshold: float) -> None:
    scores = np.array(values, np.float32)
    clear = Thresholds(threshold, threshold).clear_of(scores)
    assert clear.review == clear.decline >= threshold
    if clear.review < 1:
        assert np.abs(scores.astype(np.float64) - clear.review).min() >= CLEARANCE * 0.999


def test_frauds_do_not_move_a_threshold() -> None:
    fraud = np.array([False] * 100 + [True] * 100)
    scores = np.linspace(0, 0.99, 100)
    chosen = choose_thresholds(
        fraud, np.concatenate([scores, scores + 0.005]), review_fpr=0.1, decline_fpr=0.01
    )
    assert (scores >= chosen.review).sum() == 10
    assert (scores >= chosen.decline).sum() == 1


def test_without_genuine_payments_there_is_no_threshold() -> None:
    with pytest.raises(MetricsError):
        threshold_at_fpr(np.array([]), 0.01)
