"""The series of answered calls."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from prometheus_client.core import CounterMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from fraud.exposition.latency import LatencyFamily
from fraud.v1.scoring_pb2 import Decision, Variant
from fraud.v1.transaction_pb2 import Channel
from scorer.edge.status import CODES
from scorer.metrics.shard import STAGES, Shard
from scorer.metrics.tally import CallTally

TOTAL: Final = STAGES.index("total")
DECISIONS: Final = tuple(value for value in Decision.values() if value)
REFUSALS: Final = (*dict.fromkeys(code.name for _, code in CODES), "INTERNAL")
"""Codes of gRPC that calls are refused with."""


class CallCollector(Collector):
    """Tells a tally when it is asked; counting costs nothing for being told.

    What can be counted next is told as 0 before: of a series that begins at 1, Prometheus' rates
    do not see the first.

    Args:
        tally: Of the calls.
        serving: Gives variant and version of each model in service.
    """

    def __init__(
        self, tally: CallTally, serving: Callable[[], Iterable[tuple[int, str]]] = tuple
    ) -> None:
        self._tally = tally
        self._serving = serving

    def collect(self) -> Iterator[Metric]:
        """The families, read now."""
        total = self._tally.total()
        for variant, version in self._serving():
            for decision in DECISIONS:
                total.outcomes.setdefault((decision, variant, version), 0)
        for code in REFUSALS:
            total.errors.setdefault(code, 0)
        yield _predictions(total)
        yield from _flags(total)
        yield from _latencies(total)

    def describe(self) -> Iterator[Metric]:
        """Names alone; none of them has values before the first call."""
        empty = Shard()
        yield _predictions(empty)
        yield from _flags(empty)
        yield from _latencies(empty)


def _predictions(total: Shard) -> Metric:
    family = CounterMetricFamily(
        "fraud_scorer_predictions",
        "Payments decided, without repeats; fraud rate is the share of declines and reviews.",
        labels=["decision", "variant", "model_version"],
    )
    for (decision, variant, version), count in total.outcomes.items():
        names = (
            Decision.Name(Decision.ValueType(decision)),
            Variant.Name(Variant.ValueType(variant)),
        )
        family.add_metric([*map(short_name, names), version], count)
    return family


def _flags(total: Shard) -> Iterator[Metric]:
    for name, meaning, count in (
        ("degraded", "Payments decided by rules alone.", total.degraded),
        ("duplicates", "Calls that got the first answer again.", total.duplicates),
        ("late", "Payments further behind the newest than the lateness bound.", total.late),
    ):
        yield CounterMetricFamily(f"fraud_scorer_{name}", meaning, value=count)
    errors = CounterMetricFamily(
        "fraud_scorer_errors",
        "Calls to score that were refused or failed, by gRPC status.",
        labels=["code"],
    )
    for code, count in total.errors.items():
        errors.add_metric([code], count)
    yield errors


def _latencies(total: Shard) -> Iterator[Metric]:
    call = LatencyFamily(
        "fraud_scorer_call_duration_seconds",
        "Inside the scorer, from the request's bytes to the decision on disk.",
        ("channel",),
    )
    stage = LatencyFamily(
        "fraud_scorer_stage_duration_seconds",
        "Of the stages of a call.",
        ("channel", "stage"),
    )
    for number, latencies in total.channels.items():
        channel = short_name(Channel.Name(Channel.ValueType(number)))
        for index, (cells, total_us) in enumerate(
            zip(latencies.cells, latencies.sums, strict=True)
        ):
            if index == TOTAL:
                call.add((channel,), cells, total_us)
            else:
                stage.add((channel, STAGES[index]), cells, total_us)
    yield call
    yield stage


def short_name(value: str) -> str:
    """The name of an enum's value as a label: without its type, in small letters.

    >>> short_name("CHANNEL_POINT_OF_SALE"), short_name("DECISION_DECLINE")
    ('point_of_sale', 'decline')
    """
    return value.partition("_")[2].lower()
