"""``fraud kafka`` as a person types it, on a folder and a port of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fraud.local.broker_folder import find_broker, stop_broker
from fraud.local.environment import to_environment
from fraud.local.kafka import LocalKafka
from fraud.local.port import free_port
from fraud.settings import KafkaSettings, Settings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def home(tmp_path: Path, kafka: LocalKafka) -> Iterator[Settings]:
    """A home of its own; the session's broker is named so that missing Java skips."""
    settings = Settings(home=tmp_path / "home")
    yield settings
    stop_broker(settings.kafka_dir)


def run(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = to_environment(settings) | {"PATH": os.environ["PATH"], "COLUMNS": "200"}
    environment |= {name: os.environ[name] for name in ("HOME", "JAVA_HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "fraud", "kafka", *arguments],
        env=environment,
        cwd=settings.home.parent,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )


def told(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_up_status_topics_and_down(home: Settings) -> None:
    nothing = run(home, "status")
    assert nothing.returncode == 1
    assert "local broker: none runs on" in nothing.stdout
    port = free_port()
    began = told(run(home, "up", "--port", str(port)))
    assert f"Kafka runs at 127.0.0.1:{port}" in began
    assert began.endswith(f"export FRAUD_KAFKA__BOOTSTRAP_SERVERS=127.0.0.1:{port}\n")
    found = find_broker(home.kafka_dir)
    assert found is not None, "it outlives the command"
    assert "was running already" in told(run(home, "up"))
    status = told(run(home, "status"))
    assert f"local broker: process {found[0]} at 127.0.0.1:{port}" in status
    assert "raw_transactions.dlq" in status
    declared = told(run(home, "topics"))
    assert declared.count("nothing") == 5
    prefixed = home.model_copy(update={"kafka": KafkaSettings(topic_prefix="second-")})
    assert told(run(prefixed, "topics")).count("not there") == 5
    assert "second-raw_transactions" in told(run(prefixed, "topics", "--apply"))
    assert told(run(prefixed, "topics", "--apply")) == "Every topic was as declared already.\n"
    assert f"Kafka (process {found[0]}) is stopped" in told(run(home, "down"))
    assert find_broker(home.kafka_dir) is None
    assert "No broker runs on" in told(run(home, "down"))


@pytest.mark.parametrize(
    ("kafka_settings_set", "said"),
    [
        ({"bootstrap_servers": "broker.example:9092"}, "is not one on this machine"),
        ({"bootstrap_servers": "127.0.0.1:1,127.0.0.1:2"}, "is not one on this machine"),
        ({"security_protocol": "SSL"}, "the local one speaks PLAINTEXT"),
    ],
)
def test_up_of_a_cluster_that_is_elsewhere_is_refused(
    tmp_path: Path, kafka_settings_set: dict[str, str], said: str
) -> None:
    kafka = KafkaSettings.model_validate(kafka_settings_set)
    refused = run(Settings(home=tmp_path / "home", kafka=kafka), "up")
    assert refused.returncode == 2
    assert said in refused.stderr


def test_topics_without_a_broker_say_what_to_do(tmp_path: Path) -> None:
    refused = run(Settings(home=tmp_path / "home"), "topics")
    assert refused.returncode == 2
    assert "start a broker with `fraud kafka up`" in refused.stderr


def test_status_of_a_broker_that_is_away_names_it(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    away = Settings(home=tmp_path / "home", kafka=KafkaSettings(bootstrap_servers=address))
    refused = run(away, "status")
    assert refused.returncode == 2
    assert f"Failed to reach a broker at {address}" in refused.stderr
