"""Outbox entries as rows, those that cannot become any set aside."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import Self

from scorer.recorder.column import Row
from scorer.recorder.errors import UnrecordableError
from scorer.recorder.label import to_label_row
from scorer.recorder.prediction import decided_at, to_prediction_row
from scorer.sinks.entry import OutboxEntry


@dataclass(frozen=True, slots=True)
class RejectedEntry:
    """An entry that cannot be recorded as what it should be."""

    entry: OutboxEntry
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction records.

    Args:
        last_seq: The outbox position that everything up to is recorded with it.
        predictions: Rows of ``predictions``.
        labels: Rows of ``labels``.
        rejected: Entries for ``rejected_entries``.
    """

    last_seq: int
    predictions: list[Row] = field(default_factory=list)
    labels: list[Row] = field(default_factory=list)
    rejected: list[RejectedEntry] = field(default_factory=list)

    @classmethod
    def of(cls, entries: Sequence[OutboxEntry]) -> Self:
        """Entries that follow each other in the outbox, at least one."""
        batch = cls(entries[-1].seq)
        for entry in entries:
            batch.add(entry)
        return batch

    @classmethod
    def rejecting(cls, entry: OutboxEntry, reason: str) -> Self:
        """Only sets an entry aside."""
        return cls(entry.seq, rejected=[RejectedEntry(entry, reason)])

    @property
    def days(self) -> set[date]:
        """The UTC days of the decisions."""
        return {decided_at(row).astimezone(UTC).date() for row in self.predictions}

    def add(self, entry: OutboxEntry) -> None:
        """Add an entry as the row that it is."""
        try:
            if entry.kind == "prediction":
                self.predictions.append(to_prediction_row(entry.payload))
            else:
                self.labels.append(to_label_row(entry.payload))
        except UnrecordableError as exc:
            self.rejected.append(RejectedEntry(entry, str(exc)))
