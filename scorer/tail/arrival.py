"""What one look at the topics brought."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from confluent_kafka import Message

from scorer.features.note import Mark, Place


@dataclass(slots=True)
class Arrival:
    """Messages on their way into the state, with the marks that they lead up to.

    Args:
        payments: Serialized ``fraud.v1.Transaction`` messages, recorded already.
        labels: Messages of the topic of labels.
        refused: Messages that could not be taken, each with the reason.
        marks: Up to where the partitions are contained once all of this is dealt with.
    """

    payments: list[bytes] = field(default_factory=list)
    labels: list[Message] = field(default_factory=list)
    refused: list[tuple[Message, str]] = field(default_factory=list)
    marks: dict[Place, Mark] = field(default_factory=dict)

    def add(self, other: "Arrival") -> None:
        """Take in what came after it."""
        self.payments += other.payments
        self.labels += other.labels
        self.refused += other.refused
        self.advance(other.marks)

    def advance(self, marks: Mapping[Place, Mark]) -> None:
        """Move marks on."""
        for place, mark in marks.items():
            self.advance_one(place, mark)

    def advance_one(self, place: Place, mark: Mark) -> None:
        """Move the mark of one partition on; called for every message, so it makes nothing new."""
        before = self.marks.get(place, mark)
        self.marks[place] = mark if mark.newest_us >= before.newest_us else before.then(mark)
