"""A session with PostgreSQL whose tables are of this build's version."""

import psycopg

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
