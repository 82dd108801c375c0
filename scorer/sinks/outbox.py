"""The durable log of decisions and labels, and the memory of what was answered."""

import hashlib
import sqlite3
import threading
import time
from collections.abc import Sequence
from itertools import batched
from pathlib import Path

from scorer.sinks.database import Synchronous, identity_of, open_for_writing
from scorer.sinks.entry import AppendedLabels, OutboxEntry, StoredLabel, StoredPrediction
from scorer.sinks.errors import DuplicateEntryError, to_outbox_error, translated
from scorer.sinks.maintenance import Maintenance
from scorer.sinks.position import Sink, read_position
from scorer.sinks.rows import entries_after, newest_seq_of

__all__ = ["AppendedLabels", "Outbox", "OutboxEntry", "StoredLabel", "StoredPrediction"]

FIND_PREDICTION = "SELECT payload, digest FROM entries WHERE kind = 0 AND key = ?"
FIND_LABELS = "SELECT payload FROM entries WHERE kind = 1 AND key = ? ORDER BY seq"
APPEND_PREDICTION = (
    "INSERT INTO entries (kind, key, digest, payload, appended_at_us) VALUES (0, ?, ?, ?, ?)"
)
APPEND_LABEL = (
    "INSERT OR IGNORE INTO entries (kind, key, digest, payload, appended_at_us)"
    " VALUES (1, ?, ?, ?, ?)"
)
# Labels committed at once; a decision waits for no more than that.
LABEL_BATCH = 16


class Outbox:
    """What the scorer answered and was told, in order, on disk (SQLite, write-ahead log).

    One process writes; others read through :class:`scorer.sinks.reader.OutboxReader`. May be
    called from any thread. What a method has returned survives the death of the process; with
    ``synchronous="full"`` also a power cut.

    Args:
        path: The file; made when it is not there.
        synchronous: ``normal`` or ``full``.

    Raises:
        OutboxVersionError: The file is of another schema version.
        OutboxDamagedError: The file is not an outbox.
        OutboxUnavailableError: The file cannot be made or opened.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> outbox = Outbox(Path(folder.name) / "outbox.sqlite", "normal")
    >>> outbox.append_prediction("t1", b"digest", b"answer")
    1
    >>> outbox.find_prediction("t1")
    StoredPrediction(payload=b'answer', request_digest=b'digest')
    >>> outbox.append_labels([StoredLabel("t1", b"fraud"), StoredLabel("t1", b"fraud")])
    AppendedLabels(accepted=1, duplicates=1)
    >>> [(entry.seq, entry.kind) for entry in outbox.read_after(0, 10)]
    [(1, 'prediction'), (2, 'label')]
    >>> outbox.close()
    >>> folder.cleanup()
    """

    def __init__(self, path: Path, synchronous: Synchronous) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._database = open_for_writing(path, synchronous)
        self._maintenance = Maintenance(path, synchronous, self._lock)
        with translated(path):
            self._newest_seq = newest_seq_of(self._database)
            self.identity = identity_of(self._database)

    def find_prediction(self, transaction_id: str) -> StoredPrediction | None:
        """What was answered on a transaction id, if anything was and it is still kept."""
        try:
            with self._lock:
                row = self._database.execute(FIND_PREDICTION, (transaction_id,)).fetchone()
        except sqlite3.Error as exc:
            raise to_outbox_error(exc, self._path) from exc
        return None if row is None else StoredPrediction(*row)

    def append_prediction(self, transaction_id: str, request_digest: bytes, payload: bytes) -> int:
        """Make a decision durable.

        Returns:
            Its position.

        Raises:
            DuplicateEntryError: There is a decision under this id; nothing was changed.
            OutboxUnavailableError: It cannot be written, such as on a full disk.
        """
        values = (transaction_id, request_digest, payload, time.time_ns() // 1000)
        try:
            with self._lock:
                # One statement in autocommit: begin, insert and commit in one call.
                seq = self._database.execute(APPEND_PREDICTION, values).lastrowid
                self._newest_seq = seq = int(seq or 0)
        except sqlite3.IntegrityError as exc:
            raise DuplicateEntryError(transaction_id) from exc
        except sqlite3.Error as exc:
            raise to_outbox_error(exc, self._path) from exc
        return seq

    def append_labels(self, labels: Sequence[StoredLabel]) -> AppendedLabels:
        """Make labels durable; those that are there already, byte for byte, are only counted.

        All are durable on return. After an error some may be; appending all again is harmless.

        Raises:
            OutboxUnavailableError: They cannot be written.
        """
        now_us = time.time_ns() // 1000
        rows = [
            (label.transaction_id, hashlib.sha256(label.payload).digest(), label.payload, now_us)
            for label in labels
        ]
        with translated(self._path):
            accepted = sum(self._append_label_rows(batch) for batch in batched(rows, LABEL_BATCH))
        return AppendedLabels(accepted, len(rows) - accepted)

    def labels_of(self, transaction_id: str) -> list[bytes]:
        """Payloads of the kept labels of a payment, in the order in which they came."""
        with translated(self._path), self._lock:
            rows = self._database.execute(FIND_LABELS, (transaction_id,)).fetchall()
        return [row[0] for row in rows]

    def read_after(self, seq: int, limit: int) -> list[OutboxEntry]:
        """At most ``limit`` entries behind position ``seq``, in order.

        For work beside the hot path; an append waits meanwhile, about 2 us an entry.
        """
        with translated(self._path), self._lock:
            return entries_after(self._database, seq, limit)

    @property
    def newest_seq(self) -> int:
        """Position of the newest entry; 0 when nothing was ever appended."""
        return self._newest_seq

    @property
    def depth(self) -> int:
        """Entries that the recorder has not recorded yet."""
        return max(0, self.newest_seq - self.recorded_through())

    def recorded_through(self) -> int:
        """Position up to which the recorder says everything is recorded; 0 when it never ran."""
        return self.drained_through("recorded")

    def published_through(self) -> int:
        """Position up to which everything is on Kafka, says the recorder; 0 when it never ran."""
        return self.drained_through("published")

    def drained_through(self, sink: Sink) -> int:
        """Position up to which ``sink`` says everything is through; 0 when it never ran."""
        return read_position(self._path, sink, self.identity)

    def checkpoint(self) -> None:
        """Copy the write-ahead log into the database, aside from appends.

        Raises:
            OutboxUnavailableError: The disk cannot be written.
        """
        self._maintenance.checkpoint()

    def prune(self, recorded_through: int, older_than_us: int, max_rows: int) -> int:
        """Forget entries up to a position and appended before a time, a few rows at a time.

        Args:
            recorded_through: Newest position that no reader needs any more.
            older_than_us: Microseconds since the Unix epoch.
            max_rows: Most entries to forget in this call.

        Returns:
            Entries forgotten; the newest entry always stays.

        Raises:
            OutboxUnavailableError: The disk cannot be written.
        """
        return self._maintenance.prune(recorded_through, older_than_us, max_rows)

    def close(self) -> None:
        """Write everything into the database and close the file."""
        self._maintenance.close()
        with translated(self._path), self._lock:
            self._database.close()

    def _append_label_rows(self, rows: Sequence[tuple[str, bytes, bytes, int]]) -> int:
        with self._lock:
            with self._database:
                self._database.execute("BEGIN IMMEDIATE")
                accepted = self._database.executemany(APPEND_LABEL, rows).rowcount
            self._newest_seq = newest_seq_of(self._database)
        return accepted
