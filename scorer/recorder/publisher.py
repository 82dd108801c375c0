"""Drains the outbox into Kafka until told to stop."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import structlog

from fraud.settings import KafkaSettings, RecorderSettings
from messaging.errors import DeliveryError
from messaging.producer import MessageProducer
from scorer.recorder.drain import Drain
from scorer.recorder.errors import UnrecordableError
from scorer.recorder.messages import to_messages
from scorer.sinks.entry import OutboxEntry
from scorer.sinks.position import OutboxPosition, read_position, write_position
from scorer.sinks.reader import OutboxReader

if TYPE_CHECKING:
    from scorer.tracing.drains import DrainTracer

log = structlog.get_logger(__name__)

PATIENCE_SECONDS: Final = 5.0
"""How long a batch waits for the broker before it is tried anew."""
STOP_SECONDS: Final = 2.0
"""How long a batch under way may still take when it is told to stop."""
POLL_SECONDS: Final = 0.05


class PublisherSession:
    """One outbox, one producer, and the position between them.

    The position moves when the broker has everything up to it; what was sent and not answered when
    the session ends is sent again by the next. So nothing is lost, and what comes twice is equal to
    the byte.

    Args:
        outbox: Path of the scorer's outbox.
        settings: Of the broker.
        stopping: Ends the wait for a broker that is away.
        tracer: Goes on with the traces of decisions; None where nothing is traced.

    Raises:
        OutboxError: The outbox cannot be opened.
        MessagingError: The settings are refused.
    """

    def __init__(
        self,
        outbox: Path,
        settings: KafkaSettings,
        stopping: threading.Event,
        tracer: "DrainTracer | None" = None,
    ) -> None:
        self._outbox = outbox
        self._stopping = stopping
        self._tracer = tracer
        self._reader = OutboxReader(outbox)
        try:
            self._producer = MessageProducer(settings, PATIENCE_SECONDS)
        except BaseException:
            self._reader.close()
            raise
        self.position = read_position(outbox, "published", self._reader.identity)

    @property
    def is_current(self) -> bool:
        """Whether the outbox is still the file at its path."""
        return self._reader.is_current

    def drain_next(self, limit: int) -> int:
        """Publish at most ``limit`` entries; returns how many.

        Raises:
            OutboxError: The outbox cannot be read.
            MessagingError: The broker did not take all of them; none is counted as published.
        """
        started_ns = time.time_ns()
        entries = self._reader.read_after(self.position, limit)
        if not entries:
            return 0
        self._warn_of_gap(entries[0].seq)
        self._publish(entries)
        self.position = entries[-1].seq
        told = OutboxPosition(self._reader.identity, self.position)
        write_position(self._outbox, "published", told)
        if self._tracer is not None:
            self._tracer.tell(entries, (started_ns, time.time_ns()))
        return len(entries)

    def close(self) -> None:
        """Leave both sides."""
        self._reader.close()
        self._producer.close()

    def _publish(self, entries: Sequence[OutboxEntry]) -> None:
        failures: list[DeliveryError] = []
        for entry in entries:
            self._hand_over(entry, failures)
        # In short waits, so that to stop does not take as long as the broker is away.
        while self._producer.waiting and not self._stopping.is_set():
            self._producer.poll(POLL_SECONDS)
        self._producer.flush(STOP_SECONDS)
        if failures:
            raise failures[0]

    def _hand_over(self, entry: OutboxEntry, failures: list[DeliveryError]) -> None:
        def answered(error: DeliveryError | None) -> None:
            if error is not None and error.for_good:
                _reject(entry, error)
            elif error is not None:
                failures.append(error)

        try:
            for topic, record in to_messages(entry):
                self._producer.produce(topic, record, on_delivery=answered)
        except UnrecordableError as exc:
            _reject(entry, exc)
        except DeliveryError as exc:
            answered(exc)

    def _warn_of_gap(self, first_seq: int) -> None:
        """What was forgotten before Kafka was switched on is not published."""
        if first_seq > self.position + 1:
            log.warning("publisher.gap", missing_from=self.position + 1, missing_to=first_seq - 1)


class Publisher(Drain):
    """Keeps at it through outages of either side; ``stop`` may be called from anywhere.

    Args:
        outbox: Path of the scorer's outbox; it may come later.
        kafka: Of the broker.
        settings: Size of batches and how often to look.
        tracer: Goes on with the traces of decisions; None where nothing is traced.
    """

    name: ClassVar[str] = "publisher"
    working: ClassVar[str] = "publishing"

    def __init__(
        self,
        outbox: Path,
        kafka: KafkaSettings,
        settings: RecorderSettings,
        tracer: "DrainTracer | None" = None,
    ) -> None:
        super().__init__(settings)
        self._tracer = tracer
        self._outbox = outbox
        self._kafka = kafka

    def _open(self) -> PublisherSession:
        return PublisherSession(self._outbox, self._kafka, self._stopping, self._tracer)


def _reject(entry: OutboxEntry, reason: Exception) -> None:
    """PostgreSQL keeps what is no decision; here it must not keep the others from going out."""
    log.error("entry.unpublishable", seq=entry.seq, key=entry.key, reason=str(reason))
