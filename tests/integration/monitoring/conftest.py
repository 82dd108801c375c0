"""A real scorer, and a real Prometheus that scrapes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fraud.errors import MissingToolError
from fraud.local.port import free_port
from fraud.local.prometheus import LocalPrometheus
from fraud.local.web_program import find_tool
from fraud.settings import RegistrySettings, ScorerSettings, Settings
from scorer.service import ScorerService
from tests.integration.monitoring.faster import faster_prometheus
from tests.unit.scorer.support import amount_bundle, write_champion


@pytest.fixture(scope="session", autouse=True)
def prometheus_is_there() -> None:
    """Skip where Prometheus cannot be had."""
    for tool in ("prometheus", "promtool", "alertmanager"):
        try:
            find_tool(tool)
        except MissingToolError as exc:
            pytest.skip(str(exc))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    write_champion(tmp_path / "bundles", amount_bundle())
    return Settings(
        home=tmp_path,
        scorer=ScorerSettings(port=0, metrics_port=free_port()),
        registry=RegistrySettings(directory=tmp_path / "bundles"),
    )


@pytest.fixture
def scorer(settings: Settings) -> Iterator[ScorerService]:
    service = ScorerService(settings)
    service.start()
    yield service
    service.stop()


@pytest.fixture
def targets(settings: Settings, scorer: ScorerService) -> dict[str, list[str]]:
    """What is scraped."""
    return {"scorer": [f"127.0.0.1:{settings.scorer.metrics_port}"]}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The platform's own, but that every page is read once a second."""
    return faster_prometheus(tmp_path / "faster.yml")


@pytest.fixture
def prometheus(
    settings: Settings, targets: dict[str, list[str]], config: Path
) -> Iterator[LocalPrometheus]:
    with LocalPrometheus(settings.home / "prometheus", targets, config=config) as prometheus:
        yield prometheus


@pytest.fixture
def native_prometheus(
    settings: Settings, targets: dict[str, list[str]], config: Path
) -> Iterator[LocalPrometheus]:
    """One that takes native histograms."""
    folder = settings.home / "native"
    with LocalPrometheus(folder, targets, native=True, config=config) as prometheus:
        yield prometheus
