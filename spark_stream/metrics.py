"""What the dashboards know of the streaming job, as Prometheus reads it.

Spark's own servlet hangs on its user interface, which is off because it keeps every batch in
memory; what is told here is what Spark tells of each batch and the Java machine of itself.
"""

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from spark_stream.status import JobStatus, QueryStatus

BATCH_SECONDS: Final = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0)

type StatusSource = Callable[[], JobStatus | None]


class StreamMetrics:
    """All series of one job, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._status: JobStatus | None = None
        self._duration = Histogram(
            "fraud_stream_batch_duration_seconds",
            "Of a batch, from its trigger to its commit.",
            ["query"],
            buckets=BATCH_SECONDS,
            registry=registry,
        )
        self._rows = Counter(
            "fraud_stream_rows", "Messages in the batches.", ["query"], registry=registry
        )
        self._last = Gauge(
            "fraud_stream_last_batch_timestamp_seconds",
            "When the last batch was done, seconds since the Unix epoch.",
            ["query"],
            registry=registry,
        )
        registry.register(_StandingCollector(lambda: self._status))

    def batch(self, status: QueryStatus) -> None:
        """A batch is done."""
        self._duration.labels(status.name).observe(status.batch_ms / 1000)
        self._rows.labels(status.name).inc(status.rows)
        self._last.labels(status.name).set_to_current_time()

    def tell(self, status: JobStatus) -> None:
        """How the job stands now."""
        self._status = status


GAUGES: Final = (
    ("backlog_messages", "Messages in the topics that the last batch left.", "behind"),
    ("input_rows_per_second", "Messages that came, by the last batch.", "input_rate"),
    ("processed_rows_per_second", "Messages dealt with, by the last batch.", "processed_rate"),
    ("state_rows", "Keys that states are kept of.", "state_rows"),
    ("state_bytes", "Memory of the state stores outside the heap.", "state_bytes"),
)
"""Name, meaning, and the field of :class:`QueryStatus` that it is."""


class _StandingCollector(Collector):
    def __init__(self, status: StatusSource) -> None:
        self._status = status

    def collect(self) -> list[Metric]:
        status = self._status()
        queries = () if status is None else status.queries
        families: list[Metric] = []
        for name, meaning, field in GAUGES:
            family = GaugeMetricFamily(f"fraud_stream_{name}", meaning, labels=["query"])
            for query in queries:
                family.add_metric([query.name], getattr(query, field))
            families.append(family)
        return families + ([] if status is None else _machine(status))


def _machine(status: JobStatus) -> list[Metric]:
    machine = status.machine
    return [
        GaugeMetricFamily(
            "fraud_stream_heap_used_bytes", "Of the driver's Java machine.", machine.heap_used
        ),
        GaugeMetricFamily(
            "fraud_stream_heap_limit_bytes", "What it may take at most.", machine.heap_most
        ),
        CounterMetricFamily(
            "fraud_stream_gc_collections", "Garbage collections of it.", machine.collections
        ),
        CounterMetricFamily(
            "fraud_stream_gc_seconds", "Time that they took in all.", machine.collection_ms / 1000
        ),
    ]
