"""Where a run is, on disk: written in transactions, so that a crash at any time leaves a whole."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from simulator.produce.cursor import Cursor, Epoch, PendingLabel
from simulator.produce.errors import ResumeError

SCHEMA = """
CREATE TABLE IF NOT EXISTS run (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 0), identity TEXT NOT NULL,
    position INTEGER NOT NULL, part INTEGER NOT NULL, row INTEGER NOT NULL,
    reserved INTEGER NOT NULL, labels INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS epochs (position INTEGER PRIMARY KEY, time_us INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS pending (
    position INTEGER PRIMARY KEY, known_us INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS pending_by_time ON pending (known_us);
"""
HINT = "Give another file with --resume, or remove this one to begin anew"


class Checkpoint:
    """The cursor of one run.

    Args:
        path: A SQLite file, made when it is not there.
        identity: Of the run's plan.

    Raises:
        ResumeError: The file is another run's, or cannot be used.
    """

    def __init__(self, path: Path, identity: str) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, isolation_level=None)
            # Survives a killed process; a power cut may cost the newest transactions, after which
            # some messages are sent once more.
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.executescript(SCHEMA)
            self._database.execute(
                "INSERT OR IGNORE INTO run VALUES (0, ?, 0, 0, 0, 0, 0)", (identity,)
            )
            [(found,)] = self._database.execute("SELECT identity FROM run").fetchall()
        except (sqlite3.Error, OSError) as exc:
            raise ResumeError(f"Failed to use checkpoint `{path}`: {exc}", HINT) from exc
        if found != identity:
            raise ResumeError(
                f"`{path}` is the checkpoint of another run: {found}, and not {identity}", HINT
            )

    def load(self) -> Cursor:
        """Where the run is."""
        query = "SELECT position, part, row, reserved, labels FROM run"
        [numbers] = self._database.execute(query).fetchall()
        epochs = self._database.execute("SELECT * FROM epochs ORDER BY position").fetchall()
        query = "SELECT known_us, position, key, value FROM pending"
        pending = self._database.execute(query).fetchall()
        position, part, row, reserved, labels = numbers
        return Cursor(
            position,
            part,
            row,
            reserved,
            labels,
            epochs=tuple(Epoch(*each) for each in epochs),
            pending=tuple(PendingLabel(*each) for each in pending),
        )

    def begin(self, epochs: Sequence[Epoch]) -> None:
        """Keep from when offsets count, before anything is sent by them."""
        with self._database:
            self._database.execute("BEGIN")
            self._database.execute("DELETE FROM epochs")
            self._database.executemany("INSERT INTO epochs VALUES (?, ?)", epochs)

    def save(self, cursor: Cursor, known_us: int | None) -> None:
        """Keep where the run is.

        Args:
            cursor: Its ``pending`` are those that were added since the last call.
            known_us: Event time of the last acknowledged payment: labels known by then went out
                before it, but for its own. None when there is no such payment yet.
        """
        with self._database:
            self._database.execute("BEGIN")
            self._database.execute(
                "UPDATE run SET position = ?, part = ?, row = ?, reserved = ?, labels = ?",
                (cursor.position, cursor.part, cursor.row, cursor.reserved, cursor.labels),
            )
            self._database.executemany(
                "INSERT OR IGNORE INTO pending (known_us, position, key, value) "
                "VALUES (?, ?, ?, ?)",
                cursor.pending,
            )
            if known_us is not None:
                self._database.execute(
                    "DELETE FROM pending WHERE known_us <= ? AND position < ?",
                    (known_us, cursor.position - 1),
                )

    def close(self) -> None:
        """Close the file."""
        self._database.close()
