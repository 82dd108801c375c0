"""What ``feature_vectors`` holds: states of entities, and up to where the topics are in them.

A message of the topic has one of two keys: ``<digest>/<kind>/<entity id>`` for a
``FeatureVector``, ``<digest>/progress/<query>`` for a ``StreamProgress``. Contracts live side by
side; what is asked for is always that of one digest.
"""

import sys
from collections.abc import Iterator
from typing import Any, Final

from features_rs import contract
from fraud.settings import KafkaSettings
from fraud.v1.records_pb2 import FeatureVector
from fraud.v1.stream_pb2 import StreamProgress
from messaging.frame import unframed
from messaging.offsets import Place, read_range, reading, watermarks
from messaging.topics import FEATURE_VECTORS

PROGRESS: Final = "progress"
"""Stands in a key where a vector's has the kind of its entity."""
TAIL: Final = 2_000
"""Offsets at the end of each partition among which the newest progress usually is."""

type Ranges = dict[int, tuple[int, int]]


def vector_key(digest: str, kind: str, entity_id: str) -> str:
    """The key of an entity's ``FeatureVector``.

    >>> vector_key("0f", "account", "a1")
    '0f/account/a1'
    """
    return f"{digest}/{kind}/{entity_id}"


def progress_key(digest: str, query: str) -> str:
    """The key of a streaming query's ``StreamProgress``."""
    return f"{digest}/{PROGRESS}/{query}"


class VectorScan:
    """One pass over the topic, from its begin to where it ends when the pass begins.

    Iterating gives batches of serialized ``FeatureVector`` messages, as ``Store.merge_wire`` takes
    them; an entity may come more than once, which merging makes harmless. When the pass is over,
    :attr:`offsets` says up to where the topics are contained in what it gave. Compaction must not
    remove a message while the pass runs: the topic's ``min.compaction.lag.ms`` sees to that.

    Args:
        settings: Of the broker.
        digest: Of the contract whose states are wanted; None for the kernel's own.
        tail: Only the last so many offsets of each partition; None for all.

    Raises:
        BrokerAwayError: No broker answers, or there is no such topic.
    """

    def __init__(
        self, settings: KafkaSettings, digest: str | None = None, tail: int | None = None
    ) -> None:
        self._settings = settings
        self._prefix = f"{digest or contract().digest}/".encode()
        self._progress = f"{digest or contract().digest}/{PROGRESS}/".encode()
        self._tail = tail
        self._overrides = {"fetch.message.max.bytes": 8_388_608, "queued.min.messages": 200_000}
        self.offsets: dict[Place, int] = {}
        """Of each partition of a topic the first offset that is not contained."""
        self.foreign = 0
        """Messages of other contracts, passed over."""

    def __iter__(self) -> Iterator[list[bytes]]:
        with reading(self._settings, **self._overrides) as consumer:
            # The ends are asked for twice: what a progress message below the first ends claims
            # lies below the second ends, in whichever partition.
            believed, ranges = (self._ranges(consumer) for _ in range(2))
            for batch in read_range(consumer, self._settings, FEATURE_VECTORS, ranges):
                if values := self._values(batch, believed):
                    yield values

    def _ranges(self, consumer: Any) -> Ranges:
        found = watermarks(consumer, self._settings, [FEATURE_VECTORS])
        reach = self._tail or sys.maxsize
        return {
            number: (max(low, high - reach), high) for (_, number), (low, high) in found.items()
        }

    def _values(self, batch: list[Any], believed: Ranges) -> list[bytes]:
        values = []
        for message in batch:
            key, value = message.key() or b"", message.value()
            if not key.startswith(self._prefix):
                self.foreign += 1
            elif not key.startswith(self._progress):
                if value:
                    values.append(unframed(value))
            elif value and message.offset() < believed[message.partition()][1]:
                self._believe(StreamProgress.FromString(unframed(value)))
        return values

    def _believe(self, progress: StreamProgress) -> None:
        """Take the further of two claims: both are true."""
        for each in progress.offsets:
            place = self._topic(each.topic), each.partition
            self.offsets[place] = max(each.next_offset, self.offsets.get(place, 0))

    def _topic(self, name: str) -> str:
        return name.removeprefix(self._settings.topic_prefix)


def read_vectors(settings: KafkaSettings, digest: str | None = None) -> Iterator[FeatureVector]:
    """The newest vector of every entity.

    Args:
        settings: Of the broker.
        digest: Of the contract whose states are wanted; None for the kernel's own.

    Raises:
        BrokerAwayError: No broker answers, or there is no such topic.
    """
    newest: dict[tuple[int, str], FeatureVector] = {}
    for batch in VectorScan(settings, digest):
        for vector in map(FeatureVector.FromString, batch):
            newest[vector.entity_kind, vector.entity_id] = vector
    yield from newest.values()


def read_progress(settings: KafkaSettings, digest: str | None = None) -> dict[Place, int]:
    """Up to where the topics are contained in the vectors: the first offset that is not.

    Raises:
        BrokerAwayError: No broker answers, or there is no such topic.
    """
    for tail in (TAIL, None):
        scan = VectorScan(settings, digest, tail)
        for _ in scan:
            pass
        if scan.offsets:
            return scan.offsets
    return {}
