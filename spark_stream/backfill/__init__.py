"""The batch twin of the stream: payments and labels in Parquet in, every entity's state out."""

from spark_stream.backfill.run import Backfill, backfill
from spark_stream.backfill.source import DataSetSource, LakeSource, Source

__all__ = ["Backfill", "DataSetSource", "LakeSource", "Source", "backfill"]
