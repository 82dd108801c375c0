"""A registered model of its own for each test."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fraud.loadgen import client_binary
from fraud.local.mlflow import LocalMlflow
from fraud.settings import LoggingSettings, RecorderSettings, RegistrySettings, Settings
from scorer.recorder.ledger import Ledger
from tests.unit.scorer.support import amount_bundle
from training.gates.report import GateReport, GateRow
from training.registry.gate import keep_report
from training.registry.record import RunRecord
from training.registry.register import register
from training.registry.server import RegistryServer
from training.registry.versions import find_version

type MakeVersion = Callable[..., str]

LOADED = "test_promotes.py"


def pytest_collection_finish(session: pytest.Session) -> None:
    """A build of the load client from scratch takes longer than a test may."""
    if any(item.path.name == LOADED for item in session.items):
        client_binary()


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
def make_version(settings: Settings, server: RegistryServer, tmp_path: Path) -> MakeVersion:
    """Registers a model of the amount alone; returns its number."""

    def make(bias: float = -5.0, gate: str = "passed", f1: float = 0.5) -> str:
        folder = tmp_path / f"bundle-{uuid.uuid4().hex[:8]}"
        bundle = amount_bundle(bias)
        bundle.write(folder / "bundle")
        plots = folder / "plots"
        plots.mkdir()
        (plots / "precision_recall.svg").write_text("<svg/>")
        digest = bundle.manifest.model_sha256
        metrics = {"review_f1": f1, "average_precision": f1 + 0.1, "review_false_positive_rate": f1}
        record = RunRecord(
            {"bias": str(bias)}, metrics, {"model_sha256": digest}, folder / "bundle", plots
        )
        number = register(record, settings.registry, promote=False).version
        report = report_of(digest, champion_digest(server), passed=gate == "passed")
        keep_report(settings.registry, server, find_version(server, number), report)
        return number

    return make


def report_of(candidate: str, champion: str | None, *, passed: bool) -> GateReport:
    """What a gate could have said that looked at recall alone."""
    row = GateRow.above("recall", 0.1 if passed else -0.1, 0.0, "the gain")
    return GateReport(
        rows=(row,),
        candidate_digest=candidate,
        champion_digest=champion,
        dataset_id="d" * 64,
        holdout="2026-02-02..2026-02-09",
    )


def champion_digest(server: RegistryServer) -> str | None:
    """SHA-256 of the model that serves now."""
    number = server.aliases().get("champion")
    return None if number is None else str(server.version(number)["tags"]["model_sha256"])
