"""Intervals of rates over payments that come in accounts."""

from typing import Any

import numpy as np
import pytest

from hindsight.reports.rates import design_effect, estimate


def accounts(rng: np.random.Generator, count: int, alike: float) -> tuple[Any, Any]:
    """Hits and trials a beta-binomial account, 0.3 in all; ``alike`` near 1 are all or nothing."""
    trials = rng.integers(1, 12, count)
    strength = (1 - alike) / alike
    rates = rng.beta(0.3 * strength, 0.7 * strength, count)
    return rng.binomial(trials, rates), trials


@pytest.mark.parametrize("alike", [0.05, 0.5, 0.9])
def test_the_interval_holds_the_rate_as_often_as_it_says(alike: float) -> None:
    rng = np.random.default_rng(7)
    found = [estimate(*accounts(rng, 200, alike)) for _ in range(1_000)]
    held = np.mean([each.low <= 0.3 <= each.high for each in found])
    assert 0.93 <= held <= 0.975


def test_the_usual_interval_would_not() -> None:
    rng = np.random.default_rng(7)
    held = []
    for _ in range(500):
        hits, trials = accounts(rng, 200, 0.9)
        rate, trial = hits.sum() / trials.sum(), trials.sum()
        held.append(abs(rate - 0.3) <= 1.96 * np.sqrt(rate * (1 - rate) / trial))
    assert np.mean(held) < 0.8


def test_payments_of_one_account_say_no_more_than_one() -> None:
    assert design_effect(np.array([10, 0]), np.array([10, 10])) == pytest.approx(10)
    assert design_effect(np.array([0, 0]), np.array([10, 10])) == 10
    assert design_effect(np.ones(50, int), np.ones(50, int)) == 1


def test_without_payments_nothing_is_known() -> None:
    found = estimate(np.zeros(3, int), np.zeros(3, int))
    assert np.isnan(found.rate)
    assert (found.low, found.high) == (0, 1)
