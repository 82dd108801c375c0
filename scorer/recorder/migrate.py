"""Brings the tables to this build's version."""

from pathlib import Path

import psycopg
from psycopg import sql

MIGRATIONS = Path(__file__).with_name("migrations")
# A table of our own: MLflow may keep its tables, with an `alembic_version`, in the same database.
VERSION_TABLE = "recorder_version"


def migrate(connection: psycopg.Connection) -> None:
    """Run the migrations that are missing, in one transaction; recorders do so in turn.

    Raises:
        SchemaVersionError: The tables are of a version that this build does not know.
        psycopg.Error: A statement failed; nothing was changed.
    """
    if version_of(connection) != newest_version():
        # Takes longer to import than all else of the recorder, and is hardly ever needed.
        from scorer.recorder.upgrade import upgrade

        upgrade(connection)


def newest_version() -> str:
    """The version that this build's migrations lead to, such as ``0001``."""
    newest = max(MIGRATIONS.glob("versions/v*.py"))
    return newest.name[1:5]


def version_of(connection: psycopg.Connection) -> str | None:
    """The version of the tables; None when there are none."""
    found = connection.execute("SELECT to_regclass(%s)", (VERSION_TABLE,)).fetchone()
    if found is None or found[0] is None:
        return None
    row = connection.execute(
        sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(VERSION_TABLE))
    ).fetchone()
    return str(row[0]) if row else None
