"""The outbox's file: schema, version, and how connections to it are set."""

import sqlite3
import uuid
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

from scorer.sinks.errors import (
    OutboxDamagedError,
    OutboxMissingError,
    OutboxVersionError,
    translated,
)

Synchronous = Literal["normal", "full"]

SCHEMA_VERSION: Final = 1
# "FROB" in ASCII, so that `file` and we can tell an outbox from other SQLite files.
APPLICATION_ID: Final = 0x46524F42
CACHE_KIB: Final = 65_536
# Longest wait for another process's lock. Ours are taken in turn, so only a person with a shell
# on the file can make a connection wait.
BUSY_SECONDS: Final = 5.0

# One narrow index per kind keeps an append at two dirty pages.
SCHEMA: Final = (
    """
    CREATE TABLE entries (
        seq INTEGER PRIMARY KEY,
        kind INTEGER NOT NULL,
        key TEXT NOT NULL,
        digest BLOB NOT NULL,
        payload BLOB NOT NULL,
        appended_at_us INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE UNIQUE INDEX predictions_by_key ON entries (key) WHERE kind = 0",
    "CREATE UNIQUE INDEX labels_by_key ON entries (key, digest) WHERE kind = 1",
    "CREATE TABLE outbox (identity TEXT NOT NULL) STRICT",
)


def open_for_writing(path: Path, synchronous: Synchronous) -> sqlite3.Connection:
    """Open the outbox, making it if it is not there.

    Raises:
        OutboxVersionError: It is of another schema version.
        OutboxDamagedError: It is not an outbox.
        OutboxUnavailableError: It cannot be made or opened.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with translated(path):
        database = sqlite3.connect(
            path, BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(f"PRAGMA synchronous = {synchronous}")
        # A checkpoint syncs the disk; it happens on the maintenance connection alone.
        database.execute("PRAGMA wal_autocheckpoint = 0")
        database.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        _create(database)
        check_version(database, path)
    return database


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open the outbox of another process; nothing can be written.

    Raises:
        OutboxMissingError: There is none.
        OutboxVersionError: It is of another schema version.
        OutboxDamagedError: It is not an outbox.
        OutboxUnavailableError: It cannot be opened.
    """
    if not path.exists():
        raise OutboxMissingError(path)
    with translated(path):
        database = sqlite3.connect(
            f"file:{quote(str(path.absolute()))}?mode=ro",
            BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            uri=True,
        )
        if _is_empty(database):
            raise OutboxMissingError(path)
        check_version(database, path)
    return database


def check_version(database: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that this build cannot read.

    Raises:
        OutboxVersionError: It is of another schema version.
        OutboxDamagedError: It is not an outbox.
    """
    application_id = database.execute("PRAGMA application_id").fetchone()[0]
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if application_id != APPLICATION_ID:
        raise OutboxDamagedError(f"Failed to open the outbox `{path}`: it is another SQLite file")
    if version != SCHEMA_VERSION:
        raise OutboxVersionError(path, version, SCHEMA_VERSION)


def identity_of(database: sqlite3.Connection) -> str:
    """The random name that the file got when it was made, 32 hexadecimal digits."""
    return str(database.execute("SELECT identity FROM outbox").fetchone()[0])


def _create(database: sqlite3.Connection) -> None:
    """Make the tables in a file that has none; all or nothing, should the process be killed."""
    if not _is_empty(database):
        return
    with database:
        database.execute("BEGIN IMMEDIATE")
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        for statement in SCHEMA:
            database.execute(statement)
        database.execute("INSERT INTO outbox VALUES (?)", (uuid.uuid4().hex,))


def _is_empty(database: sqlite3.Connection) -> bool:
    return bool(database.execute("SELECT count(*) = 0 FROM sqlite_master").fetchone()[0])
