"""``python -m scorer.recorder``: record until SIGTERM or SIGINT."""

import sys
from contextlib import closing, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Literal

import structlog

from fraud.errors import LocalServiceError
from fraud.logs import configure_logs
from fraud.settings import Settings, load_settings
from fraud.signals import stop_on_signals
from fraud.tracing.start import tracing_of
from scorer.recorder.drain import Drain
from scorer.recorder.errors import RecorderError
from scorer.recorder.policy_watch import PolicyWatch
from scorer.recorder.recorder import Recorder
from scorer.recorder.registry_watch import RegistryWatch
from scorer.recorder.running import Worker, database_of, run, stop
from scorer.sinks.errors import OutboxError

if TYPE_CHECKING:
    from fraud.tracing.tracing import Tracing
    from scorer.tracing.drains import DrainTracer

log = structlog.get_logger(__name__)


def main() -> int:
    """Record; returns the exit code."""
    settings = load_settings()
    configure_logs(settings.logging)
    try:
        tracing = tracing_of(settings.tracing, "recorder")
        with database_of(settings) as dsn, nullcontext() if tracing is None else closing(tracing):
            drains: list[Worker] = [*drains_of(settings, dsn, tracing), *watches_of(settings, dsn)]
            stop_on_signals(partial(stop, drains))
            run(drains)
    except (RecorderError, OutboxError, LocalServiceError) as exc:
        log.error("recorder.failed", reason=str(exc))  # noqa: TRY400 - it is told in the reason
        return 1
    return 0


def drains_of(settings: Settings, dsn: str, tracing: "Tracing | None" = None) -> list[Drain]:
    """Into PostgreSQL, and when a broker is set into Kafka; none waits for another."""
    outbox, recorder = settings.outbox_path, settings.recorder
    drains: list[Drain] = [Recorder(outbox, dsn, recorder, _tracer_of(tracing, "record"))]
    if settings.kafka.bootstrap_servers is not None:
        from scorer.recorder.label_topic import LabelTopic
        from scorer.recorder.publisher import Publisher

        tracer = _tracer_of(tracing, "publish")
        drains.append(Publisher(outbox, settings.kafka, recorder, tracer))
        drains.append(LabelTopic(dsn, settings.kafka, recorder))
    return drains


def watches_of(settings: Settings, dsn: str) -> list[Worker]:
    """What the ledger is told of: changes of policy, and what is moved at a registry by hand."""
    registry = settings.registry
    policy = PolicyWatch(settings.outbox_path, dsn, registry.model_name, registry.poll_seconds)
    return [policy] if registry.directory is not None else [policy, RegistryWatch(dsn, registry)]


def _tracer_of(
    tracing: "Tracing | None", name: Literal["record", "publish"]
) -> "DrainTracer | None":
    if tracing is None:
        return None
    # Imported here: a recorder that traces nothing needs no client of a collector.
    from scorer.tracing.drains import DrainTracer

    return DrainTracer(tracing, name)


if __name__ == "__main__":
    sys.exit(main())
