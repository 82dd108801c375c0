"""The outbox as seen from another process."""

import os
from pathlib import Path

from scorer.sinks.database import identity_of, open_for_reading
from scorer.sinks.entry import OutboxEntry
from scorer.sinks.errors import translated
from scorer.sinks.rows import entries_after, newest_seq_of


class OutboxReader:
    """Reads entries; can write nothing and holds no lock between calls.

    Args:
        path: The scorer's outbox.

    Raises:
        OutboxMissingError: There is none.
        OutboxVersionError: It is of another schema version.
        OutboxDamagedError: It is not an outbox.
        OutboxUnavailableError: It cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database = open_for_reading(path)
        self._file = _file_of(path)
        with translated(path):
            self.identity = identity_of(self._database)

    @property
    def is_current(self) -> bool:
        """Whether the path still names the file that was opened."""
        return _file_of(self._path) == self._file

    @property
    def newest_seq(self) -> int:
        """Position of the newest entry; 0 when there is none."""
        with translated(self._path):
            return newest_seq_of(self._database)

    def read_after(self, seq: int, limit: int) -> list[OutboxEntry]:
        """At most ``limit`` entries behind position ``seq``, in order.

        Raises:
            OutboxDamagedError: The file's pages are damaged.
            OutboxUnavailableError: The file cannot be read.
        """
        with translated(self._path):
            return entries_after(self._database, seq, limit)

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _file_of(path: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - the pair of device and inode names the file
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
