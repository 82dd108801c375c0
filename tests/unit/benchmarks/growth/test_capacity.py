"""The queue's model against what is known of it, and what it says of machines."""

import math

import numpy as np
import pytest

from benchmarks.growth.capacity import Scorer, stops_first
from benchmarks.growth.queueing import WARM_UP, mean_wait_us, simulate, wait_us


@pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
def test_one_core_waits_as_pollaczek_and_khinchine_say(load: float) -> None:
    service_us = 500.0
    rate = load * 1e6 / service_us
    found = float(np.mean(simulate(rate, service_us, 1)[WARM_UP:]))
    assert found == pytest.approx(mean_wait_us(rate, service_us), rel=0.08)


def test_two_cores_wait_less_than_one_of_twice_the_rate_and_saturation_is_infinite() -> None:
    assert wait_us(2400, 500, 2) < wait_us(1200, 500, 1)
    assert math.isinf(wait_us(2000, 500, 1))


def test_following_ends_replication() -> None:
    scorer = Scorer(call_us=500, cores=1, floor_us=800, bar_us=3000)
    load = scorer.most_load()
    assert 0.5 <= load < 1
    assert scorer.machines(1_000, load) == 2
    assert scorer.machines(100_000, load) is None
    divided = scorer.machines(100_000, load, 16)
    assert divided is not None
    assert divided > 50
    assert stops_first(None, divided) == "every scorer following every payment"
    assert stops_first(None, None).startswith("following, even")


def test_a_bar_below_the_floor_is_met_at_no_load() -> None:
    assert Scorer(call_us=500, cores=1, floor_us=1200, bar_us=1000).most_load() == 0
