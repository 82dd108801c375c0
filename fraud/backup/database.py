"""The PostgreSQL database: decisions, labels, ledger."""

from pathlib import Path
from typing import Final

from fraud.backup.errors import TargetNotEmptyError
from fraud.backup.part import Counts
from fraud.local.dump import count_relations, dump_database, restore_database
from scorer.recorder.reader import PredictionReader

FILE: Final = "postgres.dump"


class DatabaseDump:
    """Everything in the database that is recorded into.

    Args:
        dsn: libpq address.
        place: What people know it by.
    """

    name = "postgres"

    def __init__(self, dsn: str, place: str) -> None:
        self._dsn = dsn
        self._place = place

    def save(self, folder: Path) -> Counts:
        """See :class:`fraud.backup.part.Part`."""
        dump_database(self._dsn, folder / FILE)
        return self._counts()

    def require_empty(self) -> None:
        """See :class:`fraud.backup.part.Part`."""
        count = count_relations(self._dsn)
        if count:
            raise TargetNotEmptyError(
                "the database", self._place, f"has {count} tables and the like"
            )

    def restore(self, folder: Path) -> Counts:
        """See :class:`fraud.backup.part.Part`."""
        restore_database(self._dsn, folder / FILE)
        return self._counts()

    def _counts(self) -> Counts:
        with PredictionReader(self._dsn) as reader:
            return {"decisions in PostgreSQL": reader.count()}
