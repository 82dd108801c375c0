"""What could not be read is set aside once, found again, and goes back as it was."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner, Result

from fraud.cli.main import app
from fraud.local.port import free_port
from fraud.settings import KafkaSettings
from fraud.v1.transaction_pb2 import Transaction
from messaging.codec import header, headers_in, to_record
from messaging.dead_letter_archive import REPLAYED_FROM, DeadLetterArchive, Wanted
from messaging.dead_letters import LARGEST_VALUE, DeadLetters, FoundMessage
from messaging.errors import UnknownLetterError
from messaging.producer import MessageProducer
from messaging.topics import LABELS, RAW_TRANSACTIONS
from tests.integration.messaging.test_producer import read_all

REASON = "amount_minor: `-5` must be greater than or equal to 0"
PAYMENT = Transaction(transaction_id="t1", account_id="a1", amount_minor=-5)
type Command = Callable[..., Result]


@pytest.fixture
def command(kafka_settings: KafkaSettings) -> Command:
    """``fraud dlq ...`` on the test's own topics."""
    environment = {
        "FRAUD_KAFKA__BOOTSTRAP_SERVERS": kafka_settings.bootstrap_servers or "",
        "FRAUD_KAFKA__TOPIC_PREFIX": kafka_settings.topic_prefix,
        "COLUMNS": "200",
    }
    runner = CliRunner(env=environment)
    return lambda *arguments: runner.invoke(app, ["dlq", *arguments])


def found(offset: int, topic: str = RAW_TRANSACTIONS, value: bytes = b"\xff") -> FoundMessage:
    return FoundMessage(
        topic, 3, offset, b"a1", value, [("schema", b"other"), ("x", b"\xfe")], 5000
    )


def test_a_message_read_from_a_topic_is_kept_whole(kafka_settings: KafkaSettings) -> None:
    record = to_record(PAYMENT, key="a1", origin="producer")
    with MessageProducer(kafka_settings) as producer:
        producer.produce(RAW_TRANSACTIONS, record)
        producer.flush()
        [message] = read_all(kafka_settings, RAW_TRANSACTIONS)
        letters = DeadLetters(producer, kafka_settings, "worker")
        letters.put(message, REASON)
        letters.flush()
    assert letters.counts == {"amount_minor": 1}
    archive = DeadLetterArchive(kafka_settings)
    [kept] = archive.letters()
    assert kept.key == f"raw_transactions/{message.partition()}/0"
    assert (kept.letter.reason, kept.letter.consumer) == (REASON, "worker")
    assert (kept.letter.key, kept.letter.value) == (record.key, record.value)
    assert kept.headers == record.headers
    assert kept.letter.produced_at.ToMilliseconds() == message.timestamp()[1]
    assert abs(kept.letter.failed_at.ToDatetime(UTC) - datetime.now(UTC)) < timedelta(minutes=1)
    assert archive.decoded(kept) == PAYMENT


def test_several_consumers_write_one_letter(kafka_settings: KafkaSettings) -> None:
    with MessageProducer(kafka_settings) as producer:
        for consumer in ("scorer", "worker", "spark"):
            DeadLetters(producer, kafka_settings, consumer).put_found(found(7), REASON)
        producer.flush()
        archive = DeadLetterArchive(kafka_settings)
        [kept] = archive.letters()
        assert (kept.key, kept.letter.consumer) == ("raw_transactions/3/7", "spark")
        archive.replay([kept], producer)
        DeadLetters(producer, kafka_settings, "late").put_found(found(7), REASON)
    [kept] = archive.letters()
    assert kept.letter.consumer == "late"
    assert kept.replayed is not None, "who finds it late does not undo the mark"


