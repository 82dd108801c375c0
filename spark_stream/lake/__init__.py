"""The lake: every payment of ``raw_transactions`` once, by the date on which it was made.

A Delta table: Parquet files in folders by ``event_date``, and a log that says which of them count.
"""

from spark_stream.lake.reader import read_dates, read_lake

__all__ = ["read_dates", "read_lake"]
