"""The outbox on Kafka: all of it, as it is, whatever dies meanwhile."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from confluent_kafka import Message
from structlog.testing import capture_logs

from features_rs import contract
from fraud.local.kafka import LocalKafka
from fraud.local.port import free_port
from fraud.settings import KafkaSettings, RecorderSettings, Settings
from fraud.v1.label_pb2 import Label
from fraud.v1.records_pb2 import Prediction
from fraud.v1.transaction_pb2 import Transaction
from messaging.codec import CONTRACT_DIGEST, ORIGIN, from_record, header, headers_in
from messaging.topics import DECISIONS, LABELS, RAW_TRANSACTIONS
from scorer.housekeeping import drained_through
from scorer.recorder.drain import Drain
from scorer.recorder.publisher import Publisher
from scorer.recorder.recorder import Recorder
from scorer.recorder.running import run, stop
from scorer.sinks.outbox import Outbox
from tests.integration.messaging.test_producer import read_all
from tests.integration.recorder.records import (
    append,
    append_label,
    label,
    prediction,
    recorded_ids,
)
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = RecorderSettings(batch_rows=50, poll_seconds=0.01)
WAIT_SECONDS = 60.0
ROUNDS = 5


@pytest.fixture
def publisher(path: Path, kafka_settings: KafkaSettings) -> Publisher:
    return Publisher(path, kafka_settings, SETTINGS)


@contextmanager
def running(*drains: Drain) -> Iterator[None]:
    thread = threading.Thread(target=run, args=[drains])
    thread.start()
    try:
        yield
    finally:
        stop(drains)
        thread.join()


def wait_until_published(outbox: Outbox, seq: int) -> None:
    wait_until_at(outbox.published_through, seq)


def wait_until_at(position: Callable[[], int], seq: int) -> None:
    wait_until(
        lambda: position() >= seq, seconds=WAIT_SECONDS, told=lambda: f"at {position()} of {seq}"
    )


def payments_on(settings: KafkaSettings) -> list[str]:
    """Ids of all payments on the topic, sorted, repeated ones repeated."""
    found = read_all(settings, RAW_TRANSACTIONS)
    return sorted(Transaction.FromString(each.value() or b"").transaction_id for each in found)


def origin_of(message: Message) -> str | None:
    return header(headers_in(message), ORIGIN)


def test_a_decision_its_payment_and_a_label_go_to_their_topics(
    outbox: Outbox, publisher: Publisher, kafka_settings: KafkaSettings
) -> None:
    made, said = prediction("t1"), label("t1", fraud=True, known_second=10)
    append(outbox, "t1")
    append_label(outbox, said)
    assert publisher.drain() == 2
    [decision] = read_all(kafka_settings, DECISIONS)
    assert (decision.key(), decision.value()) == (b"account", made.SerializeToString())
    [payment] = read_all(kafka_settings, RAW_TRANSACTIONS)
    assert payment.key() == b"account"
    assert from_record(Transaction, payment.value(), headers_in(payment)) == made.transaction
    [told] = read_all(kafka_settings, LABELS)
    assert told.key() == b"t1"
    assert from_record(Label, told.value(), headers_in(told)) == said
    assert [origin_of(each) for each in (decision, payment, told)] == ["scorer"] * 3
    digests = [header(headers_in(each), CONTRACT_DIGEST) for each in (decision, payment, told)]
    assert digests == ["cd" * 32, "cd" * 32, contract().digest], "of who decided"


def test_what_was_read_from_the_stream_does_not_go_back_to_it(
    outbox: Outbox, publisher: Publisher, kafka_settings: KafkaSettings
) -> None:
    streamed = prediction("t2")
    streamed.from_stream = True
    append(outbox, "t1")
    outbox.append_prediction("t2", b"digest", streamed.SerializeToString())
    assert publisher.drain() == 2
    assert payments_on(kafka_settings) == ["t1"]
    assert len(read_all(kafka_settings, DECISIONS)) == 2


def test_each_is_published_once_and_the_scorer_may_forget_what_both_have(
    outbox: Outbox, publisher: Publisher, kafka_settings: KafkaSettings, path: Path, dsn: str
) -> None:
    keys = [f"t{number:03}" for number in range(120)]
    append(outbox, *keys[:70])
    on = Settings(kafka=kafka_settings)
    off = Settings()
    Recorder(path, dsn, SETTINGS).drain()
    assert (drained_through(on, outbox), drained_through(off, outbox)) == (0, 70)
    assert publisher.drain() == 70
    assert publisher.drain() == 0
    append(outbox, *keys[70:])
    assert Publisher(path, kafka_settings, SETTINGS).drain() == 50
    assert (drained_through(on, outbox), outbox.published_through()) == (70, 120)
    assert payments_on(kafka_settings) == keys


def test_a_new_outbox_in_the_place_of_the_old_is_published_from_its_start(
    path: Path, publisher: Publisher, kafka_settings: KafkaSettings
) -> None:
    for keys in (("t1", "t2"), ("t3",)):
        outbox = Outbox(path, "normal")
        append(outbox, *keys)
        outbox.close()
        assert publisher.drain() == len(keys)
        path.unlink()
    assert payments_on(kafka_settings) == ["t1", "t2", "t3"]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"\xff\xff", "not a fraud.v1.Prediction"),
        (b"", "the prediction has no transaction.account_id"),
        (Prediction(model_digest="x" * 2_000_000), "the prediction has no transaction.account_id"),
        (
            Prediction(model_digest="x" * 2_000_000, transaction=Transaction(account_id="a")),
            "too large",
        ),
    ],
    ids=["bytes", "empty", "large and empty", "large"],
)
def test_what_can_never_be_published_does_not_hold_up_the_others(
    outbox: Outbox,
    publisher: Publisher,
    kafka_settings: KafkaSettings,
    payload: bytes | Prediction,
    reason: str,
) -> None:
    append(outbox, "t1")
    if isinstance(payload, Prediction):
        payload.from_stream = True
        payload = payload.SerializeToString()
    outbox.append_prediction("poison", b"digest", payload)
    append(outbox, "t2")
    with capture_logs() as logs:
        assert publisher.drain() == 3
    [told] = [line for line in logs if line["event"] == "entry.unpublishable"]
    assert (told["seq"], told["key"]) == (2, "poison")
    assert reason in told["reason"]
    assert payments_on(kafka_settings) == ["t1", "t2"]


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_nothing_is_lost_while_the_broker_is_away_and_postgresql_goes_on(
    outbox: Outbox,
    path: Path,
    dsn: str,
    publisher: Publisher,
    kafka: LocalKafka,
    kafka_settings: KafkaSettings,
) -> None:
    keys = [f"t{number:04}" for number in range(600)]
    with capture_logs() as logs, running(Recorder(path, dsn, SETTINGS), publisher):
        append(outbox, *keys[:200])
        wait_until_published(outbox, 200)
        kafka.kill()
        append(outbox, *keys[200:400])
        wait_until_at(outbox.recorded_through, 400)
        wait_until(
            lambda: "publisher.away" in [line["event"] for line in logs], seconds=WAIT_SECONDS
        )
        assert outbox.published_through() == 200
        kafka.start()
        append(outbox, *keys[400:])
        wait_until_published(outbox, 600)
        wait_until_at(outbox.recorded_through, 600)
    assert recorded_ids(dsn) == keys
    assert sorted(set(payments_on(kafka_settings))) == keys
    states = [line["event"] for line in logs if line["event"].startswith("publisher.")]
    assert states == [
        "publisher.publishing",
        "publisher.away",
        "publisher.publishing",
        "publisher.stopped",
    ], "one line for each change, however many tries"


def test_publishing_goes_on_while_postgresql_is_away(
    outbox: Outbox, path: Path, publisher: Publisher, kafka_settings: KafkaSettings
) -> None:
    nowhere = f"host=127.0.0.1 port={free_port()} user=postgres"
    keys = [f"t{number:03}" for number in range(100)]
    with running(Recorder(path, nowhere, SETTINGS), publisher):
        append(outbox, *keys)
        wait_until_published(outbox, 100)
    assert outbox.recorded_through() == 0
    assert payments_on(kafka_settings) == keys


def test_one_that_is_told_to_stop_does_not_wait_for_a_broker(outbox: Outbox, path: Path) -> None:
    nowhere = KafkaSettings(bootstrap_servers=f"127.0.0.1:{free_port()}")
    append(outbox, "t1")
    with running(Publisher(path, nowhere, SETTINGS)):
        time.sleep(0.5)
        began = time.monotonic()
    assert time.monotonic() - began < 4
    assert outbox.published_through() == 0


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_kills_of_the_recorder_lose_nothing_and_repeat_to_the_byte(
    outbox: Outbox, dsn: str, tmp_path: Path, kafka_settings: KafkaSettings
) -> None:
    chance = random.Random(11)
    keys: list[str] = []
    stopped = threading.Event()

    def append_always() -> None:
        while not stopped.wait(0.01):
            key = f"t{len(keys):06}"
            append(outbox, key)
            keys.append(key)

    thread = threading.Thread(target=append_always)
    thread.start()
    moved = 0
    for _ in range(ROUNDS):
        before = outbox.published_through()
        with start(tmp_path, dsn, kafka_settings) as process:
            wait_until_published(outbox, before + 1)
            time.sleep(chance.uniform(0.0, 0.1))
            process.kill()
        moved += outbox.published_through() > before
    stopped.set()
    thread.join()
    with start(tmp_path, dsn, kafka_settings) as process:
        wait_until_published(outbox, len(keys))
        wait_until_at(outbox.recorded_through, len(keys))
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT_SECONDS) == 0
    assert moved == ROUNDS, "each was killed in the midst of work"
    assert recorded_ids(dsn) == keys
    for topic in (RAW_TRANSACTIONS, DECISIONS):
        found = [(each.key(), each.value()) for each in read_all(kafka_settings, topic)]
        assert len(set(found)) == len(keys), f"{topic}: what comes twice is equal to the byte"
    assert sorted(set(payments_on(kafka_settings))) == keys


def start(home: Path, dsn: str, kafka: KafkaSettings) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "FRAUD_HOME": str(home),
        "FRAUD_RECORDER__DSN": dsn,
        "FRAUD_RECORDER__BATCH_ROWS": "50",
        "FRAUD_RECORDER__POLL_SECONDS": "0.005",
        "FRAUD_KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers or "",
        "FRAUD_KAFKA__TOPIC_PREFIX": kafka.topic_prefix,
    }
    command = [sys.executable, "-m", "scorer.recorder"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
