"""A real broker is started, shared, stopped, killed, and keeps what it acknowledged."""

import os
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Message, Producer, TopicPartition

from fraud.errors import AddressInUseError, StartError
from fraud.local.broker_folder import BrokerFolder, find_broker, new_cluster_id, stop_broker
from fraud.local.kafka import LocalKafka
from fraud.settings import KafkaSettings
from messaging.admin import reconcile
from messaging.admin_client import administering
from messaging.client import consumer_config, producer_config
from messaging.errors import BrokerAwayError
from messaging.topics import Topic

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

TOPIC = Topic("kept", 2, {})
WAIT_SECONDS = 30.0


@pytest.fixture
def broker(kafka: LocalKafka, tmp_path: Path) -> Iterator[LocalKafka]:
    """One that a test may kill; the session's is named so that missing Java skips."""
    own = LocalKafka(tmp_path / "kafka")
    yield own
    own.stop()
    shutil.rmtree(own.folder, ignore_errors=True)


def settings_of(broker: LocalKafka) -> KafkaSettings:
    return KafkaSettings(bootstrap_servers=broker.bootstrap_servers)


def produce(producer: Producer, numbers: range) -> list[int]:
    """Sends and waits; the numbers that the broker acknowledged."""
    acknowledged: list[int] = []

    def delivered(error: object, message: Message) -> None:
        if error is None:
            acknowledged.append(int(message.value() or b""))

    for number in numbers:
        producer.produce(TOPIC.name, str(number).encode(), on_delivery=delivered)
    producer.flush(WAIT_SECONDS)
    return acknowledged


def read(settings: KafkaSettings, count: int) -> list[int]:
    consumer = Consumer(consumer_config(settings, "reader"))
    consumer.assign([TopicPartition(TOPIC.name, number, 0) for number in range(TOPIC.partitions)])
    values: list[int] = []
    deadline = time.monotonic() + WAIT_SECONDS
    while len(values) < count and time.monotonic() < deadline:
        values += [int(message.value() or b"") for message in consumer.consume(1000, 0.1)]
    consumer.close()
    return sorted(values)


def test_what_was_acknowledged_is_kept_over_stop_and_kill(broker: LocalKafka) -> None:
    broker.start()
    assert broker.pid is not None
    first_port = broker.port
    settings = settings_of(broker)
    reconcile(settings, [TOPIC])
    producer = Producer(producer_config(settings, log_level=0))
    kept = produce(producer, range(500))
    broker.stop()
    assert find_broker(broker.folder) is None
    broker.start()
    assert broker.port == first_port
    assert read(settings, 500) == list(range(500))
    kept += produce(producer, range(500, 1000))
    broker.kill()
    assert find_broker(broker.folder) is None
    broker.start()
    kept += produce(producer, range(1000, 1100))
    assert sorted(kept) == list(range(1100)), "the producer finds the broker again"
    assert read(settings, 1100) == list(range(1100)), "each once"
    assert reconcile(settings, [TOPIC]) == []


def test_one_that_runs_on_the_folder_is_used_and_only_its_owner_stops_it(
    kafka: LocalKafka,
) -> None:
    with LocalKafka(kafka.folder) as other:
        assert other.pid is None
        assert other.bootstrap_servers == kafka.bootstrap_servers
    assert find_broker(kafka.folder) == (kafka.pid, kafka.bootstrap_servers)


def test_a_number_left_by_a_crash_is_not_taken_for_a_broker(tmp_path: Path) -> None:
    disk = BrokerFolder(tmp_path / "kafka")
    (disk.folder / "data").mkdir(parents=True)
    (disk.folder / "data" / ".lock").touch()
    disk.write_pid(os.getpid())
    assert find_broker(disk.folder) is None
    assert stop_broker(disk.folder) is None
    assert find_broker(tmp_path / "nowhere") is None


def test_a_port_that_is_taken_is_told(tmp_path: Path, kafka: LocalKafka) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressInUseError, match=rf"answers at 127\.0\.0\.1:{port}.*--port"):
            LocalKafka(tmp_path / "kafka", port).start()


def test_settings_that_kafka_refuses_are_told_with_its_words(
    tmp_path: Path, kafka: LocalKafka
) -> None:
    odd = {"log.retention.ms": "soon"}
    with pytest.raises(StartError, match=r"(?s)storage cannot be prepared.*log\.retention\.ms"):
        LocalKafka(tmp_path / "kafka", properties=odd).start()


def test_a_client_is_let_in_by_its_password_alone(
    tmp_path: Path, kafka: LocalKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A cluster's name is random, and one that begins with a dash is no option of the command.
    name = f"-{new_cluster_id()[1:]}"
    monkeypatch.setattr("fraud.local.broker_folder.new_cluster_id", lambda: name)
    module = "org.apache.kafka.common.security.plain.PlainLoginModule"
    users = 'username="broker" password="b" user_broker="b" user_fraud="right"'
    properties = {
        "listener.security.protocol.map": "CLIENT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
        "sasl.enabled.mechanisms": "PLAIN",
        "sasl.mechanism.inter.broker.protocol": "PLAIN",
        "listener.name.client.plain.sasl.jaas.config": f"{module} required {users};",
    }
    allowed = KafkaSettings(
        bootstrap_servers="-",
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="PLAIN",
        sasl_username="fraud",
        sasl_password="right",
    )
    client = {
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": "fraud",
        "sasl.password": "right",
    }
    with LocalKafka(tmp_path / "kafka", properties=properties, client=client) as broker:
        settings = allowed.model_copy(update={"bootstrap_servers": broker.bootstrap_servers})
        assert BrokerFolder(broker.folder).cluster_id() == name
        assert [str(change) for change in reconcile(settings, [TOPIC])] == [
            "kept: made with 2 partitions"
        ]
        assert len(produce(Producer(producer_config(settings)), range(10))) == 10
        assert read(settings, 10) == list(range(10))
        wrong = settings.model_copy(update={"sasl_password": "wrong"})
        with (
            pytest.raises(BrokerAwayError, match=r"(?i)authentication"),
            administering(wrong) as admin,
        ):
            admin.list_topics(timeout=3)
