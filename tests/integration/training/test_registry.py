"""A trained version goes into a real MLflow server and comes out through the scorer's client."""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient

import training
from features_rs import contract
from fraud.settings import RegistrySettings
from scorer.errors import ModelNotFoundError
from scorer.model.registry import RegistrySource
from scorer.model.session import ModelSession
from training.config import ModelConfig, TrainingConfig
from training.drift.reference import ARTIFACT, Reference
from training.quality.evaluate import fetch_bundle
from training.registry.record import metrics_of
from training.registry.server import RegistryServer
from training.registry.version import RegisteredVersion
from training.report import TrainingReport
from training.run import train

FILES = {
    "bundle/model.onnx",
    "bundle/manifest.json",
    "bundle/golden.json",
    "bundle/trees.ubj",
    "plots/precision_recall.png",
    "plots/threshold_curve.png",
    "plots/calibration.png",
    "plots/feature_importance.png",
    "plots/curves.json",
    "config.json",
    "model_card.md",
    "dataset/manifest.json",
    "environment/uv.lock",
    "environment/versions.json",
}
CONFIG = TrainingConfig(model=ModelConfig(n_estimators=40, learning_rate=0.2), parity_rows=2_000)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


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


def version_of(report: TrainingReport) -> RegisteredVersion:
    assert report.registered is not None
    return report.registered


def test_the_alias_moves_and_the_one_before_is_kept(
    reports: list[TrainingReport], client: MlflowClient, registry: RegistrySettings
) -> None:
    first, staged, last = (version_of(report) for report in reports)
    assert (first.replaced, staged.replaced, last.replaced) == (None, None, first.version)
    aliases = client.get_registered_model(registry.model_name).aliases
    assert aliases == {"champion": last.version, "previous": first.version}
    stages = [
        client.get_model_version(registry.model_name, version.version).tags["stage"]
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


def test_the_run_tells_what_it_stands_on(
    reports: list[TrainingReport], client: MlflowClient, registry: RegistrySettings
) -> None:
    report, registered = reports[-1], version_of(reports[-1])
    run = client.get_run(registered.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.tags["dataset_digest"] == report.dataset_digest
    assert run.data.tags["contract_digest"] == contract().digest
    assert run.data.tags["commit"]
    assert run.data.params["train"] == "2026-01-14..2026-01-26"
    assert run.data.params["max_depth"] == "4"
    assert run.data.metrics["average_precision"] == report.metrics.average_precision
    assert run.data.metrics["parity_greatest_difference"] <= 1e-5
    found = client.get_model_version(registry.model_name, registered.version)
    assert str(found.source).endswith("bundle")
    assert found.tags["dataset_digest"] == report.dataset_digest


def test_what_live_payments_are_held_against_goes_with_the_version(
    reports: list[TrainingReport], registry: RegistrySettings
) -> None:
    report = reports[-1]
    with RegistryServer(registry) as server:
        content = server.artifact(version_of(report).run_id, ARTIFACT)
    assert content is not None
    reference = Reference.from_bytes(content)
    assert reference.facts.contract_digest == contract().digest
    unseen = ~np.isnan(reference.probability)
    found = ModelSession(report.bundle.model).probabilities(reference.features[unseen])
    assert np.abs(found - reference.probability[unseen]).max() <= 1e-6


def test_a_run_holds_all_that_it_takes_to_understand_it_and_to_run_it_again(
    reports: list[TrainingReport], client: MlflowClient, folder: Path
) -> None:
    report = reports[-1]
    run_id = version_of(report).run_id
    assert {path for path in _files(client, run_id) if not path.startswith("drift/")} == FILES
    tags, metrics = client.get_run(run_id).data.tags, client.get_run(run_id).data.metrics
    assert tags["dataset_id"] == report.dataset_id
    assert tags["dataset_source"] == str(folder)
    assert tags["model_sha256"] == report.bundle.manifest.model_sha256
    assert metrics == pytest.approx(metrics_of(report), abs=0, rel=0)

    def read(path: str) -> bytes:
        return Path(client.download_artifacts(run_id, path)).read_bytes()

    lock = read("environment/uv.lock")
    assert hashlib.sha256(lock).hexdigest() == tags["lock_sha256"]
    assert lock == (Path(training.__file__).parents[1] / "uv.lock").read_bytes()
    assert json.loads(read("environment/versions.json"))["xgboost-cpu"] == version("xgboost-cpu")
    assert TrainingConfig.model_validate_json(read("config.json")) == report.config
    manifest = json.loads(read("dataset/manifest.json"))
    assert manifest["id"] == report.dataset_id
    events = next(each for each in manifest["sources"] if each["name"] == "events.parquet")
    content = (folder / "events.parquet").read_bytes()
    assert events["sha256"] == hashlib.sha256(content).hexdigest()
    assert report.bundle.manifest.model_sha256 in read("model_card.md").decode()


def _files(client: MlflowClient, run_id: str, folder: str | None = None) -> set[str]:
    found: set[str] = set()
    for item in client.list_artifacts(run_id, folder):
        found |= _files(client, run_id, item.path) if item.is_dir else {item.path}
    return found
