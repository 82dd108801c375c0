"""A real MLflow server for these tests, and a registered model of its own for each of them."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fraud.local.mlflow import LocalMlflow
from fraud.local.port import free_port
from fraud.settings import LoggingSettings, RecorderSettings, RegistrySettings, Settings
from scorer.recorder.ledger import Ledger
from tests.unit.scorer.support import amount_bundle
from training.registry.record import RunRecord
from training.registry.register import register
from training.registry.server import RegistryServer

type MakeVersion = Callable[..., str]


@pytest.fixture(scope="session")
def mlflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalMlflow]:
    with LocalMlflow(
        f"http://127.0.0.1:{free_port()}", tmp_path_factory.mktemp("registry") / "mlflow"
    ) as server:
        yield server


@pytest.fixture
def settings(mlflow: LocalMlflow, dsn: str, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home",
        registry=RegistrySettings(
            url=mlflow.url, model_name=f"fraud-{uuid.uuid4().hex[:8]}", timeout_seconds=30
        ),
        recorder=RecorderSettings(dsn=dsn),
        logging=LoggingSettings(level="warning"),
    )


@pytest.fixture
def server(settings: Settings) -> Iterator[RegistryServer]:
    with RegistryServer(settings.registry) as found:
        yield found


@pytest.fixture
def ledger(settings: Settings, dsn: str) -> Iterator[Ledger]:
    with Ledger(dsn, settings.registry.model_name) as found:
        yield found


@pytest.fixture
def make_version(settings: Settings, tmp_path: Path) -> MakeVersion:
    """Registers a model of the amount alone; returns its number."""

    def make(bias: float = -5.0, gate: str = "passed", f1: float = 0.5) -> str:
        folder = tmp_path / f"bundle-{uuid.uuid4().hex[:8]}"
        bundle = amount_bundle(bias)
        bundle.write(folder / "bundle")
        plots = folder / "plots"
        plots.mkdir()
        (plots / "precision_recall.svg").write_text("<svg/>")
        tags = {"gate": gate, "model_sha256": bundle.manifest.model_sha256}
        metrics = {"review_f1": f1, "average_precision": f1 + 0.1, "review_false_positive_rate": f1}
        record = RunRecord({"bias": str(bias)}, metrics, tags, folder / "bundle", plots)
        return register(record, settings.registry, promote=False).version

    return make
