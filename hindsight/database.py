"""The tables of explanations and of what shadow versions said."""

from collections.abc import Sequence
from itertools import groupby

from hindsight.findings import EXPLANATION, SHADOW_PREDICTION, Findings, Unexplained
from scorer.recorder.connection import connect_to_copy
from scorer.recorder.copying import copy_rows
from scorer.recorder.errors import translated
from scorer.recorder.position import move_position, position_of

COUNT_UNEXPLAINED = """
INSERT INTO unexplained (model_digest, model_version, reason, payments, last_decided_at)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (model_digest) DO UPDATE SET
    model_version = excluded.model_version,
    reason = excluded.reason,
    payments = unexplained.payments + excluded.payments,
    last_decided_at = greatest(unexplained.last_decided_at, excluded.last_decided_at)
"""


class HindsightDatabase:
    """A session with PostgreSQL; its tables are the recorder's migrations'.

    Args:
        dsn: libpq address.

    Raises:
        DatabaseAwayError: It cannot be reached.
        DatabaseRefusedError: It does not let us make the tables.
        SchemaVersionError: Its tables are of a newer version.
    """

    def __init__(self, dsn: str) -> None:
        tables = ("explanations", "shadow_predictions")
        self._connection = connect_to_copy(dsn, "fraud-hindsight", tables)

    def position_of(self, key: str) -> int:
        """Up to where everything under ``key`` is through; 0 for one never seen.

        Raises:
            DatabaseAwayError: The session ended.
        """
        with translated():
            return position_of(self._connection, key)

    def write(self, key: str, position: int, last_seq: int, findings: Findings) -> None:
        """Write findings and move the position, both or neither.

        Raises:
            PositionMovedError: ``position`` is no longer that of ``key``; nothing was written.
            RowRefusedError: A value was refused; nothing was written.
            DatabaseAwayError: The session ended; it may have been written or not.
        """
        with translated(), self._connection.transaction():
            move_position(self._connection, key, position, last_seq)
            self._insert(findings)

    def write_ahead(self, findings: Findings) -> None:
        """Write findings whose turn has not come; writing them again then changes nothing.

        Raises:
            RowRefusedError: A value was refused; nothing was written.
            DatabaseAwayError: The session ended; it may have been written or not.
        """
        with translated(), self._connection.transaction():
            self._insert(findings)

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def _insert(self, findings: Findings) -> None:
        copy_rows(self._connection, "explanations", EXPLANATION, findings.explanations)
        copy_rows(
            self._connection, "shadow_predictions", SHADOW_PREDICTION, findings.shadow_predictions
        )
        self._count(findings.unexplained)

    def _count(self, unexplained: Sequence[Unexplained]) -> None:
        by_model = sorted(unexplained, key=lambda each: each.decided.model_digest)
        for digest, group in groupby(by_model, key=lambda each: each.decided.model_digest):
            found = list(group)
            last = max(found, key=lambda each: each.decided.decided_at)
            self._connection.execute(
                COUNT_UNEXPLAINED,
                (
                    digest,
                    last.decided.model_version,
                    last.reason,
                    len(found),
                    last.decided.decided_at,
                ),
            )
