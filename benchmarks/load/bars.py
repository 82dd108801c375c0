"""What the chosen edge must reach.

A tail is judged absolutely where the machine lets a tail be the server's: its timers end in time,
its threads are not stopped, and a call that does nothing is quick. Elsewhere it is judged beside
that call, by difference and by ratio. Each verdict says which.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.load.case import REFUSALS_COUNT_TO, Edge
from benchmarks.load.host import Host
from benchmarks.load.measurement import Summary

EXTRA_P50_US = 150.0
EXTRA_P99_US = 300.0
OPEN_P99_US = 1000.0
QUIET_PING_P99_US = 500.0
TIMES_PING_P99 = 2.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One bar, held against what was found."""

    bar: str
    found: str
    outcome: Literal["met", "missed"]
    basis: Literal["absolute", "beside the null RPC"] = "absolute"


def judge(summaries: Sequence[Summary], edge: Edge, host: Host) -> list[Verdict]:
    """Hold the bars to ``edge``, and the absence of faults to every edge."""
    verdicts = [_judge_faults(summaries), _judge_refusals(summaries, edge)]
    for summary in summaries:
        if summary.edge != edge:
            continue
        if summary.load.is_in_order:
            verdicts += _judge_closed(summary)
        else:
            verdicts.append(_judge_open(summary, host))
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
        met = _met(found.median <= bar)
        verdicts.append(Verdict(text, f"{found} us", met, "beside the null RPC"))
    return verdicts


def _judge_open(summary: Summary, host: Host) -> Verdict:
    ping, score = summary.figures["ping_p99_us"], summary.figures["score_p99_us"]
    if host.is_quiet and ping.median < QUIET_PING_P99_US:
        bar = f"{summary.load.name}: score P99 < {OPEN_P99_US:.0f} us"
        return Verdict(bar, f"{score} us", _met(score.median < OPEN_P99_US))
    extra, ratio = summary.figures["extra_p99_us"], summary.figures["times_ping_p99"]
    bar = (
        f"{summary.load.name}: score P99 at most {EXTRA_P99_US:.0f} us above ping's, "
        f"and {TIMES_PING_P99:.0f} times it"
    )
    found = f"{extra} us, {ratio.median:.2f} times; ping alone {ping} us"
    met = _met(extra.median <= EXTRA_P99_US and ratio.median <= TIMES_PING_P99)
    return Verdict(bar, found, met, "beside the null RPC")


def _met(condition: bool) -> Literal["met", "missed"]:
    return "met" if condition else "missed"
