"""How the scorer stands at the moment it is asked: models, state, outbox, edge."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from fraud.v1.scoring_pb2 import Variant
from scorer.edge.server import Edge
from scorer.features.state import ENTITY_KINDS, LiveState
from scorer.metrics.calls import short_name
from scorer.model.holder import ModelHolder
from scorer.sinks.outbox import Outbox
from scorer.sinks.position import Sink
from scorer.tail.freshness import Freshness, now_us

MICROSECONDS = 1e6


@dataclass(frozen=True, slots=True)
class Parts:
    """What is looked at.

    Args:
        models: The models in service.
        state: The features of all entities.
        outbox: The log of decisions.
        sinks: Those that drain the outbox.
        edge: The server.
        freshness: How far the state is behind the topics; None where none is followed.
    """

    models: ModelHolder
    state: LiveState
    outbox: Outbox
    sinks: Sequence[Sink]
    edge: Edge
    freshness: Freshness | None


class StandingCollector(Collector):
    """Asks every part when it is asked itself."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def collect(self) -> Iterator[Metric]:
        """The families, read now."""
        yield from _edge(self._parts.edge)
        yield from _models(self._parts.models)
        yield from _state(self._parts.state)
        yield from _outbox(self._parts.outbox, self._parts.sinks)
        if self._parts.freshness is not None:
            yield from _freshness(self._parts.freshness)


def _edge(edge: Edge) -> Iterator[Metric]:
    load = edge.load
    yield GaugeMetricFamily(
        "fraud_scorer_ready", "1 while the scorer takes payments.", value=load.serving
    )
    yield GaugeMetricFamily(
        "fraud_scorer_in_flight", "Calls under way, those that wait included.", value=load.in_flight
    )
    yield GaugeMetricFamily(
        "fraud_scorer_queue_depth", "Calls that wait for a thread.", value=load.waiting
    )
    yield CounterMetricFamily(
        "fraud_scorer_shed", "Calls turned away because too many were in flight.", value=load.shed
    )


def _models(models: ModelHolder) -> Iterator[Metric]:
    info = GaugeMetricFamily(
        "fraud_scorer_model_info",
        "1 for each model in service.",
        labels=["variant", "model_version", "model_digest"],
    )
    loaded = GaugeMetricFamily(
        "fraud_scorer_model_loaded_timestamp_seconds",
        "When a model in service was loaded, seconds since the Unix epoch.",
        labels=["variant"],
    )
    for model in [] if models.current is None else models.current.models:
        variant = short_name(Variant.Name(model.variant))
        info.add_metric([variant, model.version.version, model.model_digest], 1)
        loaded.add_metric([variant], model.loaded_at.timestamp())
    yield info
    yield loaded
    yield GaugeMetricFamily(
        "fraud_scorer_challenger_ratio",
        "Share of accounts that a challenger decides for, 0 to 1.",
        value=models.challenger_percent / 100,
    )
    reloads = CounterMetricFamily(
        "fraud_scorer_model_reloads",
        "Looks at the registry that ended in other models, in a refusal, or in an error.",
        labels=["outcome"],
    )
    for outcome, count in models.reloads.items():
        reloads.add_metric([outcome], count)
    yield reloads


def _state(state: LiveState) -> Iterator[Metric]:
    entities = GaugeMetricFamily(
        "fraud_scorer_state_entities", "Entities with features in memory.", labels=["kind"]
    )
    for kind in ENTITY_KINDS:
        entities.add_metric([kind], state.entity_count(kind))
    yield entities
    yield GaugeMetricFamily(
        "fraud_scorer_state_newest_event_timestamp_seconds",
        "Event time of the newest payment, seconds since the Unix epoch; 0 before the first.",
        value=state.newest_event_us / MICROSECONDS,
    )


def _outbox(outbox: Outbox, sinks: Sequence[Sink]) -> Iterator[Metric]:
    entries = GaugeMetricFamily(
        "fraud_scorer_outbox_entries",
        "Entries of the outbox that a sink has not drained yet.",
        labels=["sink"],
    )
    age = GaugeMetricFamily(
        "fraud_scorer_outbox_age_seconds",
        "Age of the oldest of them; 0 when there is none.",
        labels=["sink"],
    )
    for sink in sinks:
        through = outbox.drained_through(sink)
        entries.add_metric([sink], max(0, outbox.newest_seq - through))
        oldest = outbox.read_after(through, 1)
        waited = (now_us() - oldest[0].appended_at_us) / MICROSECONDS if oldest else 0.0
        age.add_metric([sink], max(0.0, waited))
    yield entries
    yield age


def _freshness(freshness: Freshness) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "fraud_scorer_caught_up",
        "1 once all that the topics held at start has been applied.",
        value=freshness.is_caught_up,
    )
    yield GaugeMetricFamily(
        "fraud_scorer_state_age_seconds",
        "Since when something of the topics may be missing from the state.",
        value=freshness.age_us() / MICROSECONDS,
    )
    labels = ["topic", "partition"]
    lag = GaugeMetricFamily(
        "fraud_scorer_lag_messages", "Messages of a partition not applied yet.", labels=labels
    )
    letters = CounterMetricFamily(
        "fraud_scorer_dead_letters", "Messages that could not be applied.", labels=labels
    )
    for (topic, number), view in freshness.partitions().items():
        place = [topic, str(number)]
        lag.add_metric(place, max(0, view.end_offset - view.next_offset))
        letters.add_metric(place, view.dead_letters)
    yield lag
    yield letters
