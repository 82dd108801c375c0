"""What PostgreSQL knows of the decisions' quality at one moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

import psycopg
from psycopg.rows import class_row

from hindsight.reports.truth import TRUTHS

WINDOWS: Final = {"1h": timedelta(hours=1), "1d": timedelta(days=1), "7d": timedelta(days=7)}
"""Over the payments whose truth came to be known so long before the newest payment."""

COUNTS: Final = f"""
WITH {TRUTHS}
SELECT model_version, variant,
    count(*) FILTER (WHERE fraud AND decision <> 'approve') AS caught,
    count(*) FILTER (WHERE fraud AND decision = 'approve') AS missed,
    count(*) FILTER (WHERE NOT fraud AND decision <> 'approve') AS bothered,
    count(*) FILTER (WHERE NOT fraud AND decision = 'approve') AS passed
FROM truths
WHERE truth_known_at > (SELECT max(event_time) FROM predictions) - %(window)s::interval
GROUP BY model_version, variant
"""  # noqa: S608 - of constants
DELAYS: Final = """
SELECT extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY known_at - happened_at)),
    extract(epoch FROM percentile_cont(0.9) WITHIN GROUP (ORDER BY known_at - happened_at)),
    count(*), count(*) FILTER (WHERE NOT EXISTS (
        SELECT FROM predictions p WHERE p.transaction_id = l.transaction_id))
FROM current_labels l
WHERE known_at > (SELECT max(event_time) FROM predictions) - %(window)s::interval
"""
SHADOWS: Final = """
SELECT model_version, count(*) FILTER (WHERE decision <> 'approve') AS stopped, count(*) AS payments
FROM shadow_predictions
WHERE decided_at > (SELECT max(decided_at) FROM shadow_predictions) - %(window)s::interval
GROUP BY model_version
"""
PROMOTED: Final = """
SELECT max(changed_at) FROM ledger WHERE subject = 'alias' AND subject_name = 'champion'
"""
DRIFT: Final = """
SELECT r.model_version, r.window_end, m.subject, m.test, m.statistic, m.drifted
FROM drift_measures m JOIN drift_reports r USING (report)
WHERE report = (SELECT max(report) FROM drift_reports)
"""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Decisions of one version beside the truth; a review counts as stopped.

    Args:
        model_version: Of the registry.
        variant: ``champion`` or ``challenger``.
        caught: Frauds that were stopped.
        missed: Frauds that were approved.
        bothered: Genuine payments that were stopped.
        passed: Genuine payments that were approved.
    """

    model_version: str
    variant: str
    caught: int
    missed: int
    bothered: int
    passed: int


@dataclass(frozen=True, slots=True)
class Delays:
    """Of labels that came to be known within a window.

    Args:
        median: Seconds from the payment to its label; None without labels.
        slow: The same of the slowest tenth.
        labels: How many there are.
        unknown: Those whose payment was never decided here.
    """

    median: float | None
    slow: float | None
    labels: int
    unknown: int


@dataclass(frozen=True, slots=True)
class ShadowShare:
    """What a shadow version would have done with the payments of a window.

    Args:
        model_version: Of the registry.
        stopped: Payments that it would have stopped.
        payments: All that it scored.
    """

    model_version: str
    stopped: int
    payments: int


@dataclass(frozen=True, slots=True)
class DriftMeasure:
    """One measure of the newest drift report."""

    model_version: str
    window_end: datetime
    subject: str
    test: str
    statistic: float
    drifted: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that was asked for.

    Args:
        confusions: By window.
        delays: By window.
        shadows: By window.
        promoted_at: When the champion last changed; None where no ledger says.
        drift: Of the newest report.
    """

    confusions: dict[str, list[Confusion]]
    delays: dict[str, Delays]
    shadows: dict[str, list[ShadowShare]]
    promoted_at: datetime | None
    drift: list[DriftMeasure]

    @classmethod
    def ask(cls, connection: psycopg.Connection, maturity: timedelta) -> Self:
        """Ask PostgreSQL.

        Args:
            connection: A session.
            maturity: See :mod:`hindsight.reports.truth`.
        """
        return cls(
            {name: _confusions(connection, each, maturity) for name, each in WINDOWS.items()},
            {name: _delays(connection, each) for name, each in WINDOWS.items()},
            {name: _shadows(connection, each) for name, each in WINDOWS.items()},
            _one(connection.execute(PROMOTED)),
            connection.cursor(row_factory=class_row(DriftMeasure)).execute(DRIFT).fetchall(),
        )


def _confusions(
    connection: psycopg.Connection, window: timedelta, maturity: timedelta
) -> list[Confusion]:
    asked = {"window": window, "maturity": maturity}
    return connection.cursor(row_factory=class_row(Confusion)).execute(COUNTS, asked).fetchall()


def _delays(connection: psycopg.Connection, window: timedelta) -> Delays:
    row = connection.execute(DELAYS, {"window": window}).fetchone()
    assert row is not None, "an aggregate has a row"
    median, slow = (None if each is None else float(each) for each in row[:2])
    return Delays(median, slow, *row[2:])


def _shadows(connection: psycopg.Connection, window: timedelta) -> list[ShadowShare]:
    cursor = connection.cursor(row_factory=class_row(ShadowShare))
    return cursor.execute(SHADOWS, {"window": window}).fetchall()


def _one(cursor: psycopg.Cursor[Any]) -> Any:
    row = cursor.fetchone()
    return None if row is None else row[0]
