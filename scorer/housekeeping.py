"""What the scorer does aside from scoring, and how often."""

import time

from fraud.settings import Settings
from scorer.features.payments import PaymentIndex
from scorer.features.state import LiveState
from scorer.jobs import PeriodicJob
from scorer.sinks.outbox import Outbox
from scorer.sinks.position import Sink

CHECKPOINT_SECONDS = 1.0
INDEX_SECONDS = 1.0
PRUNE_SECONDS = 10.0
PRUNE_ROWS = 1000
HOUR_US = 3_600_000_000
# Between two batches, so that payments are not kept from the processor.
BREATH_SECONDS = 0.005


def jobs_of(
    settings: Settings,
    outbox: Outbox,
    state: LiveState,
    index: PaymentIndex,
) -> list[PeriodicJob]:
    """The scorer's background jobs, not yet started."""

    def snapshot() -> None:
        state.evict_idle()
        state.save()

    def index_payments() -> None:
        while state.index_payments():
            time.sleep(BREATH_SECONDS)

    def prune() -> None:
        kept_us = int(settings.outbox.retention_hours * HOUR_US)
        outbox.prune(
            # What the recorder or the index has not read yet must stay.
            min(drained_through(settings, outbox), index.position_in(outbox.identity)),
            time.time_ns() // 1000 - kept_us,
            PRUNE_ROWS,
        )
        joined_us = int(settings.scorer.label_days * 24 * HOUR_US)
        index.prune(state.newest_event_us - joined_us, PRUNE_ROWS)

    return [
        PeriodicJob("snapshot", settings.scorer.snapshot_seconds, snapshot),
        PeriodicJob("checkpoint", CHECKPOINT_SECONDS, outbox.checkpoint),
        PeriodicJob("index", INDEX_SECONDS, index_payments),
        PeriodicJob("prune", PRUNE_SECONDS, prune),
    ]


def drained_through(settings: Settings, outbox: Outbox) -> int:
    """Up to where every sink that is switched on has everything."""
    return min(outbox.drained_through(sink) for sink in sinks_of(settings))


def sinks_of(settings: Settings) -> list[Sink]:
    """The sinks that are switched on."""
    sinks: list[Sink] = ["recorded"]
    if settings.kafka.bootstrap_servers is not None:
        sinks.append("published")
    if settings.hindsight.enabled:
        sinks += ["explained", "shadowed"]
    return sinks
