"""A collector, and scorers that send their spans to it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from fraud.settings import Settings, TracingSettings
from scorer.service import ScorerService
from tests.integration.scorer.support import settings_of
from tests.integration.tracing.collector import Collector, running_collector
from tests.unit.scorer.support import amount_bundle, write_champion

type StartTraced = Callable[..., ScorerService]


@pytest.fixture(params=["threads", "aio"])
def edge(request: pytest.FixtureRequest) -> str:
    """Each test runs on both edges."""
    return str(request.param)


@pytest.fixture
def collector() -> Iterator[Collector]:
    with running_collector() as collector:
        yield collector


@pytest.fixture
def settings(tmp_path: Path, edge: str, collector: Collector) -> Settings:
    """Of a scorer that traces every call."""
    write_champion(tmp_path / "bundles", amount_bundle())
    tracing = TracingSettings(endpoint=collector.endpoint, ratio=1.0)
    return settings_of(tmp_path, edge=edge).model_copy(update={"tracing": tracing})


@pytest.fixture
def start(settings: Settings) -> Iterator[StartTraced]:
    """Starts a scorer, with other settings of tracing if any are given."""
    with ExitStack() as running:

        def start_one(**tracing: object) -> ScorerService:
            changed = settings.tracing.model_copy(update=tracing)
            service = ScorerService(settings.model_copy(update={"tracing": changed}))
            service.start()
            running.callback(service.stop)
            return service

        yield start_one
