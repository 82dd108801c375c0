"""Every series of our own that a process tells, from its collectors, each fed with an example."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from features_rs import Store, contract
from fraud.settings import DecisionSettings, HindsightSettings, RegistrySettings, ScorerSettings
from fraud.v1.scoring_pb2 import DECISION_APPROVE, VARIANT_CHAMPION, ScoreResponse
from fraud.v1.transaction_pb2 import CHANNEL_ECOMMERCE
from hindsight.quality.metrics import QualityCollector
from hindsight.quality.standing import DriftMeasure, Standing
from hindsight.quality.watch import QualityWatch
from scorer.edge.threads import ThreadsEdge
from scorer.features.labels import LabelBook
from scorer.features.note import Mark
from scorer.features.payments import PaymentIndex
from scorer.features.state import LiveState
from scorer.metrics.metrics import ScorerMetrics
from scorer.metrics.standing import Parts
from scorer.metrics.tally import CallTally
from scorer.model.cache import ModelCache
from scorer.model.holder import ModelHolder
from scorer.model.registry import source_of
from scorer.sinks.outbox import Outbox
from scorer.tail.freshness import Freshness
from spark_stream.metrics import StreamMetrics
from spark_stream.status import JobStatus, MachineStatus, QueryStatus
from worker.metrics import WorkerMetrics

OURS: Final = "fraud_"
SUFFIXES: Final = {"counter": "_total"}


@dataclass(frozen=True, slots=True)
class MetricEntry:
    """One family of series.

    Args:
        name: As queries have it; of a histogram without ``_bucket``, ``_sum`` and ``_count``.
        kind: ``counter``, ``gauge`` or ``histogram``.
        labels: Beside ``job`` and ``instance``, which Prometheus adds.
        meaning: In words.
    """

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str

    @classmethod
    def of(cls, family: Metric) -> Self:
        """From what a collector tells."""
        names = {name for sample in family.samples for name in sample.labels} - {"le"}
        # A family without samples knows its labels all the same.
        labels = tuple(getattr(family, "_labelnames", ())) or tuple(sorted(names))
        suffix = SUFFIXES.get(family.type, "")
        return cls(family.name + suffix, family.type, labels, family.documentation)


def list_metrics() -> Mapping[str, list[MetricEntry]]:
    """By the ``job`` of the process."""
    return {job: _entries(registry()) for job, registry in PROCESSES.items()}


def _entries(registry: CollectorRegistry) -> list[MetricEntry]:
    families = (family for family in registry.collect() if family.name.startswith(OURS))
    return sorted(map(MetricEntry.of, families), key=lambda entry: entry.name)


def scorer_registry(tally: CallTally | None = None) -> CollectorRegistry:
    """Of a scorer that follows topics and has answered these calls, else one."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        outbox = Outbox(folder / "outbox.sqlite", "normal")
        index = PaymentIndex(folder / "payments.sqlite")
        metrics = ScorerMetrics(
            ScorerSettings(), tally or _example_tally(), _parts(folder, outbox, index)
        )
        told = list(metrics.registry.collect())
        index.close()
        outbox.close()
    return _kept(told)


def worker_registry() -> CollectorRegistry:
    """Of a worker that owns a partition."""
    metrics = WorkerMetrics()
    metrics.lag.labels("0").set(0)
    return metrics.registry


def stream_registry() -> CollectorRegistry:
    """Of a streaming job that has ended a batch."""
    metrics = StreamMetrics()
    query = QueryStatus("features")
    metrics.batch(query)
    metrics.tell(JobStatus(1, 0, (query,), MachineStatus()))
    return metrics.registry


def quality_registry() -> CollectorRegistry:
    """Of a quality page that has a ledger and a report of drift to tell of."""
    now = datetime.now(UTC)
    registry = QualityWatch(HindsightSettings(), "").registry
    measure = DriftMeasure("1", now, "amount", "ks", 0.0, False)
    # What it holds by window may be empty: the families are told all the same.
    parts: dict[str, Any] = {field.name: {} for field in fields(Standing)}
    standing = Standing(**{**parts, "promoted_at": now, "drift": [measure]})
    registry.register(QualityCollector(lambda: standing))
    return registry


PROCESSES: Final[Mapping[str, Callable[[], CollectorRegistry]]] = {
    "scorer": scorer_registry,
    "worker": worker_registry,
    "stream": stream_registry,
    "quality": quality_registry,
}
"""What makes the registry of each process, by its job."""


def _example_tally() -> CallTally:
    tally = CallTally()
    response = ScoreResponse(decision=DECISION_APPROVE, variant=VARIANT_CHAMPION, model_version="1")
    tally.observe(CHANNEL_ECOMMERCE, response)
    tally.fail("INTERNAL")
    return tally


def _parts(folder: Path, outbox: Outbox, index: PaymentIndex) -> Parts:
    store = Store()
    models = ModelHolder(
        source_of(RegistrySettings(directory=folder)),
        ModelCache(folder / "models"),
        contract(),
        DecisionSettings(),
    )
    return Parts(
        models=models,
        state=LiveState(store, outbox, LabelBook(store, outbox, index), folder / "state.bin"),
        outbox=outbox,
        sinks=("recorded",),
        edge=ThreadsEdge(ScorerSettings(), []),
        freshness=Freshness({("raw_transactions", 0): Mark(0)}),
    )


class _Kept(Collector):
    """A collector of what was told before its parts were closed."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        return self._families


def _kept(families: list[Metric]) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Kept(families))
    return registry
