"""When every payment was produced and when it was decided, as topic and outboxes have it."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.pipeline.rebalance.stalls import Stall, stalls_of
from fraud.settings import KafkaSettings
from fraud.v1.transaction_pb2 import Transaction
from messaging.offsets import read_range, reading, watermarks
from messaging.topics import RAW_TRANSACTIONS
from scorer.sinks.reader import OutboxReader

READ_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Ledger:
    """A run's payments.

    Args:
        produced_us: By partition and id, when the broker had it.
        decided_us: By id, when it was first decided.
        decisions: By id, how often a scorer decided it anew.
    """

    produced_us: dict[int, dict[str, int]]
    decided_us: dict[str, int]
    decisions: Counter[str]

    @property
    def lost(self) -> int:
        """Payments without a decision."""
        return sum(len(ids.keys() - self.decided_us.keys()) for ids in self.produced_us.values())

    @property
    def doubled(self) -> int:
        """Payments with more than one."""
        return sum(count > 1 for count in self.decisions.values())

    def stalls(self) -> Iterator[Stall]:
        """All waits of all partitions."""
        for partition, produced in self.produced_us.items():
            decided = {name: self.decided_us[name] for name in produced if name in self.decided_us}
            yield from stalls_of(partition, produced, decided)


def read_ledger(kafka: KafkaSettings, outboxes: Iterable[Path]) -> Ledger:
    """Read both ends."""
    ledger = Ledger({}, {}, Counter())
    for message in messages_of(kafka, RAW_TRANSACTIONS):
        payment = Transaction.FromString(message.value())
        times = ledger.produced_us.setdefault(message.partition(), {})
        times[payment.transaction_id] = message.timestamp()[1] * 1000
    for outbox in outboxes:
        for name, decided_us in decisions_in(outbox):
            ledger.decisions[name] += 1
            first = ledger.decided_us.get(name, decided_us)
            ledger.decided_us[name] = min(first, decided_us)
    return ledger


def wait_until_decided(outboxes: Iterable[Path], payments: int, seconds: float) -> bool:
    """Wait until so many payments are decided; returns whether they are.

    Args:
        outboxes: Of all scorers.
        payments: How many to wait for.
        seconds: Without any decision, after which it is given up.
    """
    readers = [OutboxReader(outbox) for outbox in outboxes]
    decided, deadline = 0, time.monotonic() + seconds
    try:
        while (now := sum(reader.newest_seq for reader in readers)) < payments:
            if now > decided:
                decided, deadline = now, time.monotonic() + seconds
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
    finally:
        for reader in readers:
            reader.close()
    return True


def decisions_in(outbox: Path) -> Iterator[tuple[str, int]]:
    """Id and time, in microseconds since the epoch, of every decision in an outbox."""
    reader, position = OutboxReader(outbox), 0
    try:
        while entries := reader.read_after(position, READ_ROWS):
            yield from (
                (entry.key, entry.appended_at_us) for entry in entries if entry.kind == "prediction"
            )
            position = entries[-1].seq
    finally:
        reader.close()


def messages_of(kafka: KafkaSettings, topic: str) -> Iterator[Any]:
    """All messages of a topic, up to its end now."""
    with reading(kafka) as consumer:
        places = watermarks(consumer, kafka, [topic])
        ranges = {partition: offsets for (_, partition), offsets in places.items()}
        for batch in read_range(consumer, kafka, topic, ranges):
            yield from batch
