"""Reads live payments from where the recorder writes them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import psycopg

from scorer.recorder.errors import translated
from training.drift.clock import Clock
from training.drift.decay import Caught
from training.drift.errors import TooFewPaymentsError
from training.drift.make import MATURITY
from training.drift.window import Window

MOST_ROWS: Final = 20_000
MOST_KNOWN: Final = 500_000
LABEL_WINDOW: Final = timedelta(days=7)
KNOWN_SINCE: Final = timedelta(days=35)
"""An account with a fraud in so long, known before a payment's day, is blocked by then."""
COVERED: Final = 0.9
"""Share of a window that its payments must span: hours of the day differ."""

COUNT: Final = """
SELECT count(*), min({at}), max({at}),
    min({at}) FILTER (WHERE model_version = %(version)s),
    max({at}) FILTER (WHERE model_version = %(version)s)
FROM predictions WHERE {at} >= %(start)s AND {at} < %(end)s
    AND NOT degraded AND contract_digest = %(contract)s
"""
ROWS: Final = """
SELECT features, extract(isodow FROM event_time AT TIME ZONE 'UTC')::int2 - 1::int2,
    CASE WHEN model_version = %(version)s THEN probability ELSE 'NaN' END
FROM predictions WHERE {at} >= %(start)s AND {at} < %(end)s
    AND NOT degraded AND contract_digest = %(contract)s
    AND hashtextextended(transaction_id, 0) %% %(one_in)s = 0
"""
# Accounts are drawn whole, as they are counted once.
KNOWN: Final = """
WITH blocked AS (
    SELECT p.account_id, min(l.known_at) AS known_at
    FROM labels l JOIN predictions p USING (transaction_id)
    WHERE l.fraud AND p.{at} >= %(blocked_since)s AND p.{at} < %(end)s
    GROUP BY 1
)
SELECT p.account_id, coalesce(l.fraud, false), p.probability >= p.review_threshold
FROM predictions p
LEFT JOIN blocked b USING (account_id)
LEFT JOIN LATERAL (
    SELECT fraud FROM labels
    WHERE transaction_id = p.transaction_id AND known_at <= p.event_time + %(maturity)s
    ORDER BY known_at DESC, recorded_at DESC LIMIT 1
) l ON true
WHERE p.{at} >= %(start)s AND p.{at} < %(end)s AND NOT p.degraded
    AND p.model_version = %(version)s AND p.contract_digest = %(contract)s
    AND hashtextextended(p.account_id, 0) %% %(one_in)s = 0
    AND (b.known_at IS NULL OR b.known_at
        >= date_trunc('day', p.event_time AT TIME ZONE 'UTC') AT TIME ZONE 'UTC')
ORDER BY p.event_time, p.transaction_id
"""
NEWEST: Final = "SELECT max({at}) FROM predictions"


@dataclass(frozen=True, slots=True)
class Span:
    """Which payments.

    Args:
        model_name: Of the registered model.
        model_version: Whose reference they are held against.
        contract_digest: Of their features.
        start: From then on.
        end: Until then, exclusive.
        clock: Whose time that is.
    """

    model_name: str
    model_version: str
    contract_digest: str
    start: datetime
    end: datetime
    clock: Clock = Clock.DECIDED


def newest_moment(dsn: str, clock: Clock) -> datetime:
    """Of all payments.

    Raises:
        TooFewPaymentsError: There are none.
        RecorderError: The database cannot be used.
    """
    with translated(), psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(NEWEST.format(at=clock.column)).fetchone()
    if row is None or row[0] is None:
        raise TooFewPaymentsError("nothing can be compared: no payment was decided yet")
    return datetime.fromtimestamp(row[0].timestamp(), UTC)


def read_window(dsn: str, span: Span) -> Window:
    """The payments of a window, a sample of them if there are many.

    Features are of all versions' payments, as they do not depend on who decides. Decisions by rules
    alone are left out.

    Raises:
        TooFewPaymentsError: There are none, or none in much of the window.
        RecorderError: The database cannot be used.
    """
    with translated(), psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        count, *seen = _asked(connection, COUNT, span)[0]
        _check_covered(span, seen[0], seen[1])
        rows = _asked(connection, ROWS, span, one_in=-(-count // MOST_ROWS))
        caught = _caught(connection, span)
    serves = _covers(span, seen[2], seen[3])
    notes = [] if serves else [f"probability: {_told(span, seen[2], seen[3])}"]
    if caught is None:
        notes.append(f"labels: version {span.model_version} decided nothing that is old enough")
    probability = np.array([row[2] for row in rows], np.float32)
    return Window(
        model_name=span.model_name,
        model_version=span.model_version,
        start=span.start,
        end=span.end,
        payments=count,
        features=np.array([row[0] for row in rows], np.float32),
        weekday=np.array([row[1] for row in rows], np.int8),
        probability=probability if serves else np.full_like(probability, np.nan),
        caught=caught,
        notes=tuple(notes),
    )


def _caught(connection: psycopg.Connection, span: Span) -> Caught | None:
    """Of a week whose labels have had time to come."""
    end = span.end - MATURITY
    old = replace(span, start=end - LABEL_WINDOW, end=end)
    count = _asked(connection, COUNT, old)[0][0]
    rows = _asked(
        connection,
        KNOWN,
        old,
        one_in=max(1, -(-count // MOST_KNOWN)),
        maturity=MATURITY,
        blocked_since=old.start - KNOWN_SINCE,
    )
    if not rows:
        return None
    accounts, fraud, flagged = (np.array([row[at] for row in rows]) for at in range(3))
    return Caught.of(accounts, fraud, flagged)


def _asked(
    connection: psycopg.Connection, query: str, span: Span, **values: object
) -> list[tuple[Any, ...]]:
    told = {
        "version": span.model_version,
        "contract": span.contract_digest,
        "start": span.start,
        "end": span.end,
    }
    with connection.cursor(binary=True) as cursor:
        return cursor.execute(query.format(at=span.clock.column), {**told, **values}).fetchall()


def _check_covered(span: Span, first: datetime | None, last: datetime | None) -> None:
    if not _covers(span, first, last):
        raise TooFewPaymentsError(f"nothing can be compared: {_told(span, first, last)}")


def _covers(span: Span, first: datetime | None, last: datetime | None) -> bool:
    return (
        first is not None and last is not None and last - first >= COVERED * (span.end - span.start)
    )


def _told(span: Span, first: datetime | None, last: datetime | None) -> str:
    window = f"of {span.start:%Y-%m-%d %H:%M} to {span.end:%Y-%m-%d %H:%M} UTC"
    if first is None or last is None:
        return f"no payments {window}"
    return f"payments {window} only from {first:%m-%d %H:%M} to {last:%m-%d %H:%M}"
