"""States that a backfill wrote, as the stream would have published them.

The newest message of a key counts, so a state must not replace a fuller one. What is published is
therefore bound to offsets: nothing is, when the stream has published further under this contract.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import pyarrow as pa
from pyspark.sql import SparkSession

from features_rs import contract
from fraud.settings import KafkaSettings
from fraud.v1.records_pb2 import EntityKind, FeatureVector
from fraud.v1.stream_pb2 import PartitionOffset, StreamProgress
from messaging.codec import Record, to_record
from messaging.offsets import Place
from messaging.producer import MessageProducer
from messaging.topics import FEATURE_VECTORS
from messaging.vectors import progress_key, read_progress, vector_key
from spark_stream.backfill.errors import StreamAheadError

QUERY: Final = "backfill"
LARGEST_BYTES: Final = 8_388_608


def publish(
    session: SparkSession, states: Any, settings: KafkaSettings, offsets: dict[Place, int]
) -> int:
    """Write every state to ``feature_vectors``, then up to where the topics are in them.

    Args:
        session: Where it runs.
        states: Frame of ``task.COLUMNS``.
        settings: Of the brokers.
        offsets: Of each partition the first offset that is not in the states; none where it is
            not known.

    Returns:
        Vectors published.

    Raises:
        StreamAheadError: The stream has published further; nothing is published.
        BrokerAwayError: No broker answers.
        DeliveryError: A broker did not take a message.
    """
    check_stream(read_progress(settings), offsets)
    counts = states.mapInArrow(Publisher(settings), "published long").collect()
    if offsets:
        with MessageProducer(settings) as producer:
            producer.produce(FEATURE_VECTORS, _progress_of(offsets))
            producer.flush()
    return sum(row.published for row in counts)


def check_stream(published: dict[Place, int], offsets: dict[Place, int]) -> None:
    """See whether the states hold all that is published.

    Raises:
        StreamAheadError: They do not; names the first partition.
    """
    for (topic, partition), offset in sorted(published.items()):
        held = offsets.get((topic, partition), 0)
        if offset > held:
            raise StreamAheadError(
                f"the stream has published states up to offset {offset:,} of {topic}/{partition} "
                f"under contract {contract().digest}, these hold it up to {held:,}: they would "
                "replace fuller ones"
            )


class Publisher:
    """Sends states; called by Spark, sent to the executors."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """How many of each batch the brokers have."""
        overrides = {"message.max.bytes": LARGEST_BYTES}
        with MessageProducer(self._settings, **overrides) as producer:
            for batch in batches:
                for row in batch.to_pylist():
                    producer.produce(FEATURE_VECTORS, _vector_of(row))
                producer.flush()
                yield pa.RecordBatch.from_pydict({"published": [batch.num_rows]})


def _vector_of(row: dict[str, Any]) -> Record:
    vector = FeatureVector(
        entity_kind=EntityKind.Value(f"ENTITY_KIND_{row['kind'].upper()}"),
        entity_id=row["entity_id"],
        contract_digest=row["digest"],
        state=row["state"],
    )
    vector.as_of.FromDatetime(row["as_of"])
    key = vector_key(row["digest"], row["kind"], row["entity_id"])
    return to_record(vector, key=key, origin="stream")


def _progress_of(offsets: dict[Place, int]) -> Record:
    digest = contract().digest
    progress = StreamProgress(
        contract_digest=digest,
        offsets=[
            PartitionOffset(topic=topic, partition=partition, next_offset=offset)
            for (topic, partition), offset in sorted(offsets.items())
        ],
    )
    return to_record(progress, key=progress_key(digest, QUERY), origin="stream")
