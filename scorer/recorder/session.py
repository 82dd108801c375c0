"""One outbox, one database, and the position between them."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from scorer.recorder.batch import Batch
from scorer.recorder.database import RecordDatabase
from scorer.recorder.errors import RowRefusedError
from scorer.sinks.entry import OutboxEntry
from scorer.sinks.position import OutboxPosition, write_position
from scorer.sinks.reader import OutboxReader

if TYPE_CHECKING:
    from scorer.tracing.drains import DrainTracer

log = structlog.get_logger(__name__)


class Session:
    """Records entries as long as both sides are there.

    Args:
        outbox: Path of the scorer's outbox.
        dsn: libpq address of the database.
        tracer: Goes on with the traces of decisions; None where nothing is traced.

    Raises:
        OutboxError: The outbox cannot be opened.
        RecorderError: The database cannot be used.
    """

    def __init__(self, outbox: Path, dsn: str, tracer: "DrainTracer | None" = None) -> None:
        self._outbox = outbox
        self._tracer = tracer
        self._reader = OutboxReader(outbox)
        try:
            self._database = RecordDatabase(dsn)
        except BaseException:
            self._reader.close()
            raise
        self.position = self._database.position_of(self._reader.identity)
        self._tell_position()

    @property
    def is_current(self) -> bool:
        """Whether the outbox is still the file at its path."""
        return self._reader.is_current

    def drain_next(self, limit: int) -> int:
        """Record at most ``limit`` entries; returns how many.

        Raises:
            OutboxError: The outbox cannot be read.
            RecorderError: The database cannot be used, or another recorder was first.
        """
        started_ns = time.time_ns()
        entries = self._reader.read_after(self.position, limit)
        if entries:
            self._warn_of_gap(entries[0].seq)
            self._record(entries)
            self._tell_position()
            if self._tracer is not None:
                self._tracer.tell(entries, (started_ns, time.time_ns()))
        return len(entries)

    def close(self) -> None:
        """Leave both sides."""
        self._reader.close()
        self._database.close()

    def _record(self, entries: Sequence[OutboxEntry]) -> None:
        """Record entries; those that PostgreSQL refuses are set aside, the others are not."""
        try:
            self._write(Batch.of(entries))
        except RowRefusedError as exc:
            if len(entries) == 1:
                self._write(Batch.rejecting(entries[0], str(exc)))
                return
            for entry in entries:
                self._record([entry])

    def _write(self, batch: Batch) -> None:
        self._database.write(self._reader.identity, self.position, batch)
        self.position = batch.last_seq
        for each in batch.rejected:
            log.error("entry.rejected", seq=each.entry.seq, key=each.entry.key, reason=each.reason)

    def _tell_position(self) -> None:
        told = OutboxPosition(self._reader.identity, self.position)
        write_position(self._outbox, "recorded", told)

    def _warn_of_gap(self, first_seq: int) -> None:
        """The scorer forgets recorded entries; a database that was set back misses them."""
        if first_seq > self.position + 1:
            log.warning("outbox.gap", missing_from=self.position + 1, missing_to=first_seq - 1)
