"""Two real scorers and a real broker, on topics of their own, for all tests of a module."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.pipeline.rebalance.stage import running_stage
from fraud.local.kafka import LocalKafka
from fraud.settings import ScorerSettings
from tests.conftest import own_topics
from tests.integration.worker.scene import Scene


@contextmanager
def running_scene(
    kafka: LocalKafka, folder: pytest.TempPathFactory, scorer: ScorerSettings | None = None
) -> Iterator[Scene]:
    with (
        own_topics(kafka) as settings,
        running_stage(folder.mktemp("stage"), settings, scorer) as stage,
    ):
        yield Scene(stage)


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
