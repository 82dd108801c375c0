"""``fraud produce`` on a real broker: everything arrives, in order, whoever is killed."""

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq
import pytest
from confluent_kafka import Message
from typer.testing import CliRunner

from features_rs import contract
from fraud.cli.main import app
from fraud.local.kafka import LocalKafka
from fraud.local.port import free_port
from fraud.settings import KafkaSettings
from fraud.v1.label_pb2 import Label
from fraud.v1.transaction_pb2 import Transaction
from messaging.admin import delete_topics, reconcile
from messaging.codec import headers_in
from messaging.offsets import read_range, reading, watermarks
from messaging.topics import LABELS, RAW_TRANSACTIONS
from scorer.validation import validate
from simulator import World, WorldConfig, to_transactions, write_dataset
from simulator.produce import Arrivals, ProducePlan, ProduceRun, WorldSource

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WORLD = ["--customers", "100", "--merchants", "50"]
START_SECONDS = 120.0

type Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """``fraud produce ...`` as a process."""
    started: list[subprocess.Popen[str]] = []

    def begin(settings: KafkaSettings, *arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "fraud", "produce", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | environment(settings),
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def environment(settings: KafkaSettings) -> dict[str, str]:
    return {
        "FRAUD_KAFKA__BOOTSTRAP_SERVERS": settings.bootstrap_servers or "",
        "FRAUD_KAFKA__TOPIC_PREFIX": settings.topic_prefix,
        "COLUMNS": "200",
    }


def finish(process: subprocess.Popen[str], code: int = 0) -> tuple[str, str]:
    out, err = process.communicate(timeout=START_SECONDS)
    assert process.returncode == code, err
    return out, err


class Found(NamedTuple):
    """A message as it is on a topic."""

    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: dict[str, bytes]


def read_all(settings: KafkaSettings, topic: str) -> list[Found]:
    """Every message, partition by partition in the order of the log."""
    with reading(settings) as consumer:
        found = watermarks(consumer, settings, [topic])
        ranges = {number: range_ for (_, number), range_ in found.items()}
        return sorted(
            to_found(message)
            for batch in read_range(consumer, settings, topic, ranges)
            for message in batch
        )


def to_found(message: Message) -> Found:
    place = message.partition() or 0, message.offset() or 0
    return Found(*place, message.key() or b"", message.value() or b"", dict(headers_in(message)))


def payments_in(settings: KafkaSettings) -> list[Transaction]:
    return [Transaction.FromString(each.value) for each in read_all(settings, RAW_TRANSACTIONS)]


def wait_for(path: Path, lines: int) -> None:
    """Until so many ids have been written."""
    end = time.monotonic() + START_SECONDS
    while not path.is_file() or path.read_text().count("\n") < lines:
        assert time.monotonic() < end, f"no {lines} lines in {path}"
        time.sleep(0.02)


def test_a_world_arrives_whole_in_order_and_as_readers_expect(
    start: Start, kafka_settings: KafkaSettings, tmp_path: Path
) -> None:
    ids = tmp_path / "ids"
    before = time.time()
    out, _ = finish(
        start(
            kafka_settings,
            *WORLD,
            *("--rate", 1000, "--arrivals", "poisson", "--count", 1500, "--ids-out", ids),
            *("--label-delay-scale", 1e-6, "--fraud-rate", 0.1, "--id-prefix", "x-"),
        )
    )
    assert re.search(r"payments │\s+1,500 │\s+1,500 │\s+0 │\s+1,500", out)
    messages = read_all(kafka_settings, RAW_TRANSACTIONS)
    expected = WorldConfig(customers=100, merchants=50, fraud_rate=0.1)
    made = list(World(expected).iter_transactions(days=20))[:1500]
    sent = {payment.transaction_id: payment for payment in payments_in(kafka_settings)}
    assert len(messages) == len(sent) == 1500
    assert sorted(ids.read_text().split()) == sorted(sent)
    for payment in made:
        found = sent[f"x-{payment.transaction_id}"]
        validate(found)
        assert before < found.event_time.ToMicroseconds() / 1e6 < time.time()
        payment.event_time.CopyFrom(found.event_time)
        payment.transaction_id = found.transaction_id
        assert found == payment
    check_messages(messages, "fraud.v1.Transaction")
    check_labels(kafka_settings, sent, out)


def check_messages(messages: list[Found], schema: str) -> None:
    """Keys, headers, partitions, and order within an account."""
    of_key: dict[bytes, int] = {}
    newest: dict[bytes, int] = {}
    for message in messages:
        payment = Transaction.FromString(message.value)
        assert message.key == payment.account_id.encode()
        assert of_key.setdefault(message.key, message.partition) == message.partition
        made = payment.event_time.ToMicroseconds()
        assert newest.get(message.key, 0) <= made
        newest[message.key] = made
        assert message.headers == {
            "schema": schema.encode(),
            "schema-version": b"1",
            "contract-digest": contract().digest.encode(),
            "origin": b"producer",
        }
    assert len(set(of_key.values())) == 8


def check_labels(settings: KafkaSettings, sent: dict[str, Transaction], out: str) -> None:
    messages = read_all(settings, LABELS)
    assert len(messages) > 20
    assert re.search(rf"labels +│ +{len(messages)} │ +{len(messages)} │ +0", out)
    last = max(payment.event_time.ToMicroseconds() for payment in sent.values())
    for message in messages:
        label = Label.FromString(message.value)
        validate(label)
        assert message.key == label.transaction_id.encode()
        assert label.happened_at == sent[label.transaction_id].event_time
        assert label.known_at.ToMicroseconds() <= last
        assert message.headers["schema"] == b"fraud.v1.Label"
    assert len({message.key for message in messages}) == len(messages)


def test_a_replay_keeps_every_field(
    start: Start, kafka_settings: KafkaSettings, tmp_path: Path
) -> None:
    world = World(WorldConfig(seed=5, customers=100, merchants=50, days=5))
    write_dataset(world, tmp_path)
    out, _ = finish(start(kafka_settings, "--data", tmp_path, "--time", "original", "--rate", 5000))
    written = to_transactions(pq.read_table(tmp_path / "events.parquet"))
    made = {payment.transaction_id: payment for payment in written}
    assert any(payment.HasField("ratio_to_usual") for payment in made.values())
    found = payments_in(kafka_settings)
    assert {payment.transaction_id: payment for payment in found} == made
    assert len(found) == len(made)
    assert f"{len(made):,}" in out
    origins = {each.headers["origin"] for each in read_all(kafka_settings, LABELS)}
    assert origins <= {b"replay"}
    again, _ = finish(
        start(
            kafka_settings,
            "--data",
            tmp_path,
            "--time",
            "accelerated",
            "--factor",
            500_000,
            "--count",
            100,
        )
    )
    assert "100 │" in again
    first = list(to_transactions(next(world.generate(0, 5, chunk_days=5)).events))
    twice = Counter(payment.transaction_id for payment in payments_in(kafka_settings))
    assert [twice[payment.transaction_id] for payment in first[:100]] == [2] * 100
    assert twice.total() == len(made) + 100


def test_killed_and_gone_on_with_nothing_is_left_out(
    start: Start, kafka_settings: KafkaSettings, tmp_path: Path
) -> None:
    checkpoint, ids = tmp_path / "checkpoint", tmp_path / "ids"
    command = [
        *WORLD,
        *("--rate", 400, "--count", 2400, "--resume", checkpoint, "--ids-out", ids),
        *("--label-delay-scale", 1e-6, "--fraud-rate", 0.1),
    ]
    for lines in (300, 1200):
        process = start(kafka_settings, *command)
        wait_for(ids, lines)
        process.kill()
        process.communicate()
    out, _ = finish(start(kafka_settings, *command))
    assert re.search(r"payments │.*│ +2,400 │", out)
    expected = WorldConfig(customers=100, merchants=50, fraud_rate=0.1)
    made = [payment.transaction_id for payment in World(expected).iter_transactions(days=40)]
    messages = read_all(kafka_settings, RAW_TRANSACTIONS)
    values: dict[str, set[bytes]] = {}
    for message in messages:
        payment = Transaction.FromString(message.value)
        values.setdefault(payment.transaction_id, set()).add(message.value)
    assert sorted(values) == sorted(made[:2400])
    assert all(len(each) == 1 for each in values.values()), "one id, other bytes"
    assert set(ids.read_text().split()) == set(values)
    # What had no answer at a kill comes again: what one moment sends, at this rate.
    assert len(messages) - 2400 < 2 * 200
    labels = read_all(kafka_settings, LABELS)
    told = {message.key: message.value for message in labels}
    assert len(told) > 20
    assert {(each.key, each.value) for each in labels} == set(told.items())
    # Once more, there is nothing left to do.
    out, _ = finish(start(kafka_settings, *command))
    assert re.search(r"payments │ +0 │ +0 │ +0 │ +2,400 │", out)
    assert len(read_all(kafka_settings, RAW_TRANSACTIONS)) == len(messages)
    _, err = finish(start(kafka_settings, *command, "--seed", 2), code=2)
    assert "checkpoint of another run" in err


def test_a_broker_killed_for_a_while_costs_and_doubles_nothing(
    start: Start, tmp_path: Path
) -> None:
    ids = tmp_path / "ids"
    with LocalKafka(tmp_path / "kafka") as broker:
        settings = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
        reconcile(settings)
        process = start(settings, *WORLD, "--rate", 300, "--count", 3000, "--ids-out", ids)
        wait_for(ids, 500)
        broker.kill()
        time.sleep(2)
        broker.start()
        out, _ = finish(process)
        assert re.search(r"payments │ +3,000 │ +3,000 │ +0 │ +3,000", out)
        messages = read_all(settings, RAW_TRANSACTIONS)
    found = [Transaction.FromString(each.value).transaction_id for each in messages]
    assert sorted(found) == sorted(set(ids.read_text().split()))
    assert len(found) == 3000, "each once"
    check_messages(messages, "fraud.v1.Transaction")


def test_told_to_stop_it_counts_what_it_did(
    start: Start, kafka_settings: KafkaSettings, tmp_path: Path
) -> None:
    ids = tmp_path / "ids"
    process = start(kafka_settings, *WORLD, "--rate", 200, "--ids-out", ids)
    wait_for(ids, 100)
    process.send_signal(signal.SIGTERM)
    out, _ = finish(process)
    produced = len(read_all(kafka_settings, RAW_TRANSACTIONS))
    assert produced == len(set(ids.read_text().split()))
    assert re.search(rf"payments │ +{produced:,} │ +{produced:,} │ +0 │", out)


def test_a_message_that_the_broker_never_takes_is_a_failure() -> None:
    away = KafkaSettings(bootstrap_servers=f"127.0.0.1:{free_port()}")
    world = WorldSource(WorldConfig(customers=100, merchants=50))
    report = ProduceRun(ProducePlan(world, Arrivals(), count=50), away, timeout_seconds=0.5).run()
    assert report.payments.failed == report.payments.produced > 0
    assert report.total_payments == 0
    assert "timed out" in report.reason


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rate", "0"], "rate: 0 is not between 1 and 10,000"),
        (["--rate", "20000"], "rate: 20000 is not between 1 and 10,000"),
        (["--rate", "9", "--time", "accelerated"], "`--rate 9`"),
        (["--data", "nowhere"], "events.parquet`: there is no such file"),
        (["--customers", "1"], "--customers 1"),
        ([], "Failed to reach a broker"),
    ],
)
def test_what_keeps_it_from_starting_is_told(
    arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.admin.TIMEOUT_SECONDS", 0.5)
    away = KafkaSettings(bootstrap_servers=f"127.0.0.1:{free_port()}")
    result = CliRunner(env=environment(away)).invoke(app, ["produce", *arguments])
    assert result.exit_code == 2
    assert message in result.output.replace("\n", " ")


def test_missing_topics_are_told_before_anything_is_sent(kafka_settings: KafkaSettings) -> None:
    delete_topics(kafka_settings)
    result = CliRunner(env=environment(kafka_settings)).invoke(app, ["produce"])
    assert result.exit_code == 2
    assert "fraud kafka topics --apply" in result.output
