"""The streaming query that writes the lake, in the same application as the features query."""

from typing import Final

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from fraud.settings import Settings
from messaging.topics import RAW_TRANSACTIONS
from spark_stream.lake.decode import COLUMNS, decode_batches
from spark_stream.lake.writer import COMPACT_EVERY, LakeWriter
from spark_stream.sources import read_topics

NAME: Final = "lake"
TRIGGER: Final = "10 seconds"
"""A file for each date at each trigger: longer is fewer files, and rows that appear later."""
SOURCE: Final = {"maxOffsetsPerTrigger": "200000"}
"""Messages in a batch at most; they pass through the driver, at about 200 bytes each."""
ROW: Final = (
    "transaction_id string, account_id string, merchant_id string, category string, "
    "amount_minor long, currency string, event_time timestamp, channel byte, entry_mode byte, "
    "country string, latitude double, longitude double, device_id string, ip_prefix string, "
    "utc_offset_minutes int, ratio_to_usual float, kafka_partition int, kafka_offset long, "
    "kafka_timestamp timestamp"
)
"""``schema.FOUND`` as Spark says it."""


def start_lake_query(
    spark: SparkSession,
    settings: Settings,
    *,
    trigger: str = TRIGGER,
    compact_every: int = COMPACT_EVERY,
) -> StreamingQuery:
    """Start writing the lake, from where its checkpoint is, or from the topic's begin.

    Args:
        spark: With the Kafka source.
        settings: Of the broker, and where checkpoint and lake are.
        trigger: Time between batches, as Spark says it.
        compact_every: Batches between compactions.
    """
    writer = LakeWriter(settings.lake_dir, compact_every)

    def write(batch: DataFrame, batch_id: int) -> None:
        query_id = batch.sparkSession.sparkContext.getLocalProperty("sql.streaming.queryId")
        writer.write(batch.toArrow(), query_id or NAME, batch_id)

    messages = read_topics(spark, settings.kafka, [RAW_TRANSACTIONS], SOURCE).select(*COLUMNS)
    # One task: beside it a core is left to the features query, which is the one in a hurry.
    stream = (
        messages.coalesce(1)
        .mapInArrow(decode_batches, ROW)
        .writeStream.queryName(NAME)
        .foreachBatch(write)
        .option("checkpointLocation", str(settings.checkpoint_dir / NAME))
        .trigger(processingTime=trigger)
    )
    return stream.start()
