"""How payments that arrive are held against the same minute without them."""

import pytest

from benchmarks.pipeline.tail.__main__ import judged
from benchmarks.pipeline.tail.latency import Arm, Latency, ratios


def found(arm: Arm, p99_us: list[float]) -> list[Latency]:
    return [Latency(arm, repeat, 1.0, each, 1.0, 0, 0) for repeat, each in enumerate(p99_us)]


def test_each_repeat_is_its_own_measure() -> None:
    costs = [
        *found("arriving", [11.0, 20.0, 330.0]),
        *found("elsewhere", [10.0, 20.0, 300.0]),
        *found("idle", [5.0, 10.0, 400.0]),
    ]
    assert ratios(costs, "arriving", "elsewhere") == pytest.approx([1.1, 1.0, 1.1])
    assert list(judged([], costs).values()) == [True, False]
