"""The note of a snapshot: up to where the outbox and the topics are contained in it."""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

VERSION: Final = 2
# Version 1: identity of the outbox, and its entry up to which the state is complete.
FIRST: Final = struct.Struct("<32sq")

type Place = tuple[str, int]
"""A topic, by its name without prefix, and the number of a partition."""


class Mark(NamedTuple):
    """Up to where a partition is contained.

    Args:
        next_offset: The first offset that is not.
        newest_us: When the broker got the newest message that is, microseconds since the Unix
            epoch; 0 when that is not known.
    """

    next_offset: int
    newest_us: int = 0

    def then(self, later: "Mark") -> "Mark":
        """The mark after what led up to ``later``, which may be no message."""
        return Mark(later.next_offset, max(self.newest_us, later.newest_us))


@dataclass(frozen=True, slots=True)
class SnapshotNote:
    """What a snapshot certainly contains.

    Args:
        outbox: Identity of the log of decisions.
        position: The log's entry up to which the state is complete.
        marks: The same of each partition that is followed.

    >>> note = SnapshotNote("0f", 7, {("labels", 3): Mark(12, 1_700_000_000_000_000)})
    >>> SnapshotNote.from_bytes(note.to_bytes()) == note
    True
    >>> SnapshotNote.from_bytes(b"")
    SnapshotNote(outbox='', position=0, marks={})
    """

    outbox: str = ""
    position: int = 0
    marks: Mapping[Place, Mark] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The note as it is kept in the snapshot's file."""
        marks = [[*place, *mark] for place, mark in sorted(self.marks.items())]
        said = {
            "version": VERSION,
            "outbox": self.outbox,
            "position": self.position,
            "marks": marks,
        }
        return json.dumps(said).encode()

    @classmethod
    def from_bytes(cls, note: bytes) -> Self:
        """Read a note of this or an earlier version.

        One that cannot be read says nothing, so that all is replayed, which is always right.
        """
        if len(note) == FIRST.size and not note.startswith(b"{"):
            outbox, position = FIRST.unpack(note)
            return cls(outbox.decode("ascii", "replace"), int(position))
        try:
            said = json.loads(note)
            marks = {
                (str(topic), int(number)): Mark(*mark) for topic, number, *mark in said["marks"]
            }
            return cls(str(said["outbox"]), int(said["position"]), marks)
        except (ValueError, KeyError, TypeError):
            return cls()
