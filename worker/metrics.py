"""What the dashboards know of a worker, as Prometheus reads it.

Labels are partitions and short closed lists: the number of series is bounded.
"""

from typing import Final, Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from worker.errors import Cause

Outcome = Literal["decided", "duplicate", "dead_lettered", "skipped"]
Rebalance = Literal["assigned", "revoked", "lost"]

OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
PROCESSING_SECONDS = (
    *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
    *(1.0, 2.0, 5.0, 10.0, 30.0, 60.0),
)
PING_SECONDS = (0.0001, 0.0002, 0.0003, 0.0005, 0.00075, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 1.0)
PAUSE_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)


class WorkerMetrics:
    """All series of one worker, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.payments = Counter(
            "fraud_worker_payments",
            "Messages settled: decided now, decided before (duplicate), set aside, or skipped "
            "because a gateway had asked.",
            ["outcome"],
            registry=registry,
        )
        self.retries = Counter(
            "fraud_worker_retries",
            "Calls to be repeated: the scorer shed them, was away, or failed.",
            ["cause"],
            registry=registry,
        )
        self.processing = Histogram(
            "fraud_worker_processing_seconds",
            "From reading a payment to its durable decision.",
            buckets=PROCESSING_SECONDS,
            registry=registry,
        )
        self.ping = Histogram(
            "fraud_worker_ping_seconds",
            "Of a call to a scorer that does nothing: what wire and machine cost.",
            buckets=PING_SECONDS,
            registry=registry,
        )
        self.lag = Gauge(
            "fraud_worker_lag_messages",
            "Messages of a partition that are not settled yet.",
            ["partition"],
            registry=registry,
        )
        self.rebalances = Counter(
            "fraud_worker_rebalances",
            "Changes of the partitions that are owned.",
            ["kind"],
            registry=registry,
        )
        self.pause = Histogram(
            "fraud_worker_rebalance_pause_seconds",
            "How long giving up partitions kept the worker from reading the others.",
            buckets=PAUSE_SECONDS,
            registry=registry,
        )
        self.partitions = Gauge(
            "fraud_worker_partitions", "Partitions that are owned.", registry=registry
        )
        self.in_flight = Gauge(
            "fraud_worker_in_flight", "Calls to scorers under way.", registry=registry
        )
        self.open = Gauge(
            "fraud_worker_open_messages",
            "Messages read and not yet committable: those in flight, those that wait for their "
            "scorer, and those behind them.",
            registry=registry,
        )
        _begin(self.payments, OUTCOMES)
        _begin(self.retries, get_args(Cause))
        _begin(self.rebalances, get_args(Rebalance))

    def settled(self, outcome: Outcome, seconds: float | None = None) -> None:
        """A message is settled; ``seconds`` after reading, if it was decided."""
        self.payments.labels(outcome).inc()
        if seconds is not None:
            self.processing.observe(seconds)

    def total(self, outcome: Outcome) -> int:
        """How many messages ended so."""
        value = self.registry.get_sample_value("fraud_worker_payments_total", {"outcome": outcome})
        return int(value or 0)


def _begin(counter: Counter, values: tuple[str, ...]) -> None:
    """Have every series there from the start, at 0, so that rates have something to rise from."""
    for value in values:
        counter.labels(value)
