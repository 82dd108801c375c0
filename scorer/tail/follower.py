"""Takes messages off the topics and records the payments among them."""

import time
from collections.abc import Iterable, Mapping, Sequence

from confluent_kafka import OFFSET_INVALID, Consumer, Message, TopicPartition

from fraud.settings import KafkaSettings
from fraud.v1.transaction_pb2 import Transaction
from messaging.client import consumer_config
from messaging.errors import UnreadableMessageError
from messaging.topics import LABELS, RAW_TRANSACTIONS, named
from scorer.features.note import Mark, Place
from scorer.features.state import LiveState
from scorer.tail.arrival import Arrival
from scorer.tail.backlog import Backlog
from scorer.tail.freshness import Freshness
from scorer.tail.intake import payload_of
from scorer.tail.taken import Taken, to_taken

TOPICS = (RAW_TRANSACTIONS, LABELS)
# What comes within so long is handed over as one batch: each takes the interpreter's lock once.
GATHER_SECONDS = 0.010
# A message of the client costs half a microsecond under that lock.
BATCH = 64
CONFIG = {
    # The broker gathers too: an answer for every message would cost more than all the rest.
    "fetch.wait.max.ms": 5,
    "fetch.min.bytes": 65_536,
    "enable.partition.eof": True,
    # Never to begin anywhere else in silence.
    "auto.offset.reset": "error",
}


class Follower:
    """A consumer of all partitions that belongs to no group; for one thread.

    Payments are in the state when :meth:`take` returns; everything else is left to those who need
    not be as fast.

    Args:
        settings: Of the broker.
        state: Payments are recorded in it.
        freshness: Told of every payment that was.
    """

    def __init__(self, settings: KafkaSettings, state: LiveState, freshness: Freshness) -> None:
        self._state = state
        self._freshness = freshness
        self._prefix = settings.topic_prefix
        self._settings = settings
        self._consumer = Consumer(consumer_config(settings, "fraud-tail", **CONFIG))
        self._backlog = Backlog(())
        self._partitions: dict[Place, TopicPartition] = {}
        self._has_more = False
        self._paused: set[Place] = set()

    def begin(self, marks: Mapping[Place, Mark]) -> None:
        """Follow these partitions from these marks on."""
        self._backlog = Backlog(marks)
        self._partitions = {place: self._partition(place) for place in marks}
        self._consumer.assign(
            [self._partition(place, mark.next_offset) for place, mark in marks.items()]
        )

    def take(self, gather_seconds: float = GATHER_SECONDS) -> Arrival | None:
        """Take what comes within a few milliseconds; None when nothing does.

        Raises:
            KafkaException: The partitions cannot be followed from where they were.
        """
        if not self._has_more:
            # To wait in the client would wake this thread for every message.
            time.sleep(gather_seconds)
        messages = self._consumer.consume(BATCH, 0)
        self._has_more = len(messages) == BATCH
        if not messages and self._backlog.is_empty:
            return None
        found = [to_taken(message, self._prefix) for message in messages]
        taken = self._backlog.put(found + self._ends(found))
        self._hold_back(self._backlog.full())
        return self._apply(taken) if taken else None

    def close(self) -> None:
        """Leave the broker."""
        self._consumer.close()

    def _ends(self, taken: Sequence[Taken]) -> list[Taken]:
        """Ends of the partitions of which all is here that the broker had when it last answered.

        The client tells an end by itself too, but only after the next, empty answer.
        """
        newest = {place: mark for place, mark, message in taken if message is not None}
        ends = []
        for place, mark in newest.items():
            _, high = self._consumer.get_watermark_offsets(self._partitions[place], cached=True)
            if 0 <= high <= mark.next_offset:
                ends.append(Taken(place, mark, None))
        return ends

    def _apply(self, taken: Sequence[Taken]) -> Arrival:
        arrival = Arrival()
        payments: list[Message] = []
        for place, mark, message in taken:
            arrival.advance_one(place, mark)
            if message is not None:
                (arrival.labels if place[0] == LABELS else payments).append(message)
        self._record(payments, arrival)
        self._freshness.apply(
            {place: mark for place, mark in arrival.marks.items() if place[0] == RAW_TRANSACTIONS}
        )
        return arrival

    def _record(self, messages: Iterable[Message], arrival: Arrival) -> None:
        """Record payments, all of them in one call that does without the interpreter's lock."""
        readable: list[Message] = []
        for message in messages:
            try:
                arrival.payments.append(payload_of(message, Transaction))
            except UnreadableMessageError as exc:
                arrival.refused.append((message, str(exc)))
            else:
                readable.append(message)
        refused = dict(self._state.record_wire(arrival.payments).refused) if readable else {}
        if refused:
            arrival.refused += [(readable[at], reason) for at, reason in refused.items()]
            arrival.payments = [
                payload for at, payload in enumerate(arrival.payments) if at not in refused
            ]

    def _hold_back(self, full: set[Place]) -> None:
        """Take no more of these partitions until the others are as far."""
        if full == self._paused:
            return
        self._consumer.pause([self._partition(place) for place in full - self._paused])
        self._consumer.resume([self._partition(place) for place in self._paused - full])
        self._paused = full

    def _partition(self, place: Place, offset: int = OFFSET_INVALID) -> TopicPartition:
        return TopicPartition(named(self._settings, place[0]), place[1], offset)
