"""A trained version goes into a real MLflow server and comes out through the scorer's client."""

import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient

from features_rs import contract
from fraud.local.mlflow import LocalMlflow
from fraud.settings import RegistrySettings
from scorer.errors import ModelNotFoundError
from scorer.model.registry import RegistrySource
from scorer.model.session import ModelSession
from tests.unit.training.world import make_tables, write
from training.config import ModelConfig, TrainingConfig
from training.quality.evaluate import fetch_bundle
from training.registry.version import RegisteredVersion
from training.report import TrainingReport
from training.run import train

CONFIG = TrainingConfig(model=ModelConfig(n_estimators=40, learning_rate=0.2), parity_rows=2_000)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistrySettings]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with LocalMlflow(url, tmp_path_factory.mktemp("mlflow")):
        yield RegistrySettings(url=url, timeout_seconds=30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written: Path = write(tmp_path_factory.mktemp("history"), *make_tables())
    return written


@pytest.fixture(scope="module")
def reports(registry: RegistrySettings, folder: Path) -> list[TrainingReport]:
    """A first version, one that is only staged, and one that takes over."""
    seeds = {0: True, 1: False, 2: True}
    return [
        train(
            CONFIG.model_copy(
                update={"model": CONFIG.model.model_copy(update={"random_state": s})}
            ),
            folder,
            registry,
            promote=promote,
        )
        for s, promote in seeds.items()
    ]


@pytest.fixture(scope="module")
def client(registry: RegistrySettings) -> MlflowClient:
    return MlflowClient(tracking_uri=registry.url, registry_uri=registry.url)


def version_of(report: TrainingReport) -> RegisteredVersion:
    assert report.registered is not None
    return report.registered


def test_the_alias_moves_and_the_one_before_is_kept(
    reports: list[TrainingReport], client: MlflowClient
) -> None:
    first, staged, last = (version_of(report) for report in reports)
    assert (first.replaced, staged.replaced, last.replaced) == (None, None, first.version)
    aliases = client.get_registered_model("fraud").aliases
    assert aliases == {"champion": last.version, "previous": first.version}
    stages = [
        client.get_model_version("fraud", version.version).tags["stage"]
        for version in (first, staged, last)
    ]
    assert stages == ["Archived", "Staging", "Production"]


def test_the_champion_scores_through_the_scorers_client_as_it_was_trained(
    reports: list[TrainingReport], registry: RegistrySettings
) -> None:
    trained, served = reports[-1].bundle, fetch_bundle(registry, "champion")
    assert served.model == trained.model
    assert served.manifest == trained.manifest
    rows = served.golden_rows
    found = ModelSession(served.model).probabilities(rows)
    assert np.abs(found - trained.golden_probabilities).max() <= 1e-5
    assert fetch_bundle(registry, "previous").model == reports[0].bundle.model


def test_the_scorers_client_finds_version_and_run(
    reports: list[TrainingReport], registry: RegistrySettings
) -> None:
    source = RegistrySource(registry)
    found, expected = source.find("champion"), version_of(reports[-1])
    assert (found.version, found.run_id) == (expected.version, expected.run_id)
    with pytest.raises(ModelNotFoundError):
        source.find("shadow")
    source.close()


def test_the_run_tells_what_it_stands_on(
    reports: list[TrainingReport], client: MlflowClient
) -> None:
    report, version = reports[-1], version_of(reports[-1])
    run = client.get_run(version.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.tags["dataset_digest"] == report.dataset_digest
    assert run.data.tags["contract_digest"] == contract().digest
    assert run.data.tags["commit"]
    assert run.data.params["train"] == "2026-01-14..2026-01-26"
    assert run.data.params["max_depth"] == "4"
    assert run.data.metrics["average_precision"] == report.metrics.average_precision
    assert run.data.metrics["parity_greatest_difference"] <= 1e-5
    registered = client.get_model_version("fraud", version.version)
    assert str(registered.source).endswith("bundle")
    assert registered.tags["dataset_digest"] == report.dataset_digest


def test_bundle_and_plots_are_kept(reports: list[TrainingReport], client: MlflowClient) -> None:
    run_id = version_of(reports[-1]).run_id
    names = {
        item.path
        for folder in ("bundle", "plots")
        for item in client.list_artifacts(run_id, folder)
    }
    assert names == {
        "bundle/model.onnx",
        "bundle/manifest.json",
        "bundle/golden.json",
        "bundle/trees.ubj",
        "plots/precision_recall.png",
        "plots/calibration.png",
        "plots/feature_importance.png",
    }
