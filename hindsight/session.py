"""One outbox, one database, and the position between them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

import structlog

from hindsight.database import HindsightDatabase
from hindsight.decided import Decided, decided_in
from hindsight.findings import Findings
from scorer.recorder.errors import RowRefusedError
from scorer.sinks.entry import OutboxEntry
from scorer.sinks.position import OutboxPosition, Sink, write_position
from scorer.sinks.reader import OutboxReader

log = structlog.get_logger(__name__)

AHEAD_BATCHES: Final = 10
"""Batches that are searched for declines and reviews for each one whose turn it is."""


class Look(Protocol):
    """Finds something out about decisions."""

    def at(self, decisions: Sequence[Decided]) -> Findings:
        """What there is to write.

        Raises:
            RegistryError: The registry cannot be asked; it is tried anew later.
        """


class HindsightSession:
    """Looks at decisions in their order, when behind at declines and reviews first.

    The position moves in the order of the outbox. A batch that comes back full has more behind it:
    then the next :data:`AHEAD_BATCHES` are searched for declines and reviews, which are looked at
    and written before their turn, and left out in it. So in any backlog their wait is about a
    tenth of the others'.

    Args:
        outbox: Path of the scorer's outbox.
        dsn: libpq address of the database.
        sink: Under which name the position is told to the scorer, and kept.
        look: What is done.
        refusals_first: Whether declines and reviews go first when behind.

    Raises:
        OutboxError: The outbox cannot be opened.
        RecorderError: The database cannot be used.
    """

    def __init__(
        self, outbox: Path, dsn: str, sink: Sink, look: Look, *, refusals_first: bool = False
    ) -> None:
        self._outbox = outbox
        self._sink: Sink = sink
        self._look = look
        self._refusals_first = refusals_first
        self._reader = OutboxReader(outbox)
        try:
            self._database = HindsightDatabase(dsn)
            self._key = f"{self._reader.identity}/{sink}"
            self.position = self._database.position_of(self._key)
        except BaseException:
            self._reader.close()
            raise
        self._ahead_through = self.position
        self._done_ahead: set[str] = set()
        self._tell_position()

    @property
    def is_current(self) -> bool:
        """Whether the outbox is still the file at its path."""
        return self._reader.is_current

    def drain_next(self, limit: int) -> int:
        """Look at the decisions among at most ``limit`` entries; returns how many entries.

        Raises:
            OutboxError: The outbox cannot be read.
            RecorderError: The database cannot be used, or another process was first.
            RegistryError: A model is needed that cannot be fetched now.
        """
        entries = self._reader.read_after(self.position, limit)
        if not entries:
            return 0
        self._warn_of_gap(entries[0].seq)
        if self._refusals_first and len(entries) == limit:
            self._look_ahead(limit)
        self._look_at(entries)
        self._tell_position()
        return len(entries)

    def close(self) -> None:
        """Leave both sides."""
        self._reader.close()
        self._database.close()

    def _look_ahead(self, limit: int) -> None:
        """Look at declines and reviews before their turn, ``limit`` entries at a time."""
        for _ in range(AHEAD_BATCHES):
            entries = self._reader.read_after(max(self._ahead_through, self.position), limit)
            if not entries:
                return
            self._write_ahead([each for each in decided_in(entries) if each.is_refusal])
            self._ahead_through = entries[-1].seq

    def _write_ahead(self, refusals: Sequence[Decided]) -> None:
        if not refusals:
            return
        found = self._look.at(refusals)
        # What has no explanation is counted in its turn, once.
        found = Findings(found.explanations, found.shadow_predictions)
        try:
            self._database.write_ahead(found)
        except RowRefusedError:
            return  # told of in its turn
        self._done_ahead.update(str(row[0]) for row in found.explanations)

    def _look_at(self, entries: Sequence[OutboxEntry]) -> None:
        decisions = decided_in(entries)
        turn = [each for each in decisions if each.transaction_id not in self._done_ahead]
        self._write(entries, self._look.at(turn) if turn else Findings())
        self._done_ahead.difference_update(each.transaction_id for each in decisions)

    def _write(self, entries: Sequence[OutboxEntry], found: Findings) -> None:
        """Write; a row that PostgreSQL refuses is left out, the others are not."""
        try:
            self._move(entries[-1].seq, found)
        except RowRefusedError as exc:
            if len(entries) == 1:
                log.warning("hindsight.refused", key=entries[0].key, reason=str(exc))
                self._move(entries[0].seq, Findings())
                return
            for entry in entries:
                self._write([entry], found.only(entry.key))

    def _move(self, last_seq: int, found: Findings) -> None:
        self._database.write(self._key, self.position, last_seq, found)
        self.position = last_seq

    def _tell_position(self) -> None:
        write_position(
            self._outbox, self._sink, OutboxPosition(self._reader.identity, self.position)
        )

    def _warn_of_gap(self, first_seq: int) -> None:
        """What the outbox forgot before it was told to wait for us is not looked at."""
        if first_seq > self.position + 1:
            log.warning(
                "hindsight.gap",
                sink=self._sink,
                missing_from=self.position + 1,
                missing_to=first_seq - 1,
            )
