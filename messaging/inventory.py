"""What is on the brokers: topics with their sizes, consumer groups with their lag."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from fraud.settings import KafkaSettings
from messaging.admin_client import TIMEOUT_SECONDS, administering

# Kafka's own topics.
INTERNAL = "__"

type Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class TopicSize:
    """A topic as it stands.

    Args:
        name: On the broker, prefix included.
        partitions: How many.
        messages: End offsets less begin offsets; in a compacted topic more than there are.
    """

    name: str
    partitions: int
    messages: int


@dataclass(frozen=True, slots=True)
class GroupLag:
    """How far a consumer group is with a topic.

    Args:
        group: Its name.
        state: In Kafka's words, such as ``STABLE`` and ``EMPTY``.
        topic: On the broker, prefix included.
        partitions: Those that the group has committed an offset of.
        lag: Messages of these behind the committed offsets.
    """

    group: str
    state: str
    topic: str
    partitions: int
    lag: int


@dataclass(frozen=True, slots=True)
class Inventory:
    """What is on the brokers.

    Args:
        cluster: Kafka's name of the cluster.
        brokers: ``host:port`` of each, as they call themselves.
        topics: By name; without Kafka's own.
        groups: By group and topic.
    """

    cluster: str
    brokers: list[str]
    topics: list[TopicSize]
    groups: list[GroupLag]


def take_inventory(settings: KafkaSettings) -> Inventory:
    """Ask the brokers for all there is.

    Raises:
        BrokerAwayError: None answers.
        TopicError: They refuse to tell.
    """
    with administering(settings) as admin:
        found = admin.list_topics(timeout=TIMEOUT_SECONDS)
        topics = {name: t for name, t in found.topics.items() if not name.startswith(INTERNAL)}
        places = [(name, number) for name, topic in topics.items() for number in topic.partitions]
        begins = _offsets(admin, places, OffsetSpec.earliest())  # type: ignore[no-untyped-call]
        ends = _offsets(admin, places, OffsetSpec.latest())  # type: ignore[no-untyped-call]
        return Inventory(
            cluster=str(found.cluster_id),
            brokers=[f"{broker.host}:{broker.port}" for broker in found.brokers.values()],
            topics=_sizes(begins, ends),
            groups=_groups(admin, ends),
        )


def _offsets(admin: AdminClient, places: Iterable[Place], which: Any) -> dict[Place, int]:
    asked = {TopicPartition(*place): which for place in places}
    if not asked:
        return {}
    answers = admin.list_offsets(asked, request_timeout=TIMEOUT_SECONDS)
    return {(p.topic, p.partition): answer.result().offset for p, answer in answers.items()}


def _sizes(begins: Mapping[Place, int], ends: Mapping[Place, int]) -> list[TopicSize]:
    sizes = []
    for name in sorted({name for name, _ in ends}):
        counts = [end - begins[place] for place, end in ends.items() if place[0] == name]
        sizes.append(TopicSize(name, len(counts), sum(counts)))
    return sizes


def _groups(admin: AdminClient, ends: Mapping[Place, int]) -> list[GroupLag]:
    listed = admin.list_consumer_groups(request_timeout=TIMEOUT_SECONDS).result().valid
    return [
        lag
        for group in sorted(listed, key=lambda group: group.group_id)
        for lag in _lags(admin, group, ends)
    ]


def _lags(admin: AdminClient, group: Any, ends: Mapping[Place, int]) -> list[GroupLag]:
    asked = [ConsumerGroupTopicPartitions(group.group_id)]
    (answer,) = admin.list_consumer_group_offsets(asked, request_timeout=TIMEOUT_SECONDS).values()
    lags: dict[str, list[int]] = {}
    for place in answer.result().topic_partitions:
        end = ends.get((place.topic, place.partition))
        # An offset below zero is none; a topic may have been deleted since.
        if end is not None and place.offset >= 0:
            lags.setdefault(place.topic, []).append(max(0, end - place.offset))
    return [
        GroupLag(group.group_id, group.state.name, topic, len(each), sum(each))
        for topic, each in sorted(lags.items())
    ]
