"""The benchmark of rebalances, shortened: conservation exactly, waits by generous bars."""

from pathlib import Path

import pytest

from benchmarks.pipeline.rebalance.plan import BARS_MS, SHORT
from benchmarks.pipeline.rebalance.run import run
from fraud.settings import KafkaSettings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

GENEROUS = 3
"""Times a bar, beside ten times the host's jitter: the benchmark itself is the judge of waits."""


def test_workers_come_go_and_are_killed(kafka_settings: KafkaSettings, tmp_path: Path) -> None:
    result = run(tmp_path, kafka_settings, SHORT, print)
    assert result.produced > 5_000
    assert (result.lost, result.doubled) == (0, 0)
    assert {finding.act.kind for finding in result.findings} == {"quiet", *BARS_MS}
    for finding in result.findings:
        if finding.bar_ms is not None:
            allowed = GENEROUS * finding.bar_ms + 10 * result.jitter.longest_ms
            assert finding.longest_ms <= allowed, finding
