"""A real scorer on a real socket, in this process, on every edge."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fraud.client import ScorerClient
from scorer.service import ScorerService
from tests.integration.scorer.support import settings_of
from tests.unit.scorer.support import amount_bundle, write_champion

type StartScorer = Callable[..., ScorerService]


@pytest.fixture(params=["threads", "aio", "native"])
def edge(request: pytest.FixtureRequest) -> str:
    """Each test runs on every edge."""
    return str(request.param)


@pytest.fixture
def bundles(tmp_path: Path) -> Path:
    """The folder that stands in for the registry, with a champion that looks at amounts."""
    write_champion(tmp_path / "bundles", amount_bundle())
    return tmp_path / "bundles"


@pytest.fixture
def start(tmp_path: Path, bundles: Path, edge: str) -> Iterator[StartScorer]:
    """Starts scorers on one home, one after the other; stops what still runs."""
    running: list[ScorerService] = []

    def start_one(**scorer: Any) -> ScorerService:
        service = ScorerService(settings_of(tmp_path, edge=edge, **scorer))
        service.start()
        running.append(service)
        return service

    yield start_one
    for service in running:
        service.stop()


@pytest.fixture
def service(start: StartScorer) -> ScorerService:
    """A scorer with default settings."""
    return start()


@pytest.fixture
def client(service: ScorerService) -> Iterator[ScorerClient]:
    """A client of :func:`service` that does not retry."""
    with ScorerClient(f"127.0.0.1:{service.port}", attempts=1) as found:
        yield found
