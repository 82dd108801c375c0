"""A bar may be exceeded by the host's jitter, and by no more."""

import time
from collections import Counter

import pytest

from benchmarks.pipeline.rebalance.jitter import Jitter, Ruler
from benchmarks.pipeline.rebalance.judge import Window, judge
from benchmarks.pipeline.rebalance.ledger import Ledger
from benchmarks.pipeline.rebalance.plan import Act, Kind
from benchmarks.pipeline.rebalance.report import Result

JITTER = Jitter(p50_ms=0.1, p99_ms=5.0, longest_ms=50.0)


def ledger_with_wait(milliseconds: int) -> Ledger:
    return Ledger({0: {"t1": 0}}, {"t1": milliseconds * 1000}, Counter(["t1"]))


@pytest.mark.parametrize(
    ("kind", "waited", "outcome"),
    [
        ("join", 300, "met"),
        ("leave", 301, "met but for the host"),
        ("scale up", 351, "missed"),
        ("kill", 1_200, "met"),
        ("kill", 1_251, "missed"),
        ("quiet", 9_000, "not judged"),
    ],
)
def test_outcomes(kind: Kind, waited: int, outcome: str) -> None:
    window = Window(Act(kind), 0, 10_000_000)
    [finding] = judge(ledger_with_wait(waited), [window], JITTER)
    assert (finding.longest_ms, finding.outcome) == (waited, outcome)
    result = Result(500, 1, 0, 0, JITTER, [finding])
    assert result.is_met == (outcome != "missed")


def test_what_is_lost_or_doubled_is_counted() -> None:
    ledger = Ledger({0: {"t1": 0, "t2": 0}}, {"t1": 5}, Counter(["t1", "t1"]))
    assert (ledger.lost, ledger.doubled) == (1, 1)
    assert not Result(500, 2, ledger.lost, 0, JITTER, []).is_met
    assert not Result(500, 2, 0, ledger.doubled, JITTER, []).is_met


def test_the_ruler_measures() -> None:
    with Ruler() as ruler:
        time.sleep(0.5)
    assert ruler.jitter.longest_ms >= ruler.jitter.p99_ms >= ruler.jitter.p50_ms > 0
