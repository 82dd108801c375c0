"""Takes messages off the topics and records the payments among them."""

from collections.abc import Mapping, Sequence

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from fraud.settings import KafkaSettings
from fraud.v1.transaction_pb2 import Transaction
from messaging.client import consumer_config
from messaging.errors import UnreadableMessageError
from messaging.topics import LABELS, RAW_TRANSACTIONS, named
from scorer.features.note import Mark, Place
from scorer.features.state import LiveState
from scorer.tail.arrival import Arrival
from scorer.tail.freshness import Freshness
from scorer.tail.intake import payload_of

TOPICS = (RAW_TRANSACTIONS, LABELS)
# What comes within so long is handed over as one batch: each takes the interpreter's lock once.
GATHER_SECONDS = 0.005
# A message of the client costs half a microsecond under that lock.
BATCH = 100
END_OF_PARTITION = KafkaError._PARTITION_EOF  # noqa: SLF001 - the client's name for it
CONFIG = {
    # Where there is nothing new, the broker is asked ten times a second; what is new, it sends
    # at once.
    "fetch.wait.max.ms": 100,
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
        self._settings = settings
        self._state = state
        self._freshness = freshness
        self._topics = {named(settings, topic): topic for topic in TOPICS}
        self._consumer = Consumer(consumer_config(settings, "fraud-tail", **CONFIG))

    def begin(self, marks: Mapping[Place, Mark]) -> None:
        """Follow these partitions from these marks on."""
        self._consumer.assign(
            [
                TopicPartition(named(self._settings, topic), number, mark.next_offset)
                for (topic, number), mark in marks.items()
            ]
        )

    def take(self, gather_seconds: float = GATHER_SECONDS) -> Arrival | None:
        """Take what comes within a few milliseconds; None when nothing does.

        Raises:
            KafkaException: The partitions cannot be followed from where they were.
        """
        messages = self._consumer.consume(BATCH, gather_seconds)
        if not messages:
            return None
        arrival = Arrival()
        payments: list[Message] = []
        for message in messages:
            self._sort(message, arrival, payments)
        self._record(payments, arrival)
        self._freshness.apply(
            {place: mark for place, mark in arrival.marks.items() if place[0] == RAW_TRANSACTIONS}
        )
        return arrival

    def close(self) -> None:
        """Leave the broker."""
        self._consumer.close()

    def _sort(self, message: Message, arrival: Arrival, payments: list[Message]) -> None:
        error = message.error()
        place = (self._topics.get(message.topic() or "", ""), message.partition() or 0)
        if error is None:
            mark = Mark((message.offset() or 0) + 1, message.timestamp()[1] * 1000)
            arrival.marks[place] = mark
            (payments if place[0] == RAW_TRANSACTIONS else arrival.labels).append(message)
        elif error.code() == END_OF_PARTITION:
            # The end may be behind what is no message, such as the end of a transaction.
            before = arrival.marks.get(place, Mark(0))
            arrival.marks[place] = Mark(message.offset() or 0, before.newest_us)
        elif not error.retriable():
            raise KafkaException(error)

    def _record(self, messages: Sequence[Message], arrival: Arrival) -> None:
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
