"""The table of labels, for those who read them elsewhere than in an outbox."""

from collections.abc import Mapping, Sequence

from scorer.recorder import label
from scorer.recorder.batch import RejectedEntry
from scorer.recorder.column import Row
from scorer.recorder.connection import connect_to_copy
from scorer.recorder.copying import copy_rows
from scorer.recorder.errors import translated
from scorer.recorder.rejecting import reject_entries


class LabelTable:
    """A session with PostgreSQL that adds labels.

    A label has one row, whoever brings it and how often: its bytes are a part of the key.

    Args:
        dsn: libpq address.

    Raises:
        DatabaseAwayError: It cannot be reached.
        DatabaseRefusedError: It does not let us make the tables.
        SchemaVersionError: Its tables are of a newer version.
    """

    def __init__(self, dsn: str) -> None:
        self._connection = connect_to_copy(dsn, "fraud-labels", ("labels",))

    def write(self, rows: Sequence[Row], rejected: Mapping[str, Sequence[RejectedEntry]]) -> None:
        """Add labels and set aside what is none, both or neither.

        Args:
            rows: In the order of ``label.NAMES``.
            rejected: Entries by what they were read from.

        Raises:
            RowRefusedError: A value was refused; nothing was written.
            DatabaseAwayError: The session ended; it may have been written or not.
            DatabaseRefusedError: A statement was refused.
        """
        with translated(), self._connection.transaction():
            copy_rows(self._connection, "labels", label.NAMES, rows)
            for identity, entries in rejected.items():
                reject_entries(self._connection, identity, entries)

    def close(self) -> None:
        """End the session."""
        self._connection.close()
