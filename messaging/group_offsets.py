"""What consumer groups have committed, read and written."""

from collections.abc import Mapping

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition

from fraud.settings import KafkaSettings
from messaging.admin_client import TIMEOUT_SECONDS, administering
from messaging.offsets import Place
from messaging.topics import load_topics, named

type Committed = dict[str, dict[Place, int]]
"""Group -> the first offset of each partition that is not settled."""


def read_groups(settings: KafkaSettings) -> Committed:
    """What every group has committed of the declared topics.

    Raises:
        BrokerAwayError: No broker answers.
    """
    names = {named(settings, topic.name): topic.name for topic in load_topics()}
    found: Committed = {}
    with administering(settings) as admin:
        listed = admin.list_consumer_groups(request_timeout=TIMEOUT_SECONDS).result().valid
        for group in sorted(each.group_id for each in listed):
            asked = [ConsumerGroupTopicPartitions(group)]
            answers = admin.list_consumer_group_offsets(asked, request_timeout=TIMEOUT_SECONDS)
            (answer,) = answers.values()
            offsets = {
                (names[place.topic], place.partition): place.offset
                for place in answer.result().topic_partitions
                if place.topic in names and place.offset >= 0
            }
            if offsets:
                found[group] = offsets
    return found


def write_groups(settings: KafkaSettings, groups: Mapping[str, Mapping[Place, int]]) -> None:
    """Commit for groups that have no members.

    Raises:
        BrokerAwayError: No broker answers.
        TopicError: The broker refuses.
    """
    with administering(settings) as admin:
        for group, offsets in groups.items():
            places = [
                TopicPartition(named(settings, topic), number, offset)
                for (topic, number), offset in offsets.items()
            ]
            asked = [ConsumerGroupTopicPartitions(group, places)]
            answers = admin.alter_consumer_group_offsets(asked, request_timeout=TIMEOUT_SECONDS)
            for answer in answers.values():
                answer.result()
