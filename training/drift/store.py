"""Reports in PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg.rows import dict_row

from scorer.recorder.connection import connect
from scorer.recorder.errors import translated
from training.drift.errors import NoReportError
from training.drift.report import DriftReport, Measure

SAME: Final = """
SELECT report FROM drift_reports
WHERE model_name = %(model_name)s AND model_version = %(model_version)s
    AND window_start = %(window_start)s AND window_end = %(window_end)s
"""
REPORT: Final = """
INSERT INTO drift_reports
    (model_name, model_version, window_start, window_end, payments, drifted)
VALUES (%(model_name)s, %(model_version)s, %(window_start)s, %(window_end)s, %(payments)s,
    %(drifted)s)
RETURNING report
"""
MEASURE: Final = """
INSERT INTO drift_measures
    (report, subject, test, statistic, p_value, adjusted_p_value, threshold, drifted)
VALUES (%(report)s, %(subject)s, %(test)s, %(statistic)s, %(p_value)s, %(adjusted_p_value)s,
    %(threshold)s, %(drifted)s)
"""
LAST: Final = """
SELECT * FROM drift_reports WHERE model_name = %s ORDER BY window_end DESC, report DESC LIMIT %s
"""
MEASURES: Final = """
SELECT * FROM drift_measures WHERE report = ANY(%s) ORDER BY NOT drifted, p_value, subject
"""


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report as it is kept; without its notes.

    Args:
        number: Of the report.
        measured_at: When.
        report: What was found.
    """

    number: int
    measured_at: datetime
    report: DriftReport


def write_report(dsn: str, report: DriftReport) -> int:
    """Keep a report; one of the same version and window is replaced.

    Returns:
        Its number.

    Raises:
        RecorderError: The database cannot be used.
    """
    values = report.model_dump() | {"drifted": report.drifted}
    with connect(dsn, "fraud-drift") as connection, translated(), connection.transaction():
        old = [number for (number,) in connection.execute(SAME, values)]
        connection.execute("DELETE FROM drift_measures WHERE report = ANY(%s)", [old])
        connection.execute("DELETE FROM drift_reports WHERE report = ANY(%s)", [old])
        row = connection.execute(REPORT, values).fetchone()
        assert row is not None
        with connection.cursor() as cursor:
            measures = [each.model_dump() | {"report": row[0]} for each in report.measures]
            cursor.executemany(MEASURE, measures)
    return int(row[0])


def last_reports(dsn: str, model_name: str, limit: int) -> list[KeptReport]:
    """The last windows, the newest first.

    Raises:
        NoReportError: There is none.
        RecorderError: The database cannot be used.
    """
    with connect(dsn, "fraud-drift") as connection, translated():
        connection.execute("SET TIME ZONE 'UTC'")
        cursor = connection.cursor(row_factory=dict_row)
        rows = cursor.execute(LAST, (model_name, limit)).fetchall()
        measures = cursor.execute(MEASURES, ([row["report"] for row in rows],)).fetchall()
    if not rows:
        raise NoReportError(
            f"drift of `{model_name}` was never measured: `fraud drift measure` does"
        )
    return [_to_kept(row, measures) for row in rows]


def _to_kept(row: dict[str, Any], measures: list[dict[str, Any]]) -> KeptReport:
    own = [Measure.model_validate(each) for each in measures if each["report"] == row["report"]]
    report = DriftReport.model_validate({**row, "measures": tuple(own)})
    return KeptReport(row["report"], row["measured_at"], report)
