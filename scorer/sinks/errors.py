"""What the outbox refuses or fails at.

Tree::

    OutboxError (ScorerError)
    ├── DuplicateEntryError      a decision under this transaction id is there already
    ├── OutboxMissingError       there is no outbox file to read
    ├── OutboxVersionError       the file is of another schema version; names the remedy
    ├── OutboxDamagedError       the file is not an outbox, or its pages are damaged
    └── OutboxUnavailableError   the file cannot be written or read, such as on a full disk
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scorer.errors import ScorerError


class OutboxError(ScorerError):
    """The outbox cannot do what it was asked to."""


class DuplicateEntryError(OutboxError):
    """A decision under this transaction id is there already."""

    def __init__(self, transaction_id: str) -> None:
        super().__init__(f"transaction `{transaction_id}` has a decision in the outbox already")
        self.transaction_id = transaction_id


class OutboxMissingError(OutboxError):
    """There is no outbox file to read."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"Failed to find the outbox `{path}`: the scorer makes it when it starts")


class OutboxVersionError(OutboxError):
    """The file is of another schema version than this build reads."""

    def __init__(self, path: Path, found: int, expected: int) -> None:
        super().__init__(
            f"Failed to open the outbox `{path}`: it has schema version {found}, this build "
            f"reads {expected}: drain it with the recorder of the version that wrote it, "
            "then move the file away"
        )
        self.found = found
        self.expected = expected


class OutboxDamagedError(OutboxError):
    """The file is not an outbox, or its pages are damaged."""


class OutboxUnavailableError(OutboxError):
    """The file cannot be written or read."""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise SQLite's errors as those of the outbox at ``path``.

    For work off the hot path; a generator's entry and exit cost a microsecond.
    """
    try:
        yield
    except sqlite3.Error as exc:
        raise to_outbox_error(exc, path) from exc


def to_outbox_error(error: sqlite3.Error, path: Path) -> OutboxError:
    """What an error of SQLite means for the outbox at ``path``."""
    if isinstance(error, sqlite3.OperationalError):
        return OutboxUnavailableError(f"Failed to use the outbox `{path}`: {error}")
    return OutboxDamagedError(
        f"Failed to read the outbox `{path}`: {error}: restore the file, or move it away to "
        "begin an empty one"
    )
