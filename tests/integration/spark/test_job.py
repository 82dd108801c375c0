"""The streaming job between real brokers: shuffled, doubled, poisoned, killed, upgraded."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fraud.local.environment import to_environment
from fraud.local.port import free_port
from fraud.local.spark import LocalSpark
from fraud.settings import KafkaSettings, Settings, SparkSettings
from fraud.v1.records_pb2 import EntityKind
from fraud.v1.transaction_pb2 import Transaction
from messaging.dead_letter_archive import DeadLetterArchive
from messaging.vectors import read_vectors
from spark_stream.lake.reader import read_lake
from tests.integration.spark.support import (
    POISON,
    assert_equal_to,
    assert_progress_is_true,
    label,
    learned,
    payments,
    produce,
    samples,
    store_of,
    wait_until_contained,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

# The same states, another list of named features and another setting of Spark.
NEXT_VERSION = """
from functools import partial
from fraud.settings import load_settings
from spark_stream.features import start_features_query
from spark_stream.job import StreamJob

named = {"account": ["account_count_24h"], "merchant": [], "category": [], "device": []}
overrides = {"spark.sql.streaming.minBatchesToRetain": "5"}
StreamJob(load_settings(), overrides, [partial(start_features_query, named=named)]).run()
"""


def test_vectors_equal_the_kernels_states_whatever_happens(
    tmp_path: Path, kafka_settings: KafkaSettings
) -> None:
    spark_settings = SparkSettings(metrics_port=free_port())
    settings = Settings(home=tmp_path, kafka=kafka_settings, spark=spark_settings)
    first, second, third = (payments(count, seed) for seed, count in ((1, 300), (2, 300), (3, 60)))
    frauds, withdrawn = first[:12], first[3]
    early = second[5]
    known = [learned(each, 3, fraud=True) for each in frauds]
    spark = LocalSpark(settings)

    # Shuffled, doubled, with labels of payments that are there and of one that is not yet.
    messages: list[Transaction | bytes] = [*first, *random.Random(7).choices(first, k=60), POISON]
    random.Random(8).shuffle(messages)
    produce(kafka_settings, messages)
    produce(kafka_settings, [label(early, 2, fraud=True)])
    with spark:
        wait_until_contained(kafka_settings)
        assert_equal_to(store_of(first, []), list(read_vectors(kafka_settings)))
        produce(kafka_settings, [label(each, 3, fraud=True) for each in frauds])
        produce(kafka_settings, [label(each, 4, fraud=True) for each in frauds])
        wait_until_contained(kafka_settings)
        assert_equal_to(store_of(first, known), list(read_vectors(kafka_settings)))
        (kept,) = DeadLetterArchive(kafka_settings).letters()
        assert (kept.letter.value, kept.letter.consumer) == (POISON, "spark")
        told = samples(spark_settings.metrics_port)
        # Payments with their repeats and the poison, then the label that came first, then two each.
        assert told["fraud_stream_rows_total", "features"] == len(messages) + 1 + 2 * len(frauds)
        assert told["fraud_stream_backlog_messages", "features"] == 0
        assert told["fraud_stream_state_rows", "features"] > 300
        assert told["fraud_stream_heap_used_bytes", None] > 0

        # Killed with a batch under way, or between its end and the telling of it.
        produce(kafka_settings, [*second[:150], *first[:30]])
        time.sleep(0.7)
        spark.kill()
        assert_progress_is_true(kafka_settings)
    produce(kafka_settings, [*second[150:], label(withdrawn, 9, fraud=False)])
    known += [
        learned(early, 2, fraud=True),
        learned(withdrawn, 9, fraud=False, withdraws=True),
    ]
    with spark:
        wait_until_contained(kafka_settings)
        assert_progress_is_true(kafka_settings)
        both = [*first, *second]
        assert_equal_to(store_of(both, known), list(read_vectors(kafka_settings)))
        _wait_for_lake(settings, len(both))
        _wait_for_status(spark, len(both))
    status = spark.status
    assert status is None or status.stopped

    # An upgrade: it goes on from the checkpoint and loses nothing.
    produce(kafka_settings, third)
    assert _run_next_version(settings) == 0
    vectors = list(read_vectors(kafka_settings))
    assert_equal_to(store_of([*both, *third], known), vectors)
    accounts = {each.account_id for each in third}
    named = [
        set(vector.named_features)
        for vector in vectors
        if vector.entity_kind == EntityKind.ENTITY_KIND_ACCOUNT and vector.entity_id in accounts
    ]
    assert named == [{"account_count_24h"}] * len(accounts)


def _wait_for_status(spark: LocalSpark, payments: int) -> None:
    """The status of a batch is written after its vectors."""
    latest = time.monotonic() + 30
    while True:
        status = spark.status
        assert status is not None
        assert status.is_running
        if status.queries[0].state_rows > payments:
            return
        assert time.monotonic() < latest, status
        time.sleep(0.2)


def _run_next_version(settings: Settings) -> int:
    """Until everything is in the vectors; returns the exit code."""
    with (settings.home / "next.log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-c", NEXT_VERSION],
            env={"PATH": "/usr/bin:/bin", **to_environment(settings)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_contained(settings.kafka)
            running.send_signal(signal.SIGTERM)
            return running.wait(60)
        finally:
            running.kill()


def _wait_for_lake(settings: Settings, count: int) -> None:
    deadline = time.monotonic() + 120
    while len(read_lake(settings)) < count:
        assert time.monotonic() < deadline
        time.sleep(1.0)
    assert len(read_lake(settings)) == count
