"""Drains the topic of labels into PostgreSQL until told to stop.

Labels that a scorer was told of are in its outbox, and recorded from there. Those that somebody put
onto the topic are in no outbox: without this they would count in features and be recorded nowhere.
"""

import threading
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar, Final

import structlog
from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from fraud.settings import KafkaSettings, RecorderSettings
from messaging.client import consumer_config
from messaging.codec import as_bytes
from messaging.errors import BrokerAwayError, UnreadableMessageError
from messaging.topics import LABELS, named
from scorer.recorder.batch import RejectedEntry
from scorer.recorder.column import Row
from scorer.recorder.drain import Drain
from scorer.recorder.errors import RowRefusedError, UnrecordableError
from scorer.recorder.label import to_label_row
from scorer.recorder.label_table import LabelTable
from scorer.sinks.entry import OutboxEntry
from scorer.tail.intake import label_of

log = structlog.get_logger(__name__)

GROUP: Final = "fraud-label-recorder"
"""Recorders share the partitions; those who record the same label twice change nothing."""
WAIT_SECONDS: Final = 0.2
LEAVE_SECONDS: Final = 3.0
CONFIG: Final[dict[str, Any]] = {"session.timeout.ms": 10_000, "heartbeat.interval.ms": 3_000}


class LabelTopicSession:
    """A member of the group and a table, as long as both sides are there.

    What was read is committed when it is in the table, so nothing is lost; what is read again is
    there already.

    Args:
        dsn: libpq address of the database.
        settings: Of the broker.

    Raises:
        RecorderError: The database cannot be used.
        MessagingError: The settings are refused.
    """

    def __init__(self, dsn: str, settings: KafkaSettings) -> None:
        self._table = LabelTable(dsn)
        try:
            group = settings.topic_prefix + GROUP
            self._consumer = Consumer(consumer_config(settings, group, **CONFIG))
            self._consumer.subscribe([named(settings, LABELS)])
        except BaseException:
            self._table.close()
            raise
        self.position = 0
        """Labels that were recorded in this session."""

    @property
    def is_current(self) -> bool:
        """A topic stays the same one."""
        return True

    def drain_next(self, limit: int) -> int:
        """Record at most ``limit`` labels; returns how many messages were read.

        Raises:
            MessagingError: The topic cannot be read.
            RecorderError: The database cannot be used.
        """
        found = self._consumer.consume(limit, WAIT_SECONDS)
        messages = [each for each in found if _is_message(each)]
        if messages:
            self._record(messages)
            self._commit(messages)
            self.position += len(messages)
        return len(messages)

    def close(self) -> None:
        """Leave both sides; a broker that is away finds out itself."""
        leaving = threading.Thread(target=self._consumer.close, name="leaving", daemon=True)
        leaving.start()
        leaving.join(LEAVE_SECONDS)
        self._table.close()

    def _record(self, messages: Sequence[Message]) -> None:
        """Record labels; those that PostgreSQL refuses are set aside, the others are not."""
        rows: list[Row] = []
        rejected: dict[str, list[RejectedEntry]] = defaultdict(list)
        for message in messages:
            try:
                rows.append(_row_of(message))
            except UnrecordableError as exc:
                rejected[_identity(message)].append(_rejected(message, str(exc)))
        try:
            self._table.write(rows, rejected)
        except RowRefusedError as exc:
            if len(messages) > 1:
                for message in messages:
                    self._record([message])
                return
            only = messages[0]
            self._table.write([], {_identity(only): [_rejected(only, str(exc))]})

    def _commit(self, messages: Sequence[Message]) -> None:
        ends = {(str(each.topic()), _partition(each)): _offset(each) + 1 for each in messages}
        places = [TopicPartition(*place, offset) for place, offset in ends.items()]
        try:
            self._consumer.commit(offsets=places, asynchronous=False)
        except KafkaException as exc:
            # Given to another member meanwhile, which reads them again; or the broker is away.
            log.info("labels.not_committed", reason=str(exc))


class LabelTopic(Drain):
    """Keeps at it through outages of either side; ``stop`` may be called from anywhere.

    Args:
        dsn: libpq address of the database.
        kafka: Of the broker.
        settings: Size of batches and how often to look.
    """

    name: ClassVar[str] = "labels"
    working: ClassVar[str] = "recording"

    def __init__(self, dsn: str, kafka: KafkaSettings, settings: RecorderSettings) -> None:
        super().__init__(settings)
        self._dsn = dsn
        self._kafka = kafka

    def _open(self) -> LabelTopicSession:
        return LabelTopicSession(self._dsn, self._kafka)


def _is_message(found: Message) -> bool:
    """Whether it is one.

    Raises:
        BrokerAwayError: It tells that the topic cannot be read.
    """
    error = found.error()
    if error is not None:
        raise BrokerAwayError(f"Failed to read the topic of labels: {error.str()}")
    return True


def _row_of(message: Message) -> Row:
    """As the outbox would have it: equal labels are equal to the byte, however they were sent."""
    try:
        label = label_of(message)
    except UnreadableMessageError as exc:
        raise UnrecordableError(str(exc)) from exc
    return to_label_row(label.SerializeToString(deterministic=True))


def _rejected(message: Message, reason: str) -> RejectedEntry:
    log.error("label.rejected", place=f"{_identity(message)}/{message.offset()}", reason=reason)
    entry = OutboxEntry(
        seq=_offset(message),
        kind="label",
        key=as_bytes(message.key()).decode(errors="replace"),
        digest=b"",
        payload=as_bytes(message.value()),
        appended_at_us=message.timestamp()[1] * 1000,
    )
    return RejectedEntry(entry, reason)


def _identity(message: Message) -> str:
    """Of the partition, among the outboxes."""
    return f"{message.topic()}/{_partition(message)}"


def _partition(message: Message) -> int:
    return message.partition() or 0


def _offset(message: Message) -> int:
    return message.offset() or 0
