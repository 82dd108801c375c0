"""Runs what drains an outbox, each on a thread, beside the database it writes to."""

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Protocol

from fraud.settings import Settings


class Worker(Protocol):
    """What runs on a thread of its own until it is stopped."""

    def run(self) -> None:
        """Work; returns when stopped."""

    def stop(self) -> None:
        """Have ``run`` return."""


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


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """The address of the database that is set, or of the embedded one, started."""
    if settings.recorder.dsn is not None:
        yield settings.recorder.dsn
        return
    # Commands that somebody waits for come here as well, where a database is set.
    import structlog

    from fraud.local.postgres import EmbeddedPostgres

    with EmbeddedPostgres(settings.postgres_dir) as postgres:
        structlog.get_logger(__name__).info("postgres.embedded", dsn=postgres.dsn)
        yield postgres.dsn
