"""Scorers on sockets that follow a real broker's topics."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fraud.client import ScorerClient
from fraud.settings import KafkaSettings
from scorer.service import ScorerService
from tests.integration.tail.support import Feed, following
from tests.unit.scorer.support import amount_bundle, write_champion
from tests.waiting import wait_until

type StartScorer = Callable[..., ScorerService]


@pytest.fixture
def bundles(tmp_path: Path) -> Path:
    write_champion(tmp_path / "bundles", amount_bundle())
    return tmp_path / "bundles"


@pytest.fixture
def feed(kafka_settings: KafkaSettings) -> Iterator[Feed]:
    found = Feed(kafka_settings)
    yield found
    found.producer.close()


@pytest.fixture
def start(tmp_path: Path, bundles: Path, kafka_settings: KafkaSettings) -> Iterator[StartScorer]:
    """Starts a scorer of a name and waits until it serves; stops what still runs."""
    running: list[ScorerService] = []

    def start_one(name: str = "one", *, wait: bool = True) -> ScorerService:
        service = ScorerService(following(tmp_path / name, kafka_settings, bundles))
        running.append(service)
        service.start()
        if wait:
            wait_until(lambda: is_serving(service))
        return service

    yield start_one
    for service in running:
        service.stop()


def is_serving(service: ScorerService) -> bool:
    with ScorerClient(target_of(service)) as client:
        return client.is_serving()


def target_of(service: ScorerService) -> str:
    return f"127.0.0.1:{service.port}"


def joined(service: ScorerService) -> int:
    """Messages of all topics that are dealt with: payments indexed, labels joined with them.

    A label that is read before its payment is indexed is applied, and joined in a moment.
    """
    return sum(mark.next_offset for mark in service.state._marks().values())


def applied(service: ScorerService, topic: str = "raw_transactions") -> int:
    """Messages of a topic that are in the state."""
    assert service.freshness is not None
    views = service.freshness.partitions()
    return sum(view.next_offset for (name, _), view in views.items() if name == topic)
