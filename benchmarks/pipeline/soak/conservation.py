"""Whether every payment was decided and stored exactly once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from scorer.sinks.reader import OutboxReader

READ_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Conservation:
    """Ids on their way: produced, decided by a scorer, stored in PostgreSQL.

    Args:
        produced: Acknowledged by the broker, or answered to the gateway.
        decided: Entries in the outboxes, all scorers together.
        stored: Rows in PostgreSQL.
    """

    produced: Counter[str]
    decided: Counter[str]
    stored: Counter[str]

    @property
    def holds(self) -> bool:
        """Whether all three are the same ids, each once."""
        return self.faults() == []

    def faults(self) -> list[str]:
        """What does not hold, a line each."""
        found = []
        for name, ids in (("decided", self.decided), ("stored", self.stored)):
            twice = [each for each, count in ids.items() if count > 1]
            missing = self.produced.keys() - ids.keys()
            extra = ids.keys() - self.produced.keys()
            for fault, these in (("twice", twice), ("missing", missing), ("extra", extra)):
                if these:
                    found.append(f"{name}: {len(these)} {fault}, such as {min(these)}")
        return found


def conservation_of(
    produced: Iterable[str], outboxes: Iterable[Path], dsn: str, prefixes: tuple[str, ...] = ("",)
) -> Conservation:
    """Count what is in the outboxes and in the database.

    Args:
        produced: Ids that were acknowledged; a repeat counts once.
        outboxes: Of all scorers.
        dsn: The recorders' database.
        prefixes: Ids that begin otherwise are not counted.
    """
    decided = (name for path in outboxes for name in decided_ids(path))
    return Conservation(
        Counter(set(produced)),
        Counter(name for name in decided if name.startswith(prefixes)),
        Counter(name for name in stored_ids(dsn) if name.startswith(prefixes)),
    )


def decided_ids(outbox: Path) -> Iterator[str]:
    """Transaction id of every decision in an outbox."""
    reader, position = OutboxReader(outbox), 0
    try:
        while entries := reader.read_after(position, READ_ROWS):
            yield from (entry.key for entry in entries if entry.kind == "prediction")
            position = entries[-1].seq
    finally:
        reader.close()


def stored_ids(dsn: str) -> list[str]:
    """Transaction id of every row."""
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("SELECT transaction_id FROM predictions").fetchall()
    return [row[0] for row in rows]
