"""``python -m scorer.recorder``: record until SIGTERM or SIGINT."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from fraud.errors import LocalServiceError
from fraud.logs import configure_logs
from fraud.settings import Settings, load_settings
from scorer.recorder.errors import RecorderError
from scorer.recorder.recorder import Recorder
from scorer.sinks.errors import OutboxError

log = structlog.get_logger(__name__)


def main() -> int:
    """Record; returns the exit code."""
    settings = load_settings()
    configure_logs(settings.logging)
    try:
        with database_of(settings) as dsn:
            recorder = Recorder(settings.outbox_path, dsn, settings.recorder)
            stop_on_signals(recorder)
            recorder.run()
    except (RecorderError, OutboxError, LocalServiceError) as exc:
        log.error("recorder.failed", reason=str(exc))  # noqa: TRY400 - it is told in the reason
        return 1
    return 0


def stop_on_signals(recorder: Recorder) -> None:
    """Have SIGTERM and SIGINT stop the recorder."""

    def stop(*_: object) -> None:
        # On a thread: the handler interrupts `run`, which may hold the lock that `stop` takes.
        threading.Thread(target=recorder.stop).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


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
