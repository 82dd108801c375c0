"""What the recorder fails at.

Tree::

    RecorderError
    ├── DatabaseAwayError      PostgreSQL cannot be reached or ended the session; passes
    ├── DatabaseRefusedError   PostgreSQL refused a statement; a person must act
    ├── SchemaVersionError     the tables are of a newer version than this build
    ├── PositionMovedError     another recorder recorded the same entries meanwhile
    ├── RowRefusedError        PostgreSQL refused a value
    └── UnrecordableError      a payload cannot become a row, or a message
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

# The last is an OperationalError too, yet of the value: such as a key too long for its index.
REFUSALS = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded)


class RecorderError(Exception):
    """The recorder cannot do what it is to do."""


class DatabaseAwayError(RecorderError):
    """PostgreSQL cannot be reached, or ended the session."""


class DatabaseRefusedError(RecorderError):
    """PostgreSQL refused a statement, such as for want of a right."""


class SchemaVersionError(RecorderError):
    """The tables are of a newer version than this build."""


class PositionMovedError(RecorderError):
    """Another recorder recorded the same entries meanwhile."""


class RowRefusedError(RecorderError):
    """PostgreSQL refused a value of a row."""


class UnrecordableError(RecorderError):
    """A payload cannot become a row."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise psycopg's errors as the recorder's."""
    try:
        yield
    except psycopg.Error as exc:
        raise to_recorder_error(exc) from exc


def to_recorder_error(error: psycopg.Error) -> RecorderError:
    """What an error of psycopg means here."""
    if isinstance(error, REFUSALS):
        return RowRefusedError(str(error).strip())
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return DatabaseAwayError(str(error).strip())
    return DatabaseRefusedError(f"PostgreSQL refused a statement of the recorder: {error}")
