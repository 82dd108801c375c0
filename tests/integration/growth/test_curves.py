"""Curves on a real scorer, in short; and what must hold of them."""

from pathlib import Path

import pytest

from benchmarks.growth.bars import judge
from benchmarks.growth.curves import CURVES, Point
from benchmarks.growth.scale import QUICK


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_reloads_and_snapshots_cost_no_call(tmp_path: Path) -> None:
    points = {point.at: point.figures for point in CURVES["aside"](QUICK, tmp_path)}
    assert list(points) == ["nothing", "reloads", "snapshots"]
    assert points["reloads"]["reloads"] >= 2
    assert all(figures["score_p50_us"] > 0 for figures in points.values())


def point(curve: str, **figures: float) -> Point:
    return Point(curve, "1", figures)


def met(*points: Point) -> list[bool]:
    return [verdict.met for verdict in judge(points)]


def test_latency_must_be_flat_in_accounts() -> None:
    small = point("accounts", score_p50_us=600, ping_p50_us=300)
    assert met(small, point("accounts", score_p50_us=719, ping_p50_us=300)) == [True]
    assert met(small, point("accounts", score_p50_us=721, ping_p50_us=300)) == [False]


def test_a_slower_machine_is_not_a_larger_state() -> None:
    small = point("accounts", score_p50_us=600, ping_p50_us=300)
    assert met(small, point("accounts", score_p50_us=1200, ping_p50_us=600)) == [True]


def test_a_start_must_be_quick() -> None:
    assert met(point("start", start_s=3.0)) == [True]
    assert met(point("start", start_s=3.1)) == [False]


def test_a_soak_may_neither_slow_down_nor_grow() -> None:
    steady = [point("soak", score_p99_us=900, resident_mb=100) for _ in range(6)]
    slower = [point("soak", score_p99_us=960, resident_mb=100) for _ in range(2)]
    larger = [point("soak", score_p99_us=900, resident_mb=102) for _ in range(2)]
    assert met(*steady) == [True, True]
    assert met(*steady[:4], *slower) == [False, True]
    assert met(*steady[:4], *larger) == [True, False]
