"""A session with PostgreSQL whose tables are of this build's version."""

from collections.abc import Sequence

import psycopg

from scorer.recorder.copying import create_draft
from scorer.recorder.errors import translated
from scorer.recorder.migrate import migrate

CONNECT_SECONDS = 5
# A peer that vanished without a word is given up after this many milliseconds.
SILENCE_MS = 10_000


def connect(dsn: str, application: str) -> psycopg.Connection:
    """Connect, in autocommit, and bring the tables up to date.

    Args:
        dsn: libpq address.
        application: What PostgreSQL calls the session.

    Raises:
        DatabaseAwayError: It cannot be reached.
        DatabaseRefusedError: It does not let us make the tables.
        SchemaVersionError: Its tables are of a newer version.
    """
    with translated():
        connection = psycopg.connect(
            dsn,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            tcp_user_timeout=SILENCE_MS,
            application_name=application,
        )
    try:
        with translated():
            migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_copy(dsn: str, application: str, tables: Sequence[str]) -> psycopg.Connection:
    """:func:`connect`, with a draft of each table that rows are to be copied into.

    Args:
        dsn: libpq address.
        application: What PostgreSQL calls the session.
        tables: See :mod:`scorer.recorder.copying`.

    Raises:
        DatabaseAwayError: It cannot be reached.
        DatabaseRefusedError: It does not let us make the tables.
        SchemaVersionError: Its tables are of a newer version.
    """
    connection = connect(dsn, application)
    try:
        with translated():
            for table in tables:
                create_draft(connection, table)
    except BaseException:
        connection.close()
        raise
    return connection
