"""Labels on the topic, recorded: each once, whoever brings it and whatever dies meanwhile."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from fraud.settings import KafkaSettings, RecorderSettings
from fraud.v1.label_pb2 import Label
from messaging.admin import delete_topics, reconcile
from messaging.codec import Record, to_record
from messaging.producer import MessageProducer
from messaging.topics import LABELS
from scorer.recorder.drain import Drain
from scorer.recorder.label_table import LabelTable
from scorer.recorder.label_topic import LabelTopic
from scorer.recorder.publisher import Publisher
from scorer.recorder.recorder import Recorder
from scorer.recorder.running import run, stop
from scorer.sinks.outbox import Outbox
from tests.integration.recorder.records import append_label, label, select
from tests.waiting import wait_until

SETTINGS = RecorderSettings(batch_rows=50, poll_seconds=0.01)
COUNT = "SELECT count(*) FROM labels"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(autouse=True)
def tables(dsn: str) -> None:
    LabelTable(dsn).close()


@contextmanager
def running(*drains: Drain) -> Iterator[None]:
    thread = threading.Thread(target=run, args=[drains])
    thread.start()
    try:
        yield
    finally:
        stop(drains)
        thread.join()


def made(numbers: Sequence[int]) -> list[Label]:
    return [label(f"t{each}", fraud=each % 3 == 0, known_second=100 + each) for each in numbers]


def put(settings: KafkaSettings, labels: Sequence[Label]) -> None:
    with MessageProducer(settings) as producer:
        for each in labels:
            record = to_record(each, key=each.transaction_id, origin="producer")
            producer.produce(LABELS, record)
        producer.flush()


def count(dsn: str) -> int:
    return int(str(select(dsn, COUNT)[0][0]))


def test_each_label_once_though_two_read_them_and_some_come_twice(
    dsn: str, kafka_settings: KafkaSettings
) -> None:
    put(kafka_settings, made(range(300)))
    two = [LabelTopic(dsn, kafka_settings, SETTINGS) for _ in range(2)]
    with running(*two):
        wait_until(lambda: count(dsn) == 300, seconds=60)
        put(kafka_settings, made(range(250, 350)))
        put(kafka_settings, [label("t0", fraud=False, known_second=900)])
        wait_until(lambda: count(dsn) == 351, seconds=60)
    corrections = select(
        dsn, "SELECT fraud FROM labels WHERE transaction_id = 't0' ORDER BY known_at"
    )
    assert corrections == [(True,), (False,)]
    found = select(
        dsn, "SELECT transaction_id, fraud, extract(epoch FROM known_at)::int FROM labels"
    )
    expected = {(f"t{each}", each % 3 == 0, 100 + each) for each in range(350)}
    assert set(found) - {("t0", False, 900)} == expected


def test_a_label_of_an_outbox_has_no_second_row_when_it_comes_by_topic(
    dsn: str, kafka_settings: KafkaSettings, outbox: Outbox, path: Path
) -> None:
    append_label(outbox, *made(range(20)))
    drains = (
        Recorder(path, dsn, SETTINGS),
        Publisher(path, kafka_settings, SETTINGS),
        LabelTopic(dsn, kafka_settings, SETTINGS),
    )
    with running(*drains):
        wait_until(lambda: outbox.published_through() >= 20, seconds=60)
        put(kafka_settings, made([20]))
        wait_until(lambda: count(dsn) == 21, seconds=60)
    assert count(dsn) == 21


def test_what_is_no_label_is_set_aside_and_the_others_are_not(
    dsn: str, kafka_settings: KafkaSettings
) -> None:
    early = label("t8", fraud=True, known_second=0)
    unrecordable = label("t9", fraud=True, known_second=100, source="a\0b")
    with MessageProducer(kafka_settings) as producer:
        producer.produce(LABELS, Record(b"t7", b"\xff", []), 0)
        for each in (early, unrecordable, label("t1", fraud=True, known_second=100)):
            record = to_record(each, key=each.transaction_id, origin="producer")
            producer.produce(LABELS, record, 0)
        producer.flush()
    with running(LabelTopic(dsn, kafka_settings, SETTINGS)):
        wait_until(lambda: count(dsn) == 1, seconds=60)
    rejected = select(
        dsn, "SELECT outbox_identity, seq, entry_key, reason FROM rejected_entries ORDER BY seq"
    )
    topic = f"{kafka_settings.topic_prefix}labels/0"
    assert [row[:3] for row in rejected] == [(topic, 0, "t7"), (topic, 1, "t8"), (topic, 2, "t9")]
    reasons = " ".join(str(row[3]) for row in rejected)
    for said in ("not a fraud.v1.Label", "known_at must not be before", "zero byte"):
        assert said in reasons


def test_a_database_that_was_away_misses_nothing(dsn: str, kafka_settings: KafkaSettings) -> None:
    with running(LabelTopic(dsn, kafka_settings, SETTINGS)):
        put(kafka_settings, made(range(100)))
        wait_until(lambda: count(dsn) == 100, seconds=60)
        kill_sessions(dsn)
        put(kafka_settings, made(range(100, 200)))
        kill_sessions(dsn)
        wait_until(lambda: count(dsn) == 200, seconds=60)


def test_a_topic_that_is_made_later_is_read_then(dsn: str, kafka_settings: KafkaSettings) -> None:
    settings = kafka_settings.model_copy(
        update={"topic_prefix": f"{kafka_settings.topic_prefix}b-"}
    )
    with running(LabelTopic(dsn, settings, SETTINGS)):
        time.sleep(0.5)
        reconcile(settings)
        put(settings, made(range(10)))
        wait_until(lambda: count(dsn) == 10, seconds=60)
    delete_topics(settings)


def kill_sessions(dsn: str) -> None:
    """End the session of the recorder, as an administrator or a restart does."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'fraud-labels' AND datname = current_database()"
        )
