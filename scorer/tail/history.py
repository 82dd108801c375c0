"""What labels need of payments that are in the state but were never read here.

A scorer that begins with feature vectors has every feature of the payments before them, but does
not know the payments one by one, which labels are joined with. They are read from the topics
aside, as far as the topics reach; which part is still unread is kept on disk.
"""

import threading
from collections.abc import Iterator, Mapping

import structlog
from confluent_kafka import Message
from google.protobuf.message import DecodeError

from fraud.settings import KafkaSettings
from fraud.v1.label_pb2 import Label
from fraud.v1.transaction_pb2 import Transaction
from messaging.errors import UnreadableMessageError
from messaging.offsets import read_range, reading
from messaging.topics import LABELS, RAW_TRANSACTIONS
from scorer.features.payments import IndexedPayment, PaymentIndex, Range
from scorer.features.state import LiveState
from scorer.tail.intake import label_of, payload_of, to_indexed

log = structlog.get_logger(__name__)

BATCH = 100
BREATH_SECONDS = 0.002
RETRY_SECONDS = 5.0


class History:
    """Reads what is unread: labels at once, then payments in the background.

    Args:
        settings: Of the broker.
        state: Told of payments and labels.
        index: Keeps what is unread.
    """

    def __init__(self, settings: KafkaSettings, state: LiveState, index: PaymentIndex) -> None:
        self._settings = settings
        self._state = state
        self._index = index
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def owe(self, topic: str, ranges: Mapping[int, Range]) -> None:
        """Keep which messages are in the state but were not read."""
        self._index.set_unread(topic, ranges)

    def read_labels(self) -> None:
        """Have the labels before the vectors wait for their payments.

        Raises:
            BrokerAwayError: The broker went away meanwhile.
        """
        if not self._index.unread(LABELS):
            return
        for messages in self._read(LABELS):
            self._state.keep([label for message in messages for label in _labels(message)])
        self._state.join_known()

    def start(self) -> None:
        """Read the payments in the background, if any are unread; again, it does nothing."""
        if self._thread is None and self._index.unread(RAW_TRANSACTIONS):
            self._thread = threading.Thread(target=self._run, name="tail-history", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ask it to end; returns at once."""
        self._stopped.set()

    def join(self, seconds: float) -> None:
        """Wait for what is under way."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stopped.is_set() and self._index.unread(RAW_TRANSACTIONS):
            try:
                self._read_payments()
            except Exception as exc:  # noqa: BLE001 - it is tried until it goes
                log.warning("tail.history_waits", error=str(exc))
                self._stopped.wait(RETRY_SECONDS)

    def _read_payments(self) -> None:
        for messages in self._read(RAW_TRANSACTIONS):
            self._state.index([found for message in messages for found in _payments(message)])
            if self._stopped.wait(BREATH_SECONDS):
                return
        log.info("tail.history_read")

    def _read(self, topic: str) -> Iterator[list[Message]]:
        """Batches of what is unread; a batch counts as read when the next one is asked for."""
        left = self._index.unread(topic)
        if not left:
            return
        with reading(self._settings) as consumer:
            for messages in read_range(consumer, self._settings, topic, left, BATCH):
                yield messages
                for message in messages:
                    number = message.partition()
                    left[number] = (message.offset() + 1, left[number][1])
                self._index.set_unread(topic, left)
        self._index.set_unread(topic, {})


def _labels(message: Message) -> Iterator[Label]:
    """The label of a message; none of one that was set aside when it came."""
    try:
        yield label_of(message)
    except UnreadableMessageError:
        return


def _payments(message: Message) -> Iterator[IndexedPayment]:
    try:
        yield to_indexed(payload_of(message, Transaction))
    except (UnreadableMessageError, DecodeError):
        return
