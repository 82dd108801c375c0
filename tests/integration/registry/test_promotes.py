"""Promotes and rollbacks under load cost no call: the benchmark itself, in short."""

import pytest

from benchmarks.pipeline.promotes.run import Plan, measure
from fraud.settings import Settings
from tests.integration.registry.conftest import MakeVersion

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PLAN = Plan(20, rate=100.0, every_seconds=0.1, window_seconds=4.0, warm_up_seconds=3.0, full=False)


def test_no_call_fails_and_none_is_lost_while_the_champion_moves(
    settings: Settings, make_version: MakeVersion
) -> None:
    settings.home.mkdir()
    found = measure(settings, [make_version(bias) for bias in (-5.0, -6.0, -7.0)], PLAN)
    assert found.swaps >= PLAN.count
    assert (found.failed, found.lost) == (0, 0)
    assert len(found.swapping) > len(found.steady) > 0
    # Bars on latency and memory are the benchmark's, on a machine that does nothing else.
    assert found.growth < 0.1
    assert sorted(found.followed_s)[len(found.followed_s) // 2] < 1
