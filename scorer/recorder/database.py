"""The tables of the recorder."""

from scorer.recorder import label, prediction
from scorer.recorder.batch import Batch
from scorer.recorder.connection import connect_to_copy
from scorer.recorder.copying import copy_rows
from scorer.recorder.errors import translated
from scorer.recorder.partitions import ensure_partitions
from scorer.recorder.position import move_position, position_of
from scorer.recorder.rejecting import reject_entries


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
        self._connection = connect_to_copy(dsn, "fraud-recorder", ("predictions", "labels"))
        try:
            with translated():
                ensure_partitions(self._connection, ())
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
                reject_entries(self._connection, outbox_identity, batch.rejected)

    def close(self) -> None:
        """End the session."""
        self._connection.close()
