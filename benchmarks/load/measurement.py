"""One run's figures, and what several of them come to."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.load.case import Edge, Load
from benchmarks.load.oracle import NOT_CHECKED, Checked
from fraud.loadgen import LoadReport

REFUSAL = "RESOURCE_EXHAUSTED"

type Figure = Callable[["Measurement"], float]


@dataclass(frozen=True, slots=True)
class Measurement:
    """One load on one edge, once."""

    edge: Edge
    load: Load
    repeat: int
    report: LoadReport
    server_cpu_s: float
    instructions: int | None = None
    checked: Checked = NOT_CHECKED

    @property
    def answered(self) -> int:
        """Calls, pings and scores alike."""
        return self.report.ping.answered + self.report.score.answered

    @property
    def times_ping_p99(self) -> float:
        """A score's tail to a null RPC's."""
        return self.report.score.latency.p99_us / max(1e-9, self.report.ping.latency.p99_us)

    @property
    def instructions_a_call(self) -> float:
        """Of the server; NaN where nothing counts them."""
        if self.instructions is None:
            return math.nan
        return self.instructions / max(1, self.answered)

    @property
    def extra_p50_us(self) -> float:
        """What a score costs beyond a null RPC, in the middle."""
        return self.report.score.latency.p50_us - self.report.ping.latency.p50_us

    @property
    def extra_p99_us(self) -> float:
        """What a score costs beyond a null RPC, in the tail."""
        return self.report.score.latency.p99_us - self.report.ping.latency.p99_us

    @property
    def server_cpu_us(self) -> float:
        """Processor time of the server for one call, pings and scores alike."""
        return 1e6 * self.server_cpu_s / max(1, self.answered)

    @property
    def refused(self) -> int:
        """Calls that were not taken: by the server's bound in flight, or by the client's."""
        methods = (self.report.ping, self.report.score)
        return sum(each.over_limit + each.errors.get(REFUSAL, 0) for each in methods)

    @property
    def faults(self) -> int:
        """Calls that failed otherwise, or were answered twice, wrongly or without the model."""
        methods, answers = (self.report.ping, self.report.score), self.report.answers
        failed = sum(each.failed - each.errors.get(REFUSAL, 0) for each in methods)
        return failed + answers.duplicates + answers.degraded + answers.mismatched


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of the repeats, and their range."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.0f} ({self.low:.0f}-{self.high:.0f})"


FIGURES: dict[str, Figure] = {
    "ping_p50_us": lambda each: each.report.ping.latency.p50_us,
    "ping_p90_us": lambda each: each.report.ping.latency.p90_us,
    "ping_p99_us": lambda each: each.report.ping.latency.p99_us,
    "ping_p999_us": lambda each: each.report.ping.latency.p999_us,
    "score_p50_us": lambda each: each.report.score.latency.p50_us,
    "score_p90_us": lambda each: each.report.score.latency.p90_us,
    "score_p99_us": lambda each: each.report.score.latency.p99_us,
    "score_p999_us": lambda each: each.report.score.latency.p999_us,
    "extra_p50_us": lambda each: each.extra_p50_us,
    "extra_p99_us": lambda each: each.extra_p99_us,
    "scores_per_s": lambda each: each.report.score.answered_per_s,
    "lag_p99_us": lambda each: each.report.score.lag.p99_us,
    "times_ping_p99": lambda each: each.times_ping_p99,
    "server_cpu_us": lambda each: each.server_cpu_us,
}
"""Every figure of the result, by name."""


@dataclass(frozen=True, slots=True)
class Summary:
    """All repeats of one load on one edge.

    Args:
        edge: The server.
        load: The load.
        figures: By the names of :data:`FIGURES`.
        stages: What the server says that each stage of a score took, P50 and P99 in microseconds,
            medians of the repeats.
        means: Where the mean microsecond of a score goes, in the order of its stages: those, what
            the server does between them, then parsing, encoding, gRPC and the network.
        instructions_a_call: Of the server, the median; None where nothing counts them.
        refused: Calls not taken, in all repeats.
        faults: Calls that went wrong otherwise, in all repeats.
    """

    edge: Edge
    load: Load
    figures: dict[str, Spread]
    stages: dict[str, tuple[float, float]]
    means: dict[str, float]
    instructions_a_call: float | None
    refused: int
    faults: int


def summarize(measurements: Sequence[Measurement]) -> list[Summary]:
    """One summary for each edge and load, in the order that they were first measured."""
    groups: dict[tuple[Edge, Load], list[Measurement]] = {}
    for measurement in measurements:
        groups.setdefault((measurement.edge, measurement.load), []).append(measurement)
    return [_summarize_one(group) for group in groups.values()]


def _summarize_one(group: Sequence[Measurement]) -> Summary:
    return Summary(
        edge=group[0].edge,
        load=group[0].load,
        figures={name: _spread([of(each) for each in group]) for name, of in FIGURES.items()},
        stages=_stages(group),
        means=_means(group),
        instructions_a_call=_instructions(group),
        refused=sum(each.refused for each in group),
        faults=sum(each.faults for each in group),
    )


def _stages(group: Sequence[Measurement]) -> dict[str, tuple[float, float]]:
    reports = [{stage.name: stage for stage in each.report.server_timing} for each in group]
    return {
        name: (
            median(report[name].p50_us for report in reports),
            median(report[name].p99_us for report in reports),
        )
        for name in reports[0]
    }


def _means(group: Sequence[Measurement]) -> dict[str, float]:
    parts = [_parts(each.report) for each in group]
    return {name: round(median(part[name] for part in parts), 1) for name in parts[0]}


def _parts(report: LoadReport) -> dict[str, float]:
    stages: dict[str, float] = {stage.name: stage.mean_us for stage in report.server_timing}
    total = stages.pop("total", 0.0)
    between = max(0.0, total - sum(stages.values()))
    outside = max(0.0, report.score.latency.mean_us - total)
    return {**stages, "between": between, "parse, encode, gRPC, network": outside}


def _instructions(group: Sequence[Measurement]) -> float | None:
    found = [each.instructions_a_call for each in group if each.instructions is not None]
    return round(median(found), 0) if found else None


def _spread(values: Sequence[float]) -> Spread:
    rounded = [round(value, 2) for value in values]
    return Spread(round(median(rounded), 2), min(rounded), max(rounded))
