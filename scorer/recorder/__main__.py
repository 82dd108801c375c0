"""``python -m scorer.recorder``: record until SIGTERM or SIGINT."""

import sys

import structlog

from fraud.errors import LocalServiceError
from fraud.logs import configure_logs
from fraud.settings import Settings, load_settings
from scorer.recorder.drain import Drain
from scorer.recorder.errors import RecorderError
from scorer.recorder.recorder import Recorder
from scorer.recorder.registry_watch import RegistryWatch
from scorer.recorder.running import Worker, database_of, run, stop_on_signals
from scorer.sinks.errors import OutboxError

log = structlog.get_logger(__name__)


def main() -> int:
    """Record; returns the exit code."""
    settings = load_settings()
    configure_logs(settings.logging)
    try:
        with database_of(settings) as dsn:
            drains: list[Worker] = [*drains_of(settings, dsn), *watches_of(settings, dsn)]
            stop_on_signals(drains)
            run(drains)
    except (RecorderError, OutboxError, LocalServiceError) as exc:
        log.error("recorder.failed", reason=str(exc))  # noqa: TRY400 - it is told in the reason
        return 1
    return 0


def drains_of(settings: Settings, dsn: str) -> list[Drain]:
    """Into PostgreSQL, and into Kafka when a broker is set; neither waits for the other."""
    drains: list[Drain] = [Recorder(settings.outbox_path, dsn, settings.recorder)]
    if settings.kafka.bootstrap_servers is not None:
        from scorer.recorder.publisher import Publisher

        drains.append(Publisher(settings.outbox_path, settings.kafka, settings.recorder))
    return drains


def watches_of(settings: Settings, dsn: str) -> list[RegistryWatch]:
    """What is changed at the registry by hand is noted, where there is a registry."""
    if settings.registry.directory is not None:
        return []
    return [RegistryWatch(dsn, settings.registry)]


if __name__ == "__main__":
    sys.exit(main())
