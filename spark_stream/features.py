"""The query that keeps features: payments and labels in, feature vectors out."""

from typing import Final

from pyspark.sql import SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from fraud.settings import Settings
from messaging.topics import LABELS, RAW_TRANSACTIONS
from spark_stream.checkpoint import claim
from spark_stream.entities import NAMED_FEATURES, Named, advance_entities
from spark_stream.intake import take_in
from spark_stream.payments import join_labels
from spark_stream.sources import read_topics
from spark_stream.vectors import to_topic

NAME: Final = "features"


def start_features_query(
    session: SparkSession, settings: Settings, named: Named = NAMED_FEATURES
) -> StreamingQuery:
    """Start it, from where its checkpoint is, or from the begin of the topics.

    Args:
        session: Where it runs.
        settings: Of the brokers, and where the checkpoint is.
        named: By kind, the features that go into a vector by name; may change between two starts.

    Raises:
        CheckpointMismatchError: The checkpoint is of another contract or layout of states.
    """
    checkpoint = settings.checkpoint_dir / NAME
    claim(checkpoint)
    # A task for each core, not one for each partition: they are small, and each has its price.
    cores = int(session.conf.get("spark.sql.shuffle.partitions") or 1)
    messages = read_topics(session, settings.kafka, (RAW_TRANSACTIONS, LABELS)).coalesce(cores)
    changes = join_labels(take_in(messages, settings.kafka), settings.scorer.label_days)
    query = to_topic(advance_entities(changes, named), settings.kafka)
    return query.queryName(NAME).option("checkpointLocation", str(checkpoint)).start()
