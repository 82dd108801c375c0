"""The topics: their names, and what ``topics.toml`` declares of them.

>>> [topic.name for topic in load_topics()][:2]
['raw_transactions', 'feature_vectors']
>>> load_topics()[0].partitions
8
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from fraud.settings import KafkaSettings
from messaging.errors import TopicError

RAW_TRANSACTIONS: Final = "raw_transactions"
"""``fraud.v1.Transaction`` by account: every payment that is known of."""
FEATURE_VECTORS: Final = "feature_vectors"
"""``fraud.v1.FeatureVector`` by contract digest, kind and entity; compacted."""
DECISIONS: Final = "decisions"
"""``fraud.v1.Prediction`` by account."""
LABELS: Final = "labels"
"""``fraud.v1.Label`` by transaction id."""
DEAD_LETTERS: Final = "raw_transactions.dlq"
"""``fraud.v1.DeadLetter`` by topic, partition and offset: what could not be read."""

DECLARATION: Final = Path(__file__).with_name("topics.toml")


@dataclass(frozen=True, slots=True)
class Topic:
    """What is declared of a topic.

    Args:
        name: Without a prefix.
        partitions: How many there shall be, at least 1.
        config: Kafka's names and values, as the broker writes them.
    """

    name: str
    partitions: int
    config: Mapping[str, str]


@cache
def load_topics() -> tuple[Topic, ...]:
    """Every topic, in the order of its declaration."""
    return parse_topics(DECLARATION.read_text(encoding="utf-8"))


def parse_topics(text: str) -> tuple[Topic, ...]:
    r"""Read a declaration.

    >>> parse_topics("[defaults]\n[topics.labels]\npartitions = 2\n'retention.ms' = 60000")
    (Topic(name='labels', partitions=2, config={'retention.ms': '60000'}),)

    Raises:
        TopicError: A topic has no number of partitions.
    """
    declared = tomllib.loads(text)
    return tuple(
        _topic(name, declared.get("defaults", {}) | own) for name, own in declared["topics"].items()
    )


def _topic(name: str, values: dict[str, Any]) -> Topic:
    partitions = values.pop("partitions", None)
    if not isinstance(partitions, int) or partitions < 1:
        raise TopicError(
            f"Failed to read topic `{name}`: its `partitions` is `{partitions}`, "
            "and should be a number of at least 1"
        )
    return Topic(name, partitions, {key: str(value) for key, value in values.items()})


def named(settings: KafkaSettings, topic: str) -> str:
    """A topic's name on the broker, with the prefix that is set."""
    return f"{settings.topic_prefix}{topic}"
