"""Grouping by few buckets in place of many keys.

Spark pays for each group of a batch: it tells the group's key over a socket, and the rows that come
out of it travel as an Arrow batch of their own. Most payments are alone under their key, so a group
is a bucket of keys, and each key has its state in a map of the bucket's.
"""

from typing import Final

from pyspark.sql import DataFrame, GroupedData
from pyspark.sql import functions as F  # noqa: N812 - as Spark's own documentation has it

BUCKETS: Final = 64
"""Of each stage: many for each of a few cores, few for the hundreds of keys of a batch. With other
buckets older states are not found: see :data:`spark_stream.checkpoint.LAYOUT`."""


def group_by_bucket(rows: DataFrame, key: str) -> GroupedData:
    """Groups of about as many keys each; rows of a key are in one group."""
    bucket = F.pmod(F.xxhash64(key), F.lit(BUCKETS)).cast("int")
    return rows.withColumn("bucket", bucket).groupBy("bucket")
