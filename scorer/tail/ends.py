"""Asks the broker again and again where the partitions end."""

import threading
from collections import Counter
from collections.abc import Iterable

import structlog
from confluent_kafka import IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from fraud.settings import KafkaSettings
from messaging.client import common_config
from messaging.topics import named
from scorer.features.note import Place
from scorer.tail.freshness import Freshness, now_us

log = structlog.get_logger(__name__)

ASK_SECONDS = 0.5
TIMEOUT_SECONDS = 2.0
# Of so many questions one is whether partitions have been added.
COUNT_EVERY = 20
LATEST = OffsetSpec.latest()  # type: ignore[no-untyped-call]


class EndsWatch:
    """The evidence that nothing is missing, twice a second; on a thread of its own.

    Args:
        settings: Of the broker.
        freshness: Told the ends.
    """

    def __init__(self, settings: KafkaSettings, freshness: Freshness) -> None:
        self._settings = settings
        self._freshness = freshness
        self._places: dict[Place, TopicPartition] = {}
        self._stopped = threading.Event()
        self._is_away = False
        self.has_grown = False
        """Whether there are partitions that are not followed."""
        self._admin = AdminClient(common_config(settings))
        self._thread = threading.Thread(target=self._run, name="tail-ends", daemon=True)

    def follow(self, places: Iterable[Place]) -> None:
        """Ask about these partitions from now on."""
        self.has_grown = False
        self._places = {
            (topic, number): TopicPartition(named(self._settings, topic), number)
            for topic, number in places
        }

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end; returns at once."""
        self._stopped.set()

    def join(self, seconds: float) -> None:
        """Wait for a question under way."""
        self._thread.join(seconds)

    def _run(self) -> None:
        questions = 0
        while not self._stopped.is_set():
            places = self._places
            if places:
                questions += 1
                self._ask(places, count=questions % COUNT_EVERY == 0)
            self._stopped.wait(ASK_SECONDS if places else ASK_SECONDS / 10)

    def _ask(self, places: dict[Place, TopicPartition], *, count: bool) -> None:
        asked_us = now_us()
        try:
            self._freshness.hear(self._ends(places), asked_us)
            if count:
                self.has_grown = self._count() != Counter(topic for topic, _ in places)
        except (KafkaException, TimeoutError) as exc:
            if not self._is_away:
                log.warning("tail.broker_away", error=str(exc))
            self._is_away = True
            # After a broker's restart the client goes on asking by an epoch that is no more.
            self._admin = AdminClient(common_config(self._settings))
        else:
            if self._is_away:
                log.info("tail.broker_back")
            self._is_away = False

    def _ends(self, places: dict[Place, TopicPartition]) -> dict[Place, int]:
        answers = self._admin.list_offsets(
            dict.fromkeys(places.values(), LATEST),
            isolation_level=IsolationLevel.READ_COMMITTED,
            request_timeout=TIMEOUT_SECONDS,
        )
        return {
            place: answers[partition].result(2 * TIMEOUT_SECONDS).offset
            for place, partition in places.items()
        }

    def _count(self) -> dict[str, int]:
        topics = {topic for topic, _ in self._places}
        return {
            topic: len(self._admin.list_topics(name, TIMEOUT_SECONDS).topics[name].partitions)
            for topic, name in ((topic, named(self._settings, topic)) for topic in topics)
        }
