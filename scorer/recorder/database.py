"""The tables of the recorder."""

from collections.abc import Sequence

from scorer.recorder import label, prediction
from scorer.recorder.batch import Batch, RejectedEntry
from scorer.recorder.connection import connect
from scorer.recorder.copying import copy_rows, create_draft
from scorer.recorder.errors import translated
from scorer.recorder.partitions import ensure_partitions
from scorer.recorder.position import move_position, position_of


class RecordDatabase:
    """A session with PostgreSQL whose tables are of this build's version.

    Args:
        dsn: libpq address.

    Raises:
        DatabaseAwayError: It cannot be reached.
        DatabaseRefusedError: It does not let us make the tables.
        SchemaVersionError: Its tables are of a newer version.
    """

    def __init__(self, dsn: str) -> None:
        self._connection = connect(dsn, "fraud-recorder")
        try:
            with translated():
                ensure_partitions(self._connection, ())
                for table in ("predictions", "labels"):
                    create_draft(self._connection, table)
        except BaseException:
            self.close()
            raise

    def position_of(self, outbox_identity: str) -> int:
        """Up to where an outbox is recorded; 0 for one never seen.

        Raises:
            DatabaseAwayError: The session ended.
        """
        with translated():
            return position_of(self._connection, outbox_identity)

    def write(self, outbox_identity: str, position: int, batch: Batch) -> None:
        """Record what follows ``position`` and move the position, both or neither.

        Raises:
            PositionMovedError: ``position`` is no longer the outbox's; nothing was written.
            RowRefusedError: A value was refused; nothing was written.
            DatabaseAwayError: The session ended; it may have been written or not.
            DatabaseRefusedError: A statement was refused.
        """
        with translated():
            ensure_partitions(self._connection, batch.days)
            with self._connection.transaction():
                move_position(self._connection, outbox_identity, position, batch.last_seq)
                copy_rows(self._connection, "predictions", prediction.NAMES, batch.predictions)
                copy_rows(self._connection, "labels", label.NAMES, batch.labels)
                self._reject(outbox_identity, batch.rejected)

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def _reject(self, outbox_identity: str, rejected: Sequence[RejectedEntry]) -> None:
        if not rejected:
            return
        with self._connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO rejected_entries"
                " (outbox_identity, seq, kind, entry_key, reason, payload, appended_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, to_timestamp(%s))"
                " ON CONFLICT DO NOTHING",
                [_to_rejected_row(outbox_identity, each) for each in rejected],
            )


def _to_rejected_row(outbox_identity: str, rejected: RejectedEntry) -> tuple[object, ...]:
    entry = rejected.entry
    return (
        outbox_identity,
        entry.seq,
        entry.kind,
        # What PostgreSQL cannot keep as text must not stop the stream here of all places.
        entry.key.replace("\0", "\\0"),
        rejected.reason.replace("\0", "\\0"),
        entry.payload,
        entry.appended_at_us / 1e6,
    )
