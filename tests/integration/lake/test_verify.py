"""Verification says what is wrong with a lake, and nothing when nothing is."""

from datetime import timedelta
from pathlib import Path

import pyarrow.compute as pc
import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from fraud.settings import KafkaSettings, Settings
from messaging.client import common_config
from messaging.codec import Record
from messaging.offsets import read_range, reading, watermarks
from messaging.producer import MessageProducer
from messaging.topics import RAW_TRANSACTIONS, named
from spark_stream.lake.table import append, number, offset_name, open_or_make, open_table
from spark_stream.lake.verify import Verification, verify
from spark_stream.lake.writer import LakeWriter
from tests.integration.lake.support import GARBAGE, HEADERS, Message, found_in, moved, payments

QUERY = "5a3c"
COUNT = 400


@pytest.fixture
def settings(tmp_path: Path, kafka_settings: KafkaSettings) -> Settings:
    return Settings(home=tmp_path, kafka=kafka_settings)


def produce(settings: Settings, messages: list[Message]) -> None:
    with MessageProducer(settings.kafka) as producer:
        for message in messages:
            value = message if isinstance(message, bytes) else message.SerializeToString()
            key = b"" if isinstance(message, bytes) else message.account_id.encode()
            producer.produce(RAW_TRANSACTIONS, Record(key, value, HEADERS))
        producer.flush()


def write(settings: Settings, batch_id: int = 0, leave: int = 0) -> None:
    """What the lake has not come to yet, but for the last few messages of each partition."""
    table = open_or_make(settings.lake_dir)
    with reading(settings.kafka) as consumer:
        ends = watermarks(consumer, settings.kafka, [RAW_TRANSACTIONS])
        ranges = {
            partition: (number(table, offset_name(partition)) or 0, max(high - leave, 0))
            for (_, partition), (_, high) in ends.items()
        }
        batches = list(read_range(consumer, settings.kafka, RAW_TRANSACTIONS, ranges))
    messages = [message for batch in batches for message in batch]
    LakeWriter(settings.lake_dir).write(found_in(messages), QUERY, batch_id)


def faults(found: Verification) -> dict[str, int]:
    comparison = found.comparison
    names = ("missing", "extra", "doubled", "misdated")
    counts = {name: len(getattr(comparison, name)) for name in names}
    return {name: count for name, count in counts.items() if count}


def test_a_lake_that_has_the_topic_once_holds(settings: Settings) -> None:
    produce(settings, [*payments()[:COUNT], GARBAGE, *payments()[:30], b""])
    told: list[tuple[str, int, int]] = []
    write(settings)
    found = verify(settings, lambda *progress: told.append(progress))
    assert found.holds
    assert (found.messages, found.rows) == (COUNT + 32, COUNT)
    assert (found.unreadable, found.repeats, found.behind) == (2, 30, 0)
    assert told[-1] == ("lake", COUNT, COUNT)


def test_only_what_the_lake_has_come_to_is_compared(settings: Settings) -> None:
    produce(settings, list(payments()[:COUNT]))
    write(settings, leave=5)
    found = verify(settings)
    assert found.holds
    assert found.behind > 0
    assert found.rows + found.behind == COUNT


def test_what_is_missing_doubled_misdated_and_extra_is_named(settings: Settings) -> None:
    produce(settings, list(payments()[:COUNT]))
    write(settings)
    table = open_table(settings.lake_dir)
    lost, twice, late = (payment.transaction_id for payment in payments()[7:10])
    table.delete(f"transaction_id = '{lost}'")
    rows = table.to_pyarrow_table()
    append(table, rows.filter(pc.equal(rows["transaction_id"].cast("string"), twice)), {})
    table.update(
        {"event_time": "event_time + interval '1 minute'"}, predicate=f"transaction_id = '{late}'"
    )
    table.update(
        {"transaction_id": "'stranger'"},
        predicate=f"transaction_id = '{payments()[20].transaction_id}'",
    )
    found = verify(settings)
    assert not found.holds
    assert faults(found) == {"missing": 2, "extra": 1, "doubled": 1, "misdated": 1}
    assert sorted(found.named["missing"]) == [lost, payments()[20].transaction_id]
    assert found.named["extra"] == ["stranger"]
    assert found.named["doubled"] == [twice]
    assert found.named["misdated"] == [late]
    assert found.wrong_folder == 0


def test_a_row_in_the_folder_of_another_date_is_found(settings: Settings) -> None:
    produce(settings, list(payments()[:COUNT]))
    write(settings)
    name = payments()[5].transaction_id
    open_table(settings.lake_dir).update(
        {"event_date": "event_date + interval '1 day'"}, predicate=f"transaction_id = '{name}'"
    )
    found = verify(settings)
    assert found.wrong_folder == 1
    assert not found.holds


def test_a_repeat_under_another_date_is_found(settings: Settings) -> None:
    produce(settings, list(payments()[:COUNT]))
    write(settings)
    produce(settings, [moved(payments()[0], timedelta(days=3))])
    write(settings, batch_id=1)
    assert faults(verify(settings)) == {"doubled": 1}


def test_what_the_topic_no_longer_has_stays_in_the_lake(settings: Settings) -> None:
    produce(settings, list(payments()[:COUNT]))
    write(settings)
    admin = AdminClient(common_config(settings.kafka))
    name = named(settings.kafka, RAW_TRANSACTIONS)
    for future in admin.delete_records([TopicPartition(name, 0, -1)]).values():
        future.result(10)
    found = verify(settings)
    assert found.holds
    assert len(found.comparison.expired) == COUNT - found.messages > 0


def test_an_empty_lake_beside_an_empty_topic_holds(settings: Settings) -> None:
    open_or_make(settings.lake_dir)
    found = verify(settings)
    assert found.holds
    assert (found.messages, found.rows) == (0, 0)
