"""Holds what was found against the bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.pipeline.rebalance.jitter import Jitter
from benchmarks.pipeline.rebalance.ledger import Ledger
from benchmarks.pipeline.rebalance.plan import BARS_MS, Act
from benchmarks.pipeline.rebalance.stalls import longest_between

Outcome = Literal["met", "met but for the host", "missed", "not judged"]


@dataclass(frozen=True, slots=True)
class Window:
    """When a step's effects were watched, microseconds since the epoch."""

    act: Act
    begin_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class Finding:
    """The longest wait of any partition in the time of one step.

    Args:
        act: The step.
        longest_ms: How long the partition waited.
        partition: That waited.
        began_ms: When it began to wait, after the begin of the step.
        bar_ms: What is allowed.
        outcome: How the two compare.
    """

    act: Act
    longest_ms: float
    partition: int
    began_ms: float
    bar_ms: float | None
    outcome: Outcome


def judge(ledger: Ledger, windows: Sequence[Window], jitter: Jitter) -> list[Finding]:
    """One finding a step.

    A bar that is exceeded by no more than the longest oversleep of the run counts as the host's.
    """
    stalls = list(ledger.stalls())
    findings = []
    for window in windows:
        longest = longest_between(stalls, window.begin_us, window.end_us)
        if longest is not None:
            began_ms = (longest.end_us - window.begin_us) / 1000 - longest.length_ms
            bar = BARS_MS.get(window.act.kind)
            outcome = _outcome(longest.length_ms, bar, jitter)
            findings.append(
                Finding(
                    window.act, longest.length_ms, longest.partition, round(began_ms), bar, outcome
                )
            )
    return findings


def _outcome(longest_ms: float, bar_ms: float | None, jitter: Jitter) -> Outcome:
    if bar_ms is None:
        return "not judged"
    if longest_ms <= bar_ms:
        return "met"
    return "met but for the host" if longest_ms <= bar_ms + jitter.longest_ms else "missed"
