"""One run's figures, and what several of them come to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.load.case import Edge, Load
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
        answered = self.report.ping.answered + self.report.score.answered
        return 1e6 * self.server_cpu_s / max(1, answered)

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
        refused: Calls not taken, in all repeats.
        faults: Calls that went wrong otherwise, in all repeats.
    """

    edge: Edge
    load: Load
    figures: dict[str, Spread]
    stages: dict[str, tuple[float, float]]
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


def _spread(values: Sequence[float]) -> Spread:
    rounded = [round(value, 1) for value in values]
    return Spread(round(median(rounded), 1), min(rounded), max(rounded))
