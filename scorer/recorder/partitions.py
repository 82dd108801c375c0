"""A partition of ``predictions`` for each day, there before it is needed."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import psycopg
from psycopg import sql

DAYS_AHEAD = 2
# Recorders make partitions in turn; the number is arbitrary and ours.
LOCK = 7_310_001


def ensure_partitions(connection: psycopg.Connection, days: Iterable[date]) -> list[str]:
    """Make the partitions of these days, of today and of the next days, where missing.

    Returns:
        Names of those that were made.
    """
    today = datetime.now(UTC).date()
    wanted = {*days, *(today + timedelta(ahead) for ahead in range(DAYS_AHEAD + 1))}
    missing = [day for day in sorted(wanted) if not _exists(connection, day)]
    if missing:
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            for day in missing:
                _create(connection, day)
    return [partition_name(day) for day in missing]


def partition_name(day: date) -> str:
    """The table of a day.

    >>> partition_name(date(2026, 1, 31))
    'predictions_2026_01_31'
    """
    return f"predictions_{day:%Y_%m_%d}"


def _exists(connection: psycopg.Connection, day: date) -> bool:
    row = connection.execute("SELECT to_regclass(%s)", (partition_name(day),)).fetchone()
    return row is not None and row[0] is not None


def _create(connection: psycopg.Connection, day: date) -> None:
    statement = sql.SQL(
        "CREATE TABLE IF NOT EXISTS {} PARTITION OF predictions FOR VALUES FROM ({}) TO ({})"
    )
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    end = begin + timedelta(days=1)
    connection.execute(
        statement.format(sql.Identifier(partition_name(day)), sql.Literal(begin), sql.Literal(end))
    )
