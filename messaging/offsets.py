"""Where topics begin and end, and reading them from the one to the other."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from fraud.settings import KafkaSettings
from messaging.client import consumer_config
from messaging.errors import BrokerAwayError
from messaging.topics import named

TIMEOUT_SECONDS: Final = 10.0
POLL_SECONDS: Final = 0.05
PASSING: Final = (KafkaError.LEADER_NOT_AVAILABLE, KafkaError.NOT_LEADER_FOR_PARTITION)
BATCH: Final = 10_000
"""Messages handed over at once."""

type Place = tuple[str, int]
"""A topic, by its name without prefix, and the number of a partition."""


def begin_offsets(settings: KafkaSettings, topics: Iterable[str]) -> dict[Place, int]:
    """The first offset that each partition still has."""
    with reading(settings) as consumer:
        return {place: low for place, (low, _) in watermarks(consumer, settings, topics).items()}


def end_offsets(settings: KafkaSettings, topics: Iterable[str]) -> dict[Place, int]:
    """The offset that the next message of each partition will have.

    Raises:
        BrokerAwayError: No broker answers, or there is no such topic.
    """
    with reading(settings) as consumer:
        return {place: high for place, (_, high) in watermarks(consumer, settings, topics).items()}


@contextmanager
def reading(settings: KafkaSettings, **overrides: Any) -> Iterator[Consumer]:
    """A consumer that belongs to no group and is assigned by hand; closed in the end."""
    consumer = Consumer(consumer_config(settings, "fraud-reader", **overrides))
    try:
        yield consumer
    finally:
        consumer.close()


def watermarks(
    consumer: Consumer, settings: KafkaSettings, topics: Iterable[str]
) -> dict[Place, tuple[int, int]]:
    """Begin and end of every partition.

    Raises:
        BrokerAwayError: No broker answers, or there is no such topic.
    """
    return {
        (topic, number): _watermarks(consumer, TopicPartition(named(settings, topic), number))
        for topic in topics
        for number in _partitions(consumer, named(settings, topic))
    }


def read_range(
    consumer: Consumer,
    settings: KafkaSettings,
    topic: str,
    ranges: Mapping[int, tuple[int, int]],
    batch_size: int = BATCH,
) -> Iterator[list[Any]]:
    """Batches of the messages of a topic between offsets of each partition.

    Args:
        consumer: Of :func:`reading`; what it was assigned before is given up.
        settings: Of the broker.
        topic: Name without prefix.
        ranges: Of each partition the first offset and the one behind the last.
        batch_size: Most messages of a batch; making one takes half a microsecond each, during
            which no other thread of Python works.

    Raises:
        BrokerAwayError: Nothing came for ten seconds while something was left.
    """
    name = named(settings, topic)
    left = {number: end for number, (begin, end) in ranges.items() if end > begin}
    consumer.assign([TopicPartition(name, number, ranges[number][0]) for number in left])
    heard = time.monotonic()
    while left:
        batch = consumer.consume(batch_size, POLL_SECONDS)
        if wanted := [message for message in batch if _is_within(message, left)]:
            yield wanted
        # The last offsets may have been compacted away: the position tells what is behind.
        for place in consumer.position([TopicPartition(name, number) for number in left]):
            if place.offset >= left[place.partition]:
                del left[place.partition]
        if batch:
            heard = time.monotonic()
        elif left and time.monotonic() - heard > TIMEOUT_SECONDS:
            raise BrokerAwayError(f"`{name}`: nothing came of partitions {sorted(left)}")


def _is_within(message: Any, ends: Mapping[int, int]) -> bool:
    return message.error() is None and message.offset() < ends.get(message.partition(), 0)


def _partitions(consumer: Consumer, name: str) -> list[int]:
    try:
        topic = consumer.list_topics(name, TIMEOUT_SECONDS).topics[name]
    except KafkaException as exc:
        raise BrokerAwayError(f"Failed to look up topic `{name}`: {exc}") from exc
    if topic.error is not None:
        raise BrokerAwayError(f"Failed to look up topic `{name}`: {topic.error}")
    return sorted(topic.partitions)


def _watermarks(consumer: Consumer, place: TopicPartition) -> tuple[int, int]:
    """Asks again while a partition has no leader: one just made, or of a broker that came back."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        try:
            found: tuple[int, int] | None = consumer.get_watermark_offsets(place, TIMEOUT_SECONDS)
        except KafkaException as exc:
            if exc.args[0].code() not in PASSING or time.monotonic() > deadline:
                raise BrokerAwayError(
                    f"Failed to look up the offsets of `{place.topic}`: {exc}"
                ) from exc
        else:
            if found is None:
                raise BrokerAwayError(f"`{place.topic}`: no offsets in {TIMEOUT_SECONDS:.0f} s")
            return found
        time.sleep(POLL_SECONDS)
