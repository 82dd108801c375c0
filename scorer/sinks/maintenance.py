"""Keeps the outbox's file small without standing in the way of appends."""

import threading
import time
from pathlib import Path

from scorer.sinks.database import Synchronous, open_for_writing
from scorer.sinks.errors import translated

# The log begins anew when a checkpoint ends level with it, and under a load that never pauses none
# does. From this length on (256 MiB) appends wait for one, which then has a few pages to write and
# two syncs to do.
LOG_LIMIT_PAGES = 65_536
# Rows deleted while an append may have to wait, and the pause that lets it in.
PRUNE_CHUNK = 8
PRUNE_PAUSE_SECONDS = 0.002


class Maintenance:
    """Checkpoints and prunes over a connection of its own. May be called from any thread.

    Args:
        path: The outbox's file; it exists.
        synchronous: As the writer's.
        writing: The lock that every append takes; SQLite's own would make an append sleep for a
            millisecond at a time.
        log_limit_pages: Length of the write-ahead log from which appends wait for a checkpoint.
    """

    def __init__(
        self,
        path: Path,
        synchronous: Synchronous,
        writing: threading.Lock,
        log_limit_pages: int = LOG_LIMIT_PAGES,
    ) -> None:
        self._path = path
        self._log_limit_pages = log_limit_pages
        self._writing = writing
        self._working = threading.Lock()
        self._database = open_for_writing(path, synchronous)

    def checkpoint(self) -> None:
        """Copy the log into the database.

        Raises:
            OutboxUnavailableError: The disk cannot be written.
        """
        with self._working, translated(self._path):
            if self._checkpoint_passively() < self._log_limit_pages:
                # What came in meanwhile is little: often no append comes between this and its end.
                self._checkpoint_passively()
                return
            with self._writing:
                self._checkpoint_passively()

    def prune(self, recorded_through: int, older_than_us: int, max_rows: int) -> int:
        """Forget old entries that are recorded, a few at a time; the newest always stays.

        Returns:
            Entries forgotten.

        Raises:
            OutboxUnavailableError: The disk cannot be written.
        """
        pruned = 0
        with self._working, translated(self._path):
            while pruned < max_rows:
                rows = min(PRUNE_CHUNK, max_rows - pruned)
                last = self._last_to_prune(recorded_through, older_than_us, rows)
                if last is None:
                    break
                pruned += self._delete_through(last, older_than_us)
                time.sleep(PRUNE_PAUSE_SECONDS)
        return pruned

    def close(self) -> None:
        """Close the connection."""
        with self._working:
            self._database.close()

    def _checkpoint_passively(self) -> int:
        """Copy what is in the log now; returns its length in pages."""
        row = self._database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return int(row[1])

    def _last_to_prune(self, recorded_through: int, older_than_us: int, rows: int) -> int | None:
        # Positions are given out as newest + 1: were the newest forgotten, it would come again.
        found: tuple[int | None] = self._database.execute(
            "SELECT max(seq) FROM"
            " (SELECT seq, appended_at_us FROM entries ORDER BY seq LIMIT ?)"
            " WHERE seq <= ? AND appended_at_us < ? AND seq < (SELECT max(seq) FROM entries)",
            (rows, recorded_through, older_than_us),
        ).fetchone()
        return found[0]

    def _delete_through(self, last: int, older_than_us: int) -> int:
        with self._writing:
            return self._database.execute(
                "DELETE FROM entries WHERE seq <= ? AND appended_at_us < ?", (last, older_than_us)
            ).rowcount
