"""``python -m scorer.recorder``: record until SIGTERM or SIGINT."""

import signal
import sys
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
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: recorder.stop())
            recorder.run()
    except (RecorderError, OutboxError, LocalServiceError) as exc:
        log.error("recorder.failed", reason=str(exc))  # noqa: TRY400 - it is told in the reason
        return 1
    return 0


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
