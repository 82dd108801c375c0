"""``python -m scorer.recorder``: record until SIGTERM or SIGINT."""

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Protocol

import structlog

from fraud.errors import LocalServiceError
from fraud.logs import configure_logs
from fraud.settings import Settings, load_settings
from scorer.recorder.drain import Drain
from scorer.recorder.errors import RecorderError
from scorer.recorder.recorder import Recorder
from scorer.recorder.registry_watch import RegistryWatch
from scorer.sinks.errors import OutboxError

log = structlog.get_logger(__name__)


class Worker(Protocol):
    """What runs on a thread of its own until it is stopped."""

    def run(self) -> None:
        """Work; returns when stopped."""

    def stop(self) -> None:
        """Have ``run`` return."""


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


def run(drains: Sequence[Worker]) -> None:
    """Run each on a thread of its own until all are stopped; when one fails, so do the others."""
    with ThreadPoolExecutor(len(drains), "drain") as pool:
        runs = [pool.submit(drain.run) for drain in drains]
        wait(runs, return_when=FIRST_COMPLETED)
        stop(drains)
    for each in runs:
        each.result()


def stop(drains: Sequence[Worker]) -> None:
    """Have all return from ``run``."""
    for drain in drains:
        drain.stop()


def stop_on_signals(drains: Sequence[Worker]) -> None:
    """Have SIGTERM and SIGINT stop all."""

    def handle(*_: object) -> None:
        # On a thread: the handler interrupts code that may hold the lock that `stop` takes.
        threading.Thread(target=stop, args=[drains]).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """The address of the database that is set, or of the embedded one, started."""
    if settings.recorder.dsn is not None:
        yield settings.recorder.dsn
        return
    from fraud.local.postgres import EmbeddedPostgres

    with EmbeddedPostgres(settings.postgres_dir) as postgres:
        log.info("postgres.embedded", dsn=postgres.dsn)
        yield postgres.dsn


if __name__ == "__main__":
    sys.exit(main())
