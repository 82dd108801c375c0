"""The append-only table of every change of what decides payments."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final, Self

from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from scorer.recorder.connection import connect
from scorer.recorder.errors import translated
from scorer.recorder.ledger_entry import LedgerEntry, Subject

# With the model's name, the key of the lock that makes changes take turns.
LOCK = "fraud-ledger"
INSERT: Final = """
INSERT INTO ledger (model_name, subject, subject_name, old_value, new_value, changed_by, reason,
    gate_report, changed_at)
SELECT %(model)s, %(subject)s, %(name)s, %(old)s, %(new)s, %(by)s, %(reason)s, %(report)s,
    coalesce(%(at)s::timestamptz, clock_timestamp())
WHERE NOT EXISTS (
    SELECT FROM ledger WHERE model_name = %(model)s AND subject = %(subject)s
        AND subject_name = %(name)s AND changed_at = %(at)s::timestamptz
)
"""


class Ledger:
    """The ledger of one model; a session with PostgreSQL.

    Args:
        dsn: libpq address.
        model_name: Of the registered model.

    Raises:
        RecorderError: The database cannot be used.
    """

    def __init__(self, dsn: str, model_name: str) -> None:
        self._model_name = model_name
        self._connection = connect(dsn, "fraud-ledger")

    @contextmanager
    def change(self) -> Iterator[Self]:
        """Hold the ledger while something is changed: what is added counts if the block succeeds.

        Changes take turns, so that whoever compares the ledger with the registry finds neither a
        row without its change nor a change without its row.

        Raises:
            RecorderError: The database cannot be used.
        """
        with translated(), self._connection.transaction():
            self._connection.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                (f"{LOCK}:{self._model_name}",),
            )
            yield self

    def add(self, entry: LedgerEntry) -> bool:
        """Write a row; for good, unless within a :meth:`change` that fails.

        One that tells when it was is written once, however often it is added.

        Returns:
            Whether it was not there.

        Raises:
            RecorderError: The database cannot be used, or refuses the row.
        """
        with translated():
            return self._connection.execute(INSERT, self._values(entry)).rowcount == 1

    def last_words(self, subject: Subject) -> Mapping[str, str | None]:
        """Name -> what the newest row says of it.

        Raises:
            RecorderError: The database cannot be used.
        """
        with translated():
            rows = self._connection.execute(
                "SELECT DISTINCT ON (subject_name) subject_name, new_value FROM ledger"
                " WHERE model_name = %s AND subject = %s ORDER BY subject_name, entry DESC",
                (self._model_name, subject),
            ).fetchall()
        return {str(name): value for name, value in rows}

    def entries(
        self, *, until: datetime | None = None, value: str | None = None
    ) -> list[LedgerEntry]:
        """Rows, oldest first.

        Args:
            until: Only those written by then.
            value: Only those of aliases and stages that lead to or from this version, and all of
                traffic and policy.

        Raises:
            RecorderError: The database cannot be used.
        """
        conditions = [sql.SQL("model_name = %(model)s")]
        if until is not None:
            conditions.append(sql.SQL("changed_at <= %(until)s"))
        if value is not None:
            conditions.append(
                sql.SQL("(subject IN ('traffic', 'policy') OR %(value)s IN (old_value, new_value))")
            )
        query = sql.SQL(
            "SELECT subject, subject_name, old_value, new_value, changed_by, reason, gate_report,"
            " changed_at FROM ledger WHERE {} ORDER BY entry"
        ).format(sql.SQL(" AND ").join(conditions))
        told = {"model": self._model_name, "until": until, "value": value}
        with translated(), self._connection.cursor(row_factory=dict_row) as cursor:
            return [LedgerEntry(**row) for row in cursor.execute(query, told)]

    def _values(self, entry: LedgerEntry) -> dict[str, object]:
        return {
            "model": self._model_name,
            "subject": entry.subject,
            "name": entry.subject_name,
            "old": entry.old_value,
            "new": entry.new_value,
            "by": entry.changed_by,
            "reason": entry.reason,
            "report": None if entry.gate_report is None else Jsonb(entry.gate_report),
            "at": entry.changed_at,
        }

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
