"""Every setting of Spark that is not its default, each with the reason.

The figures are from ``python -m benchmarks.pipeline.spark``; docs/decisions/0008 has the rest.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Tuned:
    """One setting of Spark.

    Args:
        name: As Spark documents it.
        value: What it is set to.
        reason: Why.
    """

    name: str
    value: str
    reason: str


SESSION: Final = (
    Tuned("spark.sql.session.timeZone", "UTC", "Dates of events are UTC dates everywhere."),
    Tuned("spark.ui.enabled", "false", "Keeps every batch in memory; `fraud spark status` tells."),
    Tuned("spark.log.level", "WARN", "A line for each task would be a hundred lines a second."),
    Tuned(
        "spark.sql.adaptive.enabled",
        "false",
        "Plans anew after each stage: costs more than such small batches take.",
    ),
    Tuned("spark.locality.wait", "0s", "Nothing is local to anything: waiting buys nothing."),
    Tuned(
        "spark.sql.execution.arrow.pyspark.enabled",
        "true",
        "Columns go to Python and back whole, not row by row.",
    ),
)
"""For every session, streaming or not."""

MEMORY: Final = (
    Tuned("spark.driver.memory", "1g", "In local mode the driver is all there is."),
    Tuned("spark.executor.memory", "1g", "As the driver in local mode: it does the same work."),
)
"""Heaps; the kernel's states live outside them, in RocksDB and in Python."""

JAVA_OPTIONS: Final = (
    "-XX:+UseG1GC -XX:+ExplicitGCInvokesConcurrent -XX:ParallelGCThreads=1 -XX:MaxGCPauseMillis=50"
)
"""Of driver and executors.

Spark calls ``System.gc()`` every half hour (``spark.cleaner.periodicGC.interval``), which stops
everything for 0.6 s unless it is made concurrent. One collecting thread does not wait for a second
that has no processor, and a goal of 50 ms is below the bar of 200, which is G1's own goal.
"""

SOURCE: Final = (
    Tuned("maxOffsetsPerTrigger", "2000", "Bounds a batch, and so its memory, after a pause."),
    Tuned("kafka.fetch.max.wait.ms", "20", "A fetch that finds nothing waits half a second else."),
)
"""Options of the Kafka source."""

STREAMING: Final = (
    Tuned("spark.sql.shuffle.partitions", "2", "As many as cores: each costs a task a stage."),
    Tuned(
        "spark.sql.streaming.stateStore.providerClass",
        "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider",
        "States outside the heap, on disk; the only one that transformWithState takes.",
    ),
    Tuned(
        "spark.sql.streaming.stateStore.rocksdb.changelogCheckpointing.enabled",
        "true",
        "A batch saves what changed, not the whole store.",
    ),
    Tuned(
        "spark.sql.streaming.noDataMicroBatches.enabled",
        "false",
        "There are no watermarks that an empty batch could move.",
    ),
    Tuned("spark.sql.streaming.pollingDelay", "5ms", "How soon new messages are looked for."),
)
"""For sessions that stream."""

SINK: Final = (
    Tuned("kafka.acks", "all", "A batch that is committed is on every replica."),
    Tuned("kafka.linger.ms", "5", "Vectors of a batch travel together."),
)
"""Options of the Kafka sink."""
