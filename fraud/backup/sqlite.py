"""Copies of SQLite files that others write to meanwhile."""

import sqlite3
from contextlib import closing
from pathlib import Path


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, its write-ahead log included.

    Raises:
        sqlite3.Error: The file is no database.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # Read and write: without the file of shared memory a log cannot be read.
    with closing(sqlite3.connect(source)) as found, closing(sqlite3.connect(target)) as copy:
        # All pages in one step: writers of a log go on, and it need not begin anew for them.
        found.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
