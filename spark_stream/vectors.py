"""The sink: feature vectors in, messages on ``feature_vectors`` out.

At least once: a batch is committed after the broker has all of it, and one that is tried again
writes the same keys and values. Spark's own Kafka sink writes them, without Python.
"""

from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - as Spark's own documentation has it
from pyspark.sql.streaming.readwriter import DataStreamWriter

from fraud.settings import KafkaSettings
from fraud.v1.records_pb2 import FeatureVector
from messaging.codec import headers_of
from messaging.registry import Framing
from messaging.topics import FEATURE_VECTORS, named
from spark_stream import tuning
from spark_stream.sources import kafka_options

LARGEST_BYTES: Final = 8_388_608


def to_topic(vectors: DataFrame, settings: KafkaSettings) -> DataStreamWriter:
    """A query that is still to be named and started.

    Args:
        vectors: Rows of :data:`spark_stream.entities.SCHEMA`.
        settings: Of the brokers.
    """
    pairs = headers_of(FeatureVector, "stream")
    headers = F.array(
        *(F.struct(F.lit(name).alias("key"), F.lit(value).alias("value")) for name, value in pairs)
    )
    options = {
        **kafka_options(settings),
        "topic": named(settings, FEATURE_VECTORS),
        "includeHeaders": "true",
        "kafka.compression.type": settings.compression,
        "kafka.max.request.size": str(LARGEST_BYTES),
        **{each.name: each.value for each in tuning.SINK},
    }
    value = F.col("value")
    if settings.registry_url is not None:
        frame = Framing(settings).frame(FEATURE_VECTORS, FeatureVector.DESCRIPTOR.full_name)
        value = F.concat(F.lit(frame), value)
    rows = vectors.select("key", value.alias("value"), headers.alias("headers"))
    return rows.writeStream.format("kafka").options(**options).outputMode("append")
