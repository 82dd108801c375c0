"""Writes into the ledger what a scorer noted of changes of its policy."""

import threading
from pathlib import Path

import structlog

from scorer.recorder.errors import DatabaseAwayError
from scorer.recorder.ledger import Ledger
from scorer.recorder.ledger_entry import LedgerEntry
from scorer.sinks.policy import NAME, PolicyChange, read_changes

log = structlog.get_logger(__name__)


class PolicyWatch:
    """Copies the journal of one scorer; each change has one row, however often it is read.

    Args:
        outbox: Path of the scorer's outbox; its journal is beside it.
        dsn: libpq address of the database.
        model_name: Whose ledger it is.
        poll_seconds: How often to look.
    """

    def __init__(self, outbox: Path, dsn: str, model_name: str, poll_seconds: float) -> None:
        self._path = outbox.with_name(NAME)
        self._dsn = dsn
        self._model_name = model_name
        self._poll_seconds = poll_seconds
        self._size = 0
        self._stopping = threading.Event()

    def run(self) -> None:
        """Look until stopped; a database that is away is looked for again."""
        while not self._stopping.is_set():
            try:
                self.copy()
            except DatabaseAwayError as exc:
                log.warning("policy_watch.away", reason=str(exc))
            self._stopping.wait(self._poll_seconds)

    def stop(self) -> None:
        """Have ``run`` return."""
        self._stopping.set()

    def copy(self) -> int:
        """Copy what is new; returns how many rows.

        Raises:
            RecorderError: The database cannot be used.
        """
        size = self._path.stat().st_size if self._path.exists() else 0
        if size == self._size:
            return 0
        with Ledger(self._dsn, self._model_name) as ledger, ledger.change():
            added = sum(ledger.add(_to_entry(each)) for each in read_changes(self._path))
        self._size = size
        return added


def _to_entry(change: PolicyChange) -> LedgerEntry:
    return LedgerEntry(
        subject="policy",
        subject_name=f"{change.name} of {change.scorer}",
        old_value=change.old,
        new_value=change.new,
        changed_by=change.by,
        reason=change.reason,
        changed_at=change.at,
    )
