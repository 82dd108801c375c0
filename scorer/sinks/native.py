"""The outbox where payments are scored without Python: the same file, in one other owner's hands.

Two builds of SQLite with one file open in one process would drop each other's locks (POSIX drops a
process's locks on a file when it closes any descriptor of it). So here the kernel's build alone
has it open, for Python's calls too; Python's makes the file, and closes it, before.
"""

import hashlib
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from features_rs import OutboxFile
from scorer.sinks.database import Synchronous, identity_of, open_for_writing
from scorer.sinks.entry import KINDS, AppendedLabels, OutboxEntry, StoredLabel, StoredPrediction
from scorer.sinks.errors import DuplicateEntryError, to_outbox_error, translated
from scorer.sinks.maintenance import LOG_LIMIT_PAGES
from scorer.sinks.outbox import Outbox


class NativeOutbox(Outbox):
    """See :class:`scorer.sinks.outbox.Outbox`.

    Attributes:
        file: What the native hot path appends to.
    """

    def __init__(self, path: Path, synchronous: Synchronous) -> None:
        self._path = path
        with translated(path):
            made = open_for_writing(path, synchronous)
            self.identity = identity_of(made)
            made.close()
            self.file = OutboxFile(path, synchronous)

    def find_prediction(self, transaction_id: str) -> StoredPrediction | None:
        """See :class:`scorer.sinks.outbox.Outbox`."""
        with translated(self._path):
            found = self.file.find(transaction_id)
        return None if found is None else StoredPrediction(*found)

    def append_prediction(self, transaction_id: str, request_digest: bytes, payload: bytes) -> int:
        """See :class:`scorer.sinks.outbox.Outbox`."""
        now_us = time.time_ns() // 1000
        try:
            return self.file.append(transaction_id, request_digest, payload, now_us)
        except sqlite3.IntegrityError as exc:
            raise DuplicateEntryError(transaction_id) from exc
        except sqlite3.Error as exc:
            raise to_outbox_error(exc, self._path) from exc

    def append_labels(self, labels: Sequence[StoredLabel]) -> AppendedLabels:
        """See :class:`scorer.sinks.outbox.Outbox`."""
        rows = [
            (label.transaction_id, hashlib.sha256(label.payload).digest(), label.payload)
            for label in labels
        ]
        with translated(self._path):
            accepted = self.file.append_labels(rows, time.time_ns() // 1000)
        return AppendedLabels(accepted, len(rows) - accepted)

    def labels_of(self, transaction_id: str) -> list[bytes]:
        """See :class:`scorer.sinks.outbox.Outbox`."""
        with translated(self._path):
            return self.file.labels_of(transaction_id)

    def read_after(self, seq: int, limit: int) -> list[OutboxEntry]:
        """See :class:`scorer.sinks.outbox.Outbox`."""
        with translated(self._path):
            rows = self.file.read_after(seq, limit)
        return [
            OutboxEntry(seq, KINDS[kind], key, digest, payload, appended_at_us)
            for seq, kind, key, digest, payload, appended_at_us in rows
        ]

    @property
    def newest_seq(self) -> int:
        """See :class:`scorer.sinks.outbox.Outbox`."""
        return self.file.newest_seq

    def checkpoint(self) -> None:
        """See :class:`scorer.sinks.outbox.Outbox`."""
        with translated(self._path):
            self.file.checkpoint(LOG_LIMIT_PAGES)

    def prune(self, recorded_through: int, older_than_us: int, max_rows: int) -> int:
        """See :class:`scorer.sinks.outbox.Outbox`."""
        with translated(self._path):
            return self.file.prune(recorded_through, older_than_us, max_rows)

    def close(self) -> None:
        """See :class:`scorer.sinks.outbox.Outbox`."""
        with translated(self._path):
            self.file.close()
