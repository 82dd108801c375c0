"""Joins labels with payments, a little behind the payments themselves."""

import queue
import threading
import time
from collections.abc import Mapping, Sequence
from itertools import batched

import structlog
from confluent_kafka import Message

from features_rs import KernelError
from fraud.priority import be_nice
from fraud.settings import KafkaSettings
from messaging.dead_letters import DeadLetters, to_found
from messaging.errors import MessagingError, UnreadableMessageError
from messaging.producer import MessageProducer
from messaging.topics import LABELS
from scorer.features.note import Mark, Place
from scorer.features.payments import IndexedPayment
from scorer.features.state import LiveState
from scorer.tail.arrival import Arrival
from scorer.tail.freshness import Freshness
from scorer.tail.intake import label_of, to_indexed

log = structlog.get_logger(__name__)

# Arrivals that may wait, each of at most a hundred messages; then the topics wait.
MOST_WAITING = 200
# Payments come in twos and threes; gathered, they cost a tenth.
GATHER_SECONDS = 0.05
GATHER_MOST = 100
# Work under the interpreter's lock is done in bits of less than 100 us, and calls let in between.
CHUNK = 16
# As many share one transaction of the index, which costs what a dozen payments do.
TRANSACTION = 64
BREATH_SECONDS = 0.0005
RETRY_SECONDS = 1.0
LETTER_SECONDS = 5.0


class Joiner:
    """Indexes payments, learns labels, writes dead letters; on a thread of its own.

    What it is done with is in the state and in the index on disk, or has its letter: so
    :meth:`marks` are what a snapshot may note.

    Args:
        settings: Of the broker that letters go to.
        state: Taught the labels.
        freshness: Told of labels that were learned, and of what could not be taken.
    """

    def __init__(self, settings: KafkaSettings, state: LiveState, freshness: Freshness) -> None:
        self._prefix = settings.topic_prefix
        self._state = state
        self._freshness = freshness
        self._producer = MessageProducer(settings, timeout_seconds=LETTER_SECONDS)
        self._letters = DeadLetters(self._producer, settings, "scorer")
        self._arrivals: queue.Queue[Arrival] = queue.Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._marks: dict[Place, Mark] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tail-joiner", daemon=True)

    @property
    def marks(self) -> dict[Place, Mark]:
        """Up to where each partition has been dealt with, for good."""
        with self._lock:
            return dict(self._marks)

    def begin(self, marks: Mapping[Place, Mark]) -> None:
        """Take these for dealt with."""
        with self._lock:
            self._marks = dict(marks)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end; returns at once. What waits is read again after the next start."""
        self._stopped.set()

    def join(self, seconds: float) -> None:
        """Wait for what is under way."""
        self._thread.join(seconds)

    def put(self, arrival: Arrival) -> None:
        """Hand over what arrived; waits while there is too much of it."""
        while not self._stopped.is_set():
            try:
                self._arrivals.put(arrival, timeout=GATHER_SECONDS)
            except queue.Full:
                continue
            return

    def wait_until_idle(self) -> None:
        """Wait until everything that was handed over has been dealt with."""
        while self._arrivals.unfinished_tasks and not self._stopped.wait(GATHER_SECONDS):
            pass

    def _run(self) -> None:
        be_nice()
        while not self._stopped.is_set():
            arrival, count = self._gather()
            while count and not self._stopped.is_set():
                try:
                    self._deal_with(arrival)
                except Exception:  # nothing may be left out, so it is tried until it goes
                    log.exception("tail.joiner_failed", again_in_seconds=RETRY_SECONDS)
                    self._stopped.wait(RETRY_SECONDS)
                else:
                    for _ in range(count):
                        self._arrivals.task_done()
                    break
        self._producer.close()

    def _gather(self) -> tuple[Arrival, int]:
        """What has arrived in a moment, as one, and of how many it is made."""
        arrival, count = Arrival(), 0
        self._stopped.wait(GATHER_SECONDS)
        while count < GATHER_MOST:
            try:
                arrival.add(self._arrivals.get_nowait())
            except queue.Empty:
                break
            count += 1
        return arrival, count

    def _deal_with(self, arrival: Arrival) -> None:
        for payloads in batched(arrival.payments, TRANSACTION):
            self._index(payloads)
        for message in arrival.labels:
            self._learn(message, arrival)
        self._set_aside(arrival)
        with self._lock:
            for place, mark in arrival.marks.items():
                self._marks[place] = self._marks.get(place, mark).then(mark)
        self._freshness.apply(
            {place: mark for place, mark in arrival.marks.items() if place[0] == LABELS}
        )

    def _index(self, payloads: Sequence[bytes]) -> None:
        payments: list[IndexedPayment] = []
        for chunk in batched(payloads, CHUNK):
            payments += [to_indexed(payload) for payload in chunk]
            time.sleep(BREATH_SECONDS)
        self._state.index(payments)

    def _learn(self, message: Message, arrival: Arrival) -> None:
        try:
            self._state.learn(label_of(message))
        except (UnreadableMessageError, KernelError) as exc:
            arrival.refused.append((message, str(exc)))

    def _set_aside(self, arrival: Arrival) -> None:
        """Write a letter for each refused message; one that is lost is told with its place."""
        if not arrival.refused:
            return
        try:
            for message, reason in arrival.refused:
                self._set_one_aside(message, reason)
            self._letters.flush(LETTER_SECONDS)
        except MessagingError as exc:
            log.warning("tail.letters_lost", count=len(arrival.refused), error=str(exc))
        arrival.refused.clear()

    def _set_one_aside(self, message: Message, reason: str) -> None:
        found = to_found(message, self._prefix)
        self._freshness.refuse((found.topic, found.partition))
        log.warning("tail.message_refused", place=found.place, reason=reason)
        self._letters.put_found(found, reason)
