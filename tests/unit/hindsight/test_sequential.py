"""The promise of the sequential test, by simulation: looked at after every payment, it holds."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import betaln, xlog1py, xlogy

from hindsight.reports.sequential import (
    PRIOR,
    Counts,
    Design,
    always_valid_p,
    difference_interval,
    log_evidence,
    trials_needed,
)

ALPHA = 0.05
RUNS, PAYMENTS = 2_000, 1_500


def evidence_paths(rates: tuple[float, float], share: float, seed: int) -> Any:
    """Log e after each payment, float64 [runs, payments]; every payment falls to an arm by lot."""
    rng = np.random.default_rng(seed)
    second = rng.random((RUNS, PAYMENTS)) < share
    hit = rng.random((RUNS, PAYMENTS)) < np.where(second, rates[1], rates[0])
    counts = [(np.cumsum(hit & arm, 1), np.cumsum(arm, 1)) for arm in (~second, second)]
    pooled = sum(hits for hits, _ in counts) / sum(trials for _, trials in counts)
    parts = [
        betaln(hits + PRIOR, trials - hits + PRIOR)
        - betaln(PRIOR, PRIOR)
        - xlogy(hits, pooled)
        - xlog1py(trials - hits, -pooled)
        for hits, trials in counts
    ]
    return sum(parts)


@pytest.mark.parametrize(("rate", "share"), [(0.7, 0.5), (0.02, 0.5), (0.5, 0.1), (0.97, 0.3)])
def test_equal_rates_are_told_apart_no_more_often_than_alpha_however_often_one_looks(
    rate: float, share: float
) -> None:
    paths = evidence_paths((rate, rate), share, seed=7)
    ever = (paths.max(axis=1) >= -math.log(ALPHA)).mean()
    assert ever <= ALPHA


def test_a_fixed_test_looked_at_as_often_would_not_hold() -> None:
    """What all this is for: the usual z-test at 5%, looked at all the time."""
    rng = np.random.default_rng(7)
    hits = rng.random((2, RUNS, PAYMENTS)) < 0.7
    trials = np.arange(1, PAYMENTS + 1)
    rates = np.cumsum(hits, axis=2) / trials
    pooled = rates.mean(axis=0)
    spread = np.sqrt(2 * pooled * (1 - pooled) / trials)
    z = np.divide(rates[1] - rates[0], spread, out=np.zeros_like(spread), where=spread > 0)
    assert (np.abs(z[:, 50:]) > 1.96).any(axis=1).mean() > 3 * ALPHA


def test_the_paths_above_are_those_of_the_code() -> None:
    assert log_evidence(Counts(30, 50), Counts(45, 60)) == pytest.approx(
        sum(
            betaln(h + PRIOR, n - h + PRIOR)
            - betaln(PRIOR, PRIOR)
            - h * math.log(75 / 110)
            - (n - h) * math.log(35 / 110)
            for h, n in ((30, 50), (45, 60))
        )
    )


def test_different_rates_are_found_as_often_as_planned() -> None:
    design = Design(rate=0.6, difference=0.15, ratio=1.0, alpha=ALPHA)
    trials = trials_needed(design)
    assert trials < PAYMENTS / 2
    rng = np.random.default_rng(7)
    hits = [rng.binomial(int(trials), rate, RUNS) for rate in (0.6, 0.75)]
    found = [
        log_evidence(Counts(a, trials), Counts(b, trials)) >= -math.log(ALPHA)
        for a, b in zip(*hits, strict=True)
    ]
    # At the end alone; whoever looks on the way finds it no less often.
    assert 0.75 <= np.mean(found) <= 0.9


def test_the_interval_holds_the_difference_at_all_times() -> None:
    rng = np.random.default_rng(7)
    missed, runs, looks = 0, 100, (5, 40, 300)
    for _ in range(runs):
        a, b = (np.cumsum(rng.random(looks[-1]) < rate) for rate in (0.3, 0.5))
        bounds = [
            difference_interval(Counts(a[n - 1], n), Counts(b[n - 1], n), ALPHA) for n in looks
        ]
        missed += not all(low <= 0.2 <= high for low, high in bounds)
    assert missed / runs <= ALPHA


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Counts(0, 10), Counts(10, 10)),
        (Counts(0, 5_000), Counts(3, 4_000)),
        (Counts(10, 10), Counts(10, 10)),
        (Counts(0, 1), Counts(0, 1)),
    ],
)
def test_the_interval_and_the_test_say_the_same(a: Counts, b: Counts) -> None:
    low, high = difference_interval(a, b, ALPHA)
    assert -1 <= low <= b.rate - a.rate <= high <= 1
    assert (always_valid_p(a, b) <= ALPHA) == (not low <= 0 <= high)


def test_without_payments_nothing_is_known() -> None:
    assert always_valid_p(Counts(0, 0), Counts(0, 0)) == 1
    assert difference_interval(Counts(0, 0), Counts(5, 5), ALPHA) == (-1, 1)
    assert trials_needed(Design(0.5, 0.0, 1.0, ALPHA)) == math.inf


def test_a_smaller_difference_and_a_smaller_share_take_longer() -> None:
    plain = trials_needed(Design(0.6, 0.15, 1.0, ALPHA))
    assert trials_needed(Design(0.6, 0.05, 1.0, ALPHA)) > 5 * plain
    assert trials_needed(Design(0.6, 0.15, 0.1, ALPHA)) > 2 * plain
