"""Tells those who read ``feature_vectors`` up to where the topics are contained in it."""

from pathlib import Path

from features_rs import contract
from fraud.settings import KafkaSettings
from fraud.v1.stream_pb2 import PartitionOffset, StreamProgress
from messaging.codec import to_record
from messaging.producer import MessageProducer
from messaging.topics import FEATURE_VECTORS
from messaging.vectors import progress_key
from spark_stream.checkpoint import committed_offsets


class ProgressPublisher:
    """Publishes how far a query has come, once for each committed batch.

    What it says is read from the checkpoint, so it is told after the vectors of that batch are on
    their topic, and told again after a restart. It never claims too much: a job that is killed
    between a batch and this is behind by that batch.

    Args:
        settings: Of the brokers.
        query: Name of the query.
        checkpoint: Its folder.
    """

    def __init__(self, settings: KafkaSettings, query: str, checkpoint: Path) -> None:
        self._prefix = settings.topic_prefix
        self._producer = MessageProducer(settings)
        self._key = progress_key(contract().digest, query)
        self._checkpoint = checkpoint
        self._told: dict[str, dict[int, int]] = {}

    def publish(self) -> None:
        """Tell what is committed, if it is more than was told.

        Raises:
            DeliveryError: The broker did not take it.
        """
        found = committed_offsets(self._checkpoint)
        if found == self._told:
            return
        message = StreamProgress(
            contract_digest=contract().digest,
            offsets=[
                PartitionOffset(
                    topic=topic.removeprefix(self._prefix),
                    partition=partition,
                    next_offset=offset,
                )
                for topic, partitions in sorted(found.items())
                for partition, offset in sorted(partitions.items())
            ],
        )
        self._producer.produce(FEATURE_VECTORS, to_record(message, key=self._key, origin="stream"))
        self._producer.flush()
        self._told = found

    def close(self) -> None:
        """Close the connection to the broker."""
        self._producer.close()
