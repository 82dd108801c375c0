"""What has to be done so that topics become what is declared; decides, and does nothing.

>>> declared = [Topic("labels", 4, {"retention.ms": "60000"})]
>>> [str(change) for change in plan_changes(declared, {})]
['labels: made with 4 partitions']
>>> found = {"labels": FoundTopic(2, {"retention.ms": "5000"})}
>>> [str(change) for change in plan_changes(declared, found)]
['labels: partitions 2 -> 4', 'labels: retention.ms 5000 -> 60000']
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from messaging.errors import TopicError
from messaging.topics import Topic

PARTITIONS = "partitions"


@dataclass(frozen=True, slots=True)
class FoundTopic:
    """A topic as it is on the broker.

    Args:
        partitions: How many there are.
        config: All that is in force, the broker's defaults included.
    """

    partitions: int
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do, or done.

    Args:
        topic: As declared.
        setting: ``partitions`` or a name of Kafka's.
        before: What there is; None when the topic is not there, or has no such setting.
        after: What is declared.
    """

    topic: Topic
    setting: str
    before: str | None
    after: str

    @property
    def makes_topic(self) -> bool:
        """Whether the topic is made anew."""
        return self.setting == PARTITIONS and self.before is None

    def __str__(self) -> str:
        if self.makes_topic:
            return f"{self.topic.name}: made with {self.after} partitions"
        return f"{self.topic.name}: {self.setting} {self.before} -> {self.after}"


def plan_changes(declared: Iterable[Topic], found: Mapping[str, FoundTopic]) -> list[Change]:
    """What differs, in the order of the declaration; what is not declared is left alone.

    Args:
        declared: What shall be.
        found: What is, by names as declared.

    Raises:
        TopicError: A topic has more partitions than are declared.
    """
    return [change for topic in declared for change in _changes(topic, found.get(topic.name))]


def _changes(topic: Topic, found: FoundTopic | None) -> Iterator[Change]:
    if found is None:
        yield Change(topic, PARTITIONS, None, str(topic.partitions))
        return
    if found.partitions > topic.partitions:
        raise TopicError(
            f"Failed to change topic `{topic.name}`: it has {found.partitions} partitions and "
            f"{topic.partitions} are declared; partitions cannot be taken away: declare "
            f"{found.partitions}, or delete the topic with all its messages first"
        )
    if found.partitions < topic.partitions:
        yield Change(topic, PARTITIONS, str(found.partitions), str(topic.partitions))
    for name, value in topic.config.items():
        if found.config.get(name) != value:
            yield Change(topic, name, found.config.get(name), value)