def test_letters_are_found_by_topic_reason_and_time(kafka_settings: KafkaSettings) -> None:
    with MessageProducer(kafka_settings) as producer:
        letters = DeadLetters(producer, kafka_settings, "worker")
        letters.put_found(found(10), REASON)
        letters.put_found(found(9), "the message is empty")
        letters.put_found(found(1, LABELS), "schema: `other` is not fraud.v1.Label")
    assert letters.counts == {"amount_minor": 1, "the message is empty": 1, "schema": 1}
    archive = DeadLetterArchive(kafka_settings)

    def keys(wanted: Wanted) -> list[str]:
        return [kept.key for kept in archive.letters(wanted)]

    assert keys(Wanted()) == ["labels/3/1", "raw_transactions/3/9", "raw_transactions/3/10"]
    assert keys(Wanted(topic=LABELS)) == ["labels/3/1"]
    assert keys(Wanted(reason="EMPTY")) == ["raw_transactions/3/9"]
    assert keys(Wanted(since=datetime.now(UTC) + timedelta(minutes=1))) == []
    with pytest.raises(UnknownLetterError, match="`labels/3/2`"):
        archive.find("labels/3/2")


def test_a_replayed_message_is_what_it_was_and_can_be_traced(
    kafka_settings: KafkaSettings,
) -> None:
    with MessageProducer(kafka_settings) as producer:
        DeadLetters(producer, kafka_settings, "worker").put_found(found(7), REASON)
        producer.flush()
        archive = DeadLetterArchive(kafka_settings)
        assert archive.replay(archive.letters(), producer) == 1
    [message] = read_all(kafka_settings, RAW_TRANSACTIONS)
    assert (message.key(), message.value()) == (b"a1", b"\xff")
    headers = headers_in(message)
    assert headers[:-1] == [("schema", b"other"), ("x", b"\xfe")]
    assert header(headers, REPLAYED_FROM) == "raw_transactions/3/7"


def test_a_message_too_large_for_a_letter_is_cut(kafka_settings: KafkaSettings) -> None:
    with MessageProducer(kafka_settings) as producer:
        letters = DeadLetters(producer, kafka_settings, "worker")
        letters.put_found(found(1, value=bytes(1_000_000)), "not a fraud.v1.Transaction")
    [kept] = DeadLetterArchive(kafka_settings).letters()
    assert len(kept.letter.value) == LARGEST_VALUE
    assert kept.letter.reason.endswith("(cut to 900,000 of 1,000,000 bytes)")


def test_commands_list_show_and_replay(kafka_settings: KafkaSettings, command: Command) -> None:
    assert "0 dead letters" in command("list").output
    with MessageProducer(kafka_settings) as producer:
        letters = DeadLetters(producer, kafka_settings, "worker")
        letters.put_found(found(7, value=PAYMENT.SerializeToString()), REASON)
        letters.put_found(found(8), "[red]not a payment[/red]")
    listed = command("list").output
    assert f"{REASON}" in listed
    assert "[red]not a payment[/red]" in listed, "a reason is text, not markup"
    assert "2 dead letters" in listed
    shown = command("show", "raw_transactions/3/7").output
    assert "As fraud.v1.Transaction:" in shown
    assert "amount_minor: -5" in shown
    assert "000000  0a 02 74 31" in shown
    assert "cannot be read" in command("show", "raw_transactions/3/8").output
    assert command("replay", "raw_transactions/3/7").output == "1 message replayed\n"
    assert command("replay", "--all").output == "1 message replayed\n", "the other was before"
    assert command("replay", "--all").output == "0 messages replayed\n"
    assert len(read_all(kafka_settings, RAW_TRANSACTIONS)) == 2
    assert command("list", "--topic", LABELS).output == "0 dead letters\n"


def test_commands_say_what_is_wrong(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = command("show", "raw_transactions/3/7")
    assert unknown.exit_code == 2
    assert "dead letter `raw_transactions/3/7`: there is none of this key" in unknown.output
    assert "fraud dlq list" in unknown.output
    both = command("replay", "raw_transactions/3/7", "--all")
    assert "give keys, or --all" in both.output
    monkeypatch.setattr("messaging.offsets.TIMEOUT_SECONDS", 0.2)
    nowhere = CliRunner(env={"FRAUD_KAFKA__BOOTSTRAP_SERVERS": f"127.0.0.1:{free_port()}"})
    away = nowhere.invoke(app, ["dlq", "list"])
    assert away.exit_code == 2
    assert "Failed to look up topic `raw_transactions.dlq`" in away.output
    assert "fraud kafka status" in away.output
