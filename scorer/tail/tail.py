"""The tail whole: begins where the state ends, follows the topics, says how far it is."""

import threading
import time
from collections.abc import Callable

import structlog
from confluent_kafka import KafkaException

from fraud.priority import be_nice
from fraud.settings import KafkaSettings
from messaging.errors import MessagingError
from messaging.offsets import reading, watermarks
from messaging.topics import LABELS, RAW_TRANSACTIONS
from scorer.features.note import Mark, Place
from scorer.features.payments import PaymentIndex
from scorer.features.state import LiveState
from scorer.tail.beginning import Bounds, further, needs_vectors, passed_over, within
from scorer.tail.bootstrap import bootstrap
from scorer.tail.ends import EndsWatch
from scorer.tail.follower import TOPICS, Follower
from scorer.tail.freshness import Freshness
from scorer.tail.history import History
from scorer.tail.joiner import Joiner

log = structlog.get_logger(__name__)

RETRY_SECONDS = 1.0
TELL_SECONDS = 2.0


class Tail:
    """Follows raw_transactions and labels, so that the state holds what other scorers decided too.

    ::

        tail = Tail(settings.kafka, state, index, on_caught_up)
        tail.start()  # once the state is restored
        ...
        tail.stop()
        tail.join(seconds)

    Args:
        settings: Of the broker.
        state: What is followed is applied to it.
        index: Where payments are kept for labels.
        on_caught_up: Called when all that was in the topics at start has been applied.

    Raises:
        BrokerAwayError: The settings are refused. A broker that does not answer is waited for.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        state: LiveState,
        index: PaymentIndex,
        on_caught_up: Callable[[], object],
    ) -> None:
        self._settings = settings
        self._state = state
        self._on_caught_up = on_caught_up
        self.freshness = Freshness(on_caught_up=self._caught_up)
        self._joiner = Joiner(settings, state, self.freshness)
        self._history = History(settings, state, index)
        self._ends = EndsWatch(settings, self.freshness)
        self._stopped = threading.Event()
        self._started = self._told = 0.0
        self._thread = threading.Thread(target=self._run, name="tail", daemon=True)

    def start(self) -> None:
        """Begin where the restored state ends; returns at once."""
        self._started = self._told = time.monotonic()
        self._joiner.begin(self._state.restored_marks)
        self.freshness.begin(self._state.restored_marks)
        self._state.note_marks(lambda: self._joiner.marks)
        for part in (self._joiner, self._ends, self._thread):
            part.start()

    def stop(self) -> None:
        """Ask it to end; returns at once."""
        self._stopped.set()
        for part in (self._joiner, self._ends, self._history):
            part.stop()

    def join(self, seconds: float) -> None:
        """Wait for what is under way; all parts together take no longer than that."""
        deadline = time.monotonic() + seconds
        for part in (self._thread, self._joiner, self._ends, self._history):
            part.join(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        be_nice()
        while not self._stopped.is_set():
            try:
                self._follow()
            except (MessagingError, KafkaException) as exc:
                log.warning("tail.waiting", error=str(exc))
            except Exception:  # scoring goes on, and so must this
                log.exception("tail.failed", again_in_seconds=RETRY_SECONDS)
            self._stopped.wait(RETRY_SECONDS)

    def _follow(self) -> None:
        """Follow until stopped, or until there are more partitions than are followed."""
        self._joiner.wait_until_idle()
        marks = self._begin(self._bounds())
        if self._stopped.is_set():
            return
        self._joiner.begin(marks)
        self.freshness.begin(marks)
        self._history.start()
        follower = Follower(self._settings, self._state, self.freshness)
        try:
            follower.begin(marks)
            self._ends.follow(marks)
            while not self._stopped.is_set() and not self._ends.has_grown:
                arrival = follower.take()
                if arrival is not None:
                    self._joiner.put(arrival)
                self._tell()
        finally:
            follower.close()

    def _bounds(self) -> Bounds:
        with reading(self._settings) as consumer:
            return watermarks(consumer, self._settings, TOPICS)

    def _begin(self, bounds: Bounds) -> dict[Place, Mark]:
        marks = self._joiner.marks
        if needs_vectors(marks, bounds):
            moved = further(marks, bootstrap(self._settings, self._state, self._stopped))
            for topic in (LABELS, RAW_TRANSACTIONS):
                self._history.owe(topic, passed_over(marks, moved, bounds, topic))
            marks = moved
        self._history.read_labels()
        return within(marks, bounds)

    def _tell(self) -> None:
        """Say from time to time what is waited for."""
        if self.freshness.is_caught_up or time.monotonic() - self._told < TELL_SECONDS:
            return
        self._told = time.monotonic()
        log.info("tail.catching_up", behind=self.freshness.behind())

    def _caught_up(self) -> None:
        log.info("tail.caught_up", seconds=round(time.monotonic() - self._started, 3))
        self._on_caught_up()
