"""Arrivals come at the rate that is asked for, and again at the same instants."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.arrays import Ints
from simulator.produce import Arrivals, ArrivalsError, Pattern
from simulator.produce.arrivals import BLOCK, PATTERNS

RATES = st.floats(1, 10_000)
SEEDS = st.integers(0, 2**32)


def taken(arrivals: Arrivals, count: int, first: int = 0) -> Ints:
    blocks = arrivals.blocks(first)
    offsets = next(blocks)
    while len(offsets) < count:
        offsets = np.concatenate([offsets, next(blocks)])
    return offsets[:count]


def within(offsets: Ints, begin_seconds: float, end_seconds: float) -> int:
    found = (offsets >= begin_seconds * 1e6) & (offsets < end_seconds * 1e6)
    return int(found.sum())


@settings(deadline=None)
@given(rate=RATES)
def test_steady_gaps_are_even(rate: float) -> None:
    offsets = taken(Arrivals("steady", rate), 5000)
    assert offsets[0] == 0
    assert np.abs(offsets - np.arange(5000) / rate * 1e6).max() <= 1


@settings(deadline=None)
@given(rate=RATES, seed=SEEDS)
def test_poisson_gaps_are_exponential(rate: float, seed: int) -> None:
    gaps = np.diff(taken(Arrivals("poisson", rate, seed), 20_001)) * rate / 1e6
    # Five standard deviations of the mean and of the share beyond one mean gap, and the rounding
    # to microseconds.
    assert abs(gaps.mean() - 1) < 5 / np.sqrt(20_000) + 0.001
    assert abs((gaps > 1).mean() - np.exp(-1)) < 5 * np.sqrt(0.233 / 20_000) + 0.01


@settings(deadline=None)
@given(seed=SEEDS, rate=st.floats(100, 1000), factor=st.floats(1, 10))
def test_bursts_multiply_the_rate_for_a_while(seed: int, rate: float, factor: float) -> None:
    arrivals = Arrivals("bursts", rate, seed, 10, factor, 2)
    assert arrivals.mean_rate == pytest.approx(rate * (0.2 * factor + 0.8))
    offsets = taken(arrivals, int(arrivals.mean_rate * 40))
    for begin in (0, 10, 20):
        for first, last, expected in (
            (begin, begin + 2, 2 * rate * factor),
            (begin + 2, begin + 10, 8 * rate),
        ):
            assert abs(within(offsets, first, last) - expected) < 6 * np.sqrt(expected)


@settings(deadline=None)
@given(seed=SEEDS, rate=st.floats(200, 1000))
def test_a_day_has_a_quiet_night_and_its_mean_is_the_rate(seed: int, rate: float) -> None:
    arrivals = Arrivals("daily", rate, seed, 24)
    assert arrivals.mean_rate == pytest.approx(rate)
    assert arrivals.peak_rate == pytest.approx(1.8 * rate, rel=0.02)
    offsets = taken(arrivals, int(rate * 30))
    assert abs(within(offsets, 0, 24) - 24 * rate) < 6 * np.sqrt(24 * rate)
    assert within(offsets, 3, 5) < 0.5 * 2 * rate
    assert within(offsets, 15, 17) > 1.5 * 2 * rate


@settings(deadline=None)
@given(
    pattern=st.sampled_from(PATTERNS),
    rate=st.floats(1, 2000),
    seed=SEEDS,
    first=st.integers(0, 3 * BLOCK),
)
def test_equal_seeds_give_equal_offsets_from_any_arrival_on(
    pattern: Pattern, rate: float, seed: int, first: int
) -> None:
    arrivals = Arrivals(pattern, rate, seed)
    whole = taken(arrivals, first + 100)
    assert (np.diff(whole) >= 0).all()
    assert taken(Arrivals(pattern, rate, seed), 100, first).tolist() == whole[first:].tolist()


def test_another_seed_gives_other_gaps() -> None:
    assert taken(Arrivals("poisson"), 9).tolist() != taken(Arrivals("poisson", seed=2), 9).tolist()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rate": 0.5}, "rate: 0.5 is not between 1 and 10,000"),
        ({"rate": 10_001}, "rate: 10001 is not between 1 and 10,000"),
        ({"rate": float("nan")}, "rate: nan is not between"),
        ({"pattern": "tidal"}, "arrivals: `tidal` is not one of steady, poisson, daily, bursts"),
        ({"pattern": "bursts", "rate": 5000}, "5000 a second is 25,000 at the peak of `bursts`"),
        ({"pattern": "bursts", "burst_seconds": 60}, "burst seconds: 60 is not between"),
        ({"pattern": "daily", "period_seconds": 0}, "period: 0 is not between"),
    ],
)
def test_what_is_out_of_range_is_named(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ArrivalsError, match=message):
        Arrivals(**arguments)  # type: ignore[arg-type]
