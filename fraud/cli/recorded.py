"""What commands share that read what was recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from fraud.cli.errors import CommandError
from fraud.settings import Settings, load_settings
from hindsight.errors import HindsightError
from scorer.recorder.errors import RecorderError


@contextmanager
def recorded() -> Iterator[str]:
    """Yields the address of the database; its errors and ours become a person's."""
    try:
        with _database_of(load_settings()) as dsn:
            yield dsn
    except RecorderError as exc:
        raise CommandError(
            f"Failed to read what was recorded: {exc}",
            "`fraud record` writes it; set FRAUD_RECORDER__DSN to where it is",
        ) from exc
    except HindsightError as exc:
        raise CommandError(str(exc)) from exc


@contextmanager
def _database_of(settings: Settings) -> Iterator[str]:
    """The database that is set, or the embedded one; started for as long if it does not run."""
    if settings.recorder.dsn is not None:
        yield settings.recorder.dsn
        return
    if not settings.postgres_dir.is_dir():
        raise CommandError(
            f"Failed to read what was recorded: there is nothing in `{settings.postgres_dir}`",
            "`fraud record` writes it; set FRAUD_RECORDER__DSN to where it is",
        )
    from fraud.local.postgres import EmbeddedPostgres

    with EmbeddedPostgres(settings.postgres_dir) as postgres:
        yield postgres.dsn


def in_utc(moment: datetime) -> datetime:
    """A moment as typed, which is in UTC unless it says otherwise.

    >>> in_utc(datetime(2026, 11, 24)).isoformat()
    '2026-11-24T00:00:00+00:00'
    """
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
