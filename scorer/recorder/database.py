"""The tables of the recorder."""

from collections.abc import Sequence

import psycopg
from psycopg import sql

from scorer.recorder import label, prediction
from scorer.recorder.batch import Batch, RejectedEntry
from scorer.recorder.column import Row
from scorer.recorder.errors import PositionMovedError, translated
from scorer.recorder.migrate import migrate
from scorer.recorder.partitions import ensure_partitions

CONNECT_SECONDS = 5
# A peer that vanished without a word is given up after this many milliseconds.
SILENCE_MS = 10_000


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
        with translated():
            self._connection = psycopg.connect(
                dsn,
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                tcp_user_timeout=SILENCE_MS,
                application_name="fraud-recorder",
            )
        try:
            with translated():
                migrate(self._connection)
                ensure_partitions(self._connection, ())
                self._create_drafts()
        except BaseException:
            self.close()
            raise

    def position_of(self, outbox_identity: str) -> int:
        """Up to where an outbox is recorded; 0 for one never seen.

        Raises:
            DatabaseAwayError: The session ended.
        """
        with translated():
            self._connection.execute(
                "INSERT INTO recorder_positions (outbox_identity, seq) VALUES (%s, 0)"
                " ON CONFLICT DO NOTHING",
                (outbox_identity,),
            )
            row = self._connection.execute(
                "SELECT seq FROM recorder_positions WHERE outbox_identity = %s", (outbox_identity,)
            ).fetchone()
        return int(row[0]) if row else 0

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
                self._move(outbox_identity, position, batch.last_seq)
                self._insert("predictions", prediction.NAMES, batch.predictions)
                self._insert("labels", label.NAMES, batch.labels)
                self._reject(outbox_identity, batch.rejected)

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def _create_drafts(self) -> None:
        """Tables of this session that rows are copied into, as COPY knows no ON CONFLICT."""
        for table in ("predictions", "labels"):
            statement = (
                "CREATE TEMPORARY TABLE {} (LIKE {} INCLUDING DEFAULTS) ON COMMIT DELETE ROWS"
            )
            draft, kept = sql.Identifier(f"draft_{table}"), sql.Identifier(table)
            self._connection.execute(sql.SQL(statement).format(draft, kept))

    def _move(self, outbox_identity: str, position: int, last_seq: int) -> None:
        # First in the transaction: the row's lock makes two recorders take turns.
        moved = self._connection.execute(
            "UPDATE recorder_positions SET seq = %s, updated_at = now()"
            " WHERE outbox_identity = %s AND seq = %s",
            (last_seq, outbox_identity, position),
        ).rowcount
        if moved == 0:
            raise PositionMovedError(f"outbox {outbox_identity} is no longer at {position}")

    def _insert(self, table: str, names: Sequence[str], rows: Sequence[Row]) -> None:
        if not rows:
            return
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        draft, kept = sql.Identifier(f"draft_{table}"), sql.Identifier(table)
        with self._connection.cursor() as cursor:
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(draft, columns)
            with cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(
                sql.SQL("INSERT INTO {} SELECT * FROM {} ON CONFLICT DO NOTHING").format(
                    kept, draft
                )
            )

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
