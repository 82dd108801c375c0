"""Two real scorers and a real broker, on topics of their own, for all tests of a module."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.pipeline.rebalance.stage import running_stage
from fraud.local.kafka import LocalKafka
from fraud.settings import KafkaSettings, ScorerSettings
from messaging.admin import delete_topics
from tests.integration.worker.scene import Scene


@contextmanager
def running_scene(
    kafka: LocalKafka, folder: pytest.TempPathFactory, scorer: ScorerSettings | None = None
) -> Iterator[Scene]:
    settings = KafkaSettings(
        bootstrap_servers=kafka.bootstrap_servers, topic_prefix=f"{uuid.uuid4().hex[:8]}-"
    )
    with running_stage(folder.mktemp("stage"), settings, scorer) as stage:
        yield Scene(stage)
    delete_topics(settings)


@pytest.fixture(scope="module")
def scene(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with running_scene(kafka, tmp_path_factory) as scene:
        yield scene


@pytest.fixture(scope="module")
def busy_scene(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Scorers that take one call at a time and shed all others."""
    scorer = ScorerSettings(max_concurrent_calls=1)
    with running_scene(kafka, tmp_path_factory, scorer) as scene:
        yield scene
