"""Keeps partitions that stay flowing when others are given up.

librdkafka pauses all partitions while some are revoked and resumes those that stay, but does not
always wake the thread that fetches from their leader: it sleeps on for up to a second (seen with
2.16 in half of all joins). Any request to that leader wakes it, so one is sent again and again
for a moment after each revocation.
"""

import time
from collections.abc import Collection
from contextlib import suppress

from confluent_kafka import Consumer, KafkaException, TopicPartition

LAST_SECONDS = 0.5
EVERY_SECONDS = 0.02
ANSWER_SECONDS = 0.2


class Nudge:
    """Wakes the fetching threads of one consumer.

    Args:
        consumer: Whose threads they are.
        topic: That it reads, by its name on the broker.
    """

    def __init__(self, consumer: Consumer, topic: str) -> None:
        self._consumer = consumer
        self._topic = topic
        self._turn = 0
        self._due = 0.0
        self._until = 0.0

    @property
    def is_on(self) -> bool:
        """Whether partitions were revoked just now."""
        return time.monotonic() < self._until

    def begin(self) -> None:
        """Partitions were revoked."""
        self._until = time.monotonic() + LAST_SECONDS

    def act(self, partitions: Collection[int]) -> None:
        """Ask the leader of one of the partitions that stay, the next one each time."""
        now = time.monotonic()
        if not partitions or not self._due <= now < self._until:
            return
        self._due = now + EVERY_SECONDS
        self._turn += 1
        partition = sorted(partitions)[self._turn % len(partitions)]
        with suppress(KafkaException):
            self._consumer.get_watermark_offsets(
                TopicPartition(self._topic, partition), ANSWER_SECONDS
            )
