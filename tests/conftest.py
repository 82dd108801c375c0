"""One Kafka broker for all tests that want one, and topics of its own for each of them."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from fraud.errors import MissingToolError
from fraud.local.kafka import LocalKafka
from fraud.settings import KafkaSettings
from messaging.admin import delete_topics, reconcile


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """A real broker; without Java or Maven the test is skipped, in CI it fails."""
    folder = tmp_path_factory.mktemp("broker") / "kafka"
    try:
        broker = LocalKafka(folder).start()
    except MissingToolError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    yield broker
    broker.stop()
    shutil.rmtree(folder)


@contextmanager
def own_topics(kafka: LocalKafka) -> Iterator[KafkaSettings]:
    """Settings with a prefix that nobody else has; the topics are made, and deleted afterwards."""
    settings = KafkaSettings(
        bootstrap_servers=kafka.bootstrap_servers, topic_prefix=f"test-{uuid.uuid4().hex[:8]}-"
    )
    reconcile(settings)
    yield settings
    delete_topics(settings)


@pytest.fixture
def kafka_settings(kafka: LocalKafka) -> Iterator[KafkaSettings]:
    """Settings of topics that are the test's own."""
    with own_topics(kafka) as settings:
        yield settings
