"""The benchmark of rebalances, shortened: conservation exactly, waits by generous bars."""

import pytest

from benchmarks.pipeline.rebalance.judge import Finding
from benchmarks.pipeline.rebalance.plan import BARS_MS, SHORT
from benchmarks.pipeline.rebalance.report import Result
from benchmarks.pipeline.rebalance.run import run
from fraud.local.kafka import LocalKafka
from tests.conftest import own_topics

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

GENEROUS = 3
"""Times a bar, beside ten times the host's jitter: the benchmark itself is the judge of waits."""
MOST_RUNS = 3
"""A wait of ours comes back in every run; one that the host made does not."""


def test_workers_come_go_and_are_killed(
    kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory
) -> None:
    waits: list[Finding] = []
    for _ in range(MOST_RUNS):
        with own_topics(kafka) as settings:
            result = run(tmp_path_factory.mktemp("run"), settings, SHORT, print)
        assert result.produced > 5_000
        assert (result.lost, result.doubled) == (0, 0)
        assert {finding.act.kind for finding in result.findings} == {"quiet", *BARS_MS}
        waits = too_long(result)
        if not waits:
            break
    assert waits == []


def too_long(result: Result) -> list[Finding]:
    """The waits beyond what is allowed."""
    host_ms = 10 * result.jitter.longest_ms
    return [
        finding
        for finding in result.findings
        if finding.bar_ms is not None and finding.longest_ms > GENEROUS * finding.bar_ms + host_ms
    ]
