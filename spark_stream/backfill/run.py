"""The job: a task for each shard, and what they found written as Parquet."""

import re
import time
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Final

from pyspark.errors import PythonException
from pyspark.sql import DataFrame, SparkSession

from spark_stream.backfill.errors import SourceError
from spark_stream.backfill.source import Source
from spark_stream.backfill.task import COLUMNS, Task

MOST_SHARDS: Final = 8
"""Unless told otherwise. Each task reads everything: with more, reading is most of the work."""


@dataclass(frozen=True, slots=True)
class Backfill:
    """What was done.

    Args:
        folder: Parquet files with one row for each entity.
        payments: Read.
        entities: By kind.
        shards: Tasks that shared the entities.
        seconds: Of the job: reading, computing, writing.
    """

    folder: Path
    payments: int
    entities: dict[str, int]
    shards: int
    seconds: float


def backfill(
    session: SparkSession, source: Source, folder: Path, shards: int | None = None
) -> Backfill:
    """Compute the state of every entity.

    Args:
        session: Where it runs.
        source: Of payments and labels.
        folder: Written to; what is there is replaced when the new is complete.
        shards: Tasks; unless given, as many as cores, at most :data:`MOST_SHARDS`.

    Raises:
        SourceError: Payments or labels are missing or break their contract.
    """
    payments = source.count()
    count = shards or min(session.sparkContext.defaultParallelism, MOST_SHARDS)
    began = time.perf_counter()
    states = session.range(0, count, 1, count).mapInArrow(Task(source, count), COLUMNS)
    try:
        states.write.mode("overwrite").option("compression", "zstd").parquet(str(folder.absolute()))
    except PythonException as exc:
        raise _reason_of(exc) from exc
    seconds = time.perf_counter() - began
    entities = count_entities(read_states(session, folder))
    return Backfill(folder, payments, entities, count, seconds)


def _reason_of(error: PythonException) -> Exception:
    """What a task refused; the error itself when it is a fault of the program."""
    found = re.search(r"SourceError: (.*)", str(error))
    return SourceError(found[1]) if found else error


def read_states(session: SparkSession, folder: Path) -> DataFrame:
    """What a backfill wrote: rows of :data:`task.COLUMNS`."""
    return session.read.parquet(str(folder.absolute()))


def count_entities(states: DataFrame) -> dict[str, int]:
    """By kind."""
    # Not by groupBy: its shuffle has so many partitions that it would take longer than the job.
    kinds = states.select("kind").toArrow()["kind"].value_counts().to_pylist()
    return {each["values"]: each["counts"] for each in sorted(kinds, key=itemgetter("values"))}
