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


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_soak_sends_each_payment_once(tmp_path: Path) -> None:
    """One that is sent again is a duplicate, which a measurement does not allow."""
    points = list(CURVES["soak"](QUICK, tmp_path))
    assert [point.at for point in points] == ["1 s", "2 s", "3 s"]
    assert len(judge(points)) == 2


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


def window(score_p99_us: float = 900, ping_p99_us: float = 600, resident_mb: float = 100) -> Point:
    return point(
        "soak", score_p99_us=score_p99_us, ping_p99_us=ping_p99_us, resident_mb=resident_mb
    )


def test_a_soak_may_neither_slow_down_nor_grow() -> None:
    steady = [window() for _ in range(6)]
    assert met(*steady) == [True, True]
    assert met(*steady[:4], *[window(score_p99_us=960)] * 2) == [False, True]
    assert met(*steady[:4], *[window(resident_mb=102)] * 2) == [True, False]


def test_a_machine_that_slows_down_is_not_a_scorer_that_does() -> None:
    slower = [window(score_p99_us=1800, ping_p99_us=1200) for _ in range(2)]
    assert met(*[window() for _ in range(4)], *slower) == [True, True]
