"""What the chosen edge must reach; the first two are differences, so that the host cancels out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.load.case import REFUSALS_COUNT_TO, Edge
from benchmarks.load.measurement import Summary

EXTRA_P50_US = 150.0
EXTRA_P99_US = 300.0
OPEN_P99_US = 1000.0
QUIET_PING_P99_US = 500.0
OPEN_RATE = 100.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One bar, held against what was found."""

    bar: str
    found: str
    outcome: Literal["met", "missed", "host too noisy"]


def judge(summaries: Sequence[Summary], edge: Edge) -> list[Verdict]:
    """Hold the bars to ``edge``, and the absence of faults to every edge."""
    verdicts = [_judge_faults(summaries), _judge_refusals(summaries, edge)]
    for summary in summaries:
        if summary.edge != edge:
            continue
        if summary.load.rate is None:
            verdicts += _judge_closed(summary)
        elif summary.load.rate == OPEN_RATE:
            verdicts.append(_judge_open(summary))
    return verdicts


def _judge_faults(summaries: Sequence[Summary]) -> Verdict:
    faults = sum(summary.faults for summary in summaries)
    bar = "every call taken is answered once, rightly, by the model"
    return Verdict(bar, f"{faults} faults", _met(faults == 0))


def _judge_refusals(summaries: Sequence[Summary], edge: Edge) -> Verdict:
    judged = [
        summary.refused
        for summary in summaries
        if summary.edge == edge and (summary.load.rate or 0) <= REFUSALS_COUNT_TO
    ]
    bar = f"no call refused up to {REFUSALS_COUNT_TO:.0f}/s"
    return Verdict(bar, f"{sum(judged)} refused", _met(not any(judged)))


def _judge_closed(summary: Summary) -> list[Verdict]:
    verdicts = []
    for name, label, bar in (
        ("extra_p50_us", "P50", EXTRA_P50_US),
        ("extra_p99_us", "P99", EXTRA_P99_US),
    ):
        found = summary.figures[name]
        text = f"closed loop: score minus ping at {label} <= {bar:.0f} us"
        verdicts.append(Verdict(text, f"{found} us", _met(found.median <= bar)))
    return verdicts


def _judge_open(summary: Summary) -> Verdict:
    ping, score = summary.figures["ping_p99_us"], summary.figures["score_p99_us"]
    bar = f"open loop at {OPEN_RATE:.0f}/s: score P99 < {OPEN_P99_US:.0f} us"
    if ping.median >= QUIET_PING_P99_US:
        found = f"{score} us, and a ping alone {ping} us: only the differences are judged"
        return Verdict(bar, found, "host too noisy")
    return Verdict(bar, f"{score} us", _met(score.median < OPEN_P99_US))


def _met(condition: bool) -> Literal["met", "missed"]:
    return "met" if condition else "missed"
