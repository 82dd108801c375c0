"""The native hot path, put together: what a scorer shares between Python and what needs none."""

from features_rs import Engine, Store, Turns
from fraud.exposition.buckets import CELLS_US
from scorer.features.labels import LabelBook
from scorer.metrics.shard import Latencies, Shard
from scorer.sinks.native import NativeOutbox


def engine_of(store: Store, outbox: NativeOutbox, turns: Turns, labels: LabelBook) -> Engine:
    """An engine over the parts that Python's pipeline works on too; it has no model yet."""
    return Engine(store, outbox.file, turns, labels.waiting, list(CELLS_US))


def counted_by(engine: Engine) -> Shard:
    """What an engine has counted, as one of a tally's shards."""
    shard = Shard()
    shard.late, outcomes, channels = engine.counted()
    for decision, variant, version, count in outcomes:
        shard.outcomes[decision, variant, version] = count
    for channel, cells, sums in channels:
        latencies = shard.channels[channel] = Latencies()
        latencies.cells, latencies.sums = cells, sums
    return shard
