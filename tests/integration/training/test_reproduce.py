"""A run is run again from what a real MLflow server remembers of it."""

from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from mlflow import MlflowClient
from typer.testing import CliRunner

from fraud.cli import train as command
from fraud.settings import RegistrySettings
from tests.unit.training.world import make_tables, write
from training.artifacts import CONFIG_FILE
from training.config import ModelConfig, TrainingConfig
from training.datasets.build import build
from training.datasets.history import History
from training.datasets.period import Period
from training.datasets.split import SplitPlan
from training.errors import DatasetError, RegistrationError, ReproductionError
from training.report import TrainingReport
from training.reproduce import reproduce
from training.run import train

PLAN = SplitPlan(
    Period.parse("2026-01-04..2026-01-26"),
    timedelta(days=7),
    Period.parse("2026-02-03..2026-02-09"),
)
CONFIG = TrainingConfig(
    model=ModelConfig(n_estimators=20, learning_rate=0.2),
    parity_rows=500,
    search_trials=2,
    search_folds=2,
    calibrate=True,
)
OTHER_LOCK = "e" * 32

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def own(registry: RegistrySettings) -> RegistrySettings:
    """A model of another name, so that the versions of other tests are left alone."""
    return registry.model_copy(update={"model_name": "reproduced"})


@pytest.fixture(scope="module")
def built(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("built")
    build(History.read(folder), PLAN).write(written)
    return written


@pytest.fixture(scope="module")
def report(own: RegistrySettings, built: Path) -> TrainingReport:
    return train(CONFIG, built, own, promote=False)


@pytest.fixture(scope="module")
def run_id(report: TrainingReport) -> str:
    assert report.registered is not None
    return report.registered.run_id


def test_a_run_is_reproduced_and_the_command_says_so(
    own: RegistrySettings, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRAUD_REGISTRY__URL", own.url)
    result = CliRunner().invoke(command.app, ["--reproduce", run_id], catch_exceptions=False)
    assert result.exit_code == 0
    assert f"reproduced: run {run_id}" in result.stdout
    assert "same model bit for bit" in result.stdout


def test_it_registers_nothing(
    own: RegistrySettings, run_id: str, built: Path, client: MlflowClient
) -> None:
    before = len(client.search_model_versions("name = 'reproduced'"))
    result = reproduce(own, run_id, built)
    assert (result.same, result.differences) == (True, ())
    assert result.metrics > 40
    assert len(client.search_model_versions("name = 'reproduced'")) == before == 1


def test_other_data_is_told_before_any_work(
    own: RegistrySettings,
    run_id: str,
    report: TrainingReport,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    events, labels = make_tables(seed=2)
    build(History.read(write(tmp_path, events, labels)), PLAN).write(tmp_path / "built")
    result = reproduce(own, run_id, tmp_path / "built")
    (difference,) = result.differences
    assert (difference.name, difference.recorded) == ("dataset_id", report.dataset_id)
    assert result.metrics == 0
    monkeypatch.setenv("FRAUD_REGISTRY__URL", own.url)
    arguments = ["--reproduce", run_id, "--dataset", str(tmp_path / "built")]
    told = CliRunner().invoke(command.app, arguments, catch_exceptions=False)
    assert told.exit_code == command.DIFFERS
    assert report.dataset_id in told.stdout


def altered(client: MlflowClient, run_id: str, config: TrainingConfig) -> str:
    """A run that is like another one, but for its configuration and one figure."""
    run = client.get_run(run_id)
    tags = {name: tag for name, tag in run.data.tags.items() if not name.startswith("mlflow.")}
    tags |= {"lock_sha256": OTHER_LOCK, "commit": "another"}
    other: str = client.create_run(run.info.experiment_id, tags=tags).info.run_id
    for name, value in run.data.metrics.items():
        client.log_metric(other, name, value + 2e-6 * (name == "brier"))
    client.log_text(other, config.model_dump_json(), CONFIG_FILE)
    client.log_text(other, '{"numpy": "1.0"}', "environment/versions.json")
    return other


def test_what_came_out_otherwise_is_named(
    own: RegistrySettings,
    run_id: str,
    report: TrainingReport,
    built: Path,
    client: MlflowClient,
) -> None:
    result = reproduce(own, altered(client, run_id, report.config), built)
    assert [each.name for each in result.differences] == ["metric brier"]
    names = {each.name: each.recorded for each in result.circumstances}
    assert names["lock_sha256"] == OTHER_LOCK
    assert names["commit"] == "another"
    assert names["numpy"] == "1.0"
    smaller = report.config.with_parameters(n_estimators=2, max_depth=1)
    again = reproduce(own, altered(client, run_id, smaller), built)
    moved = {each.name for each in again.differences}
    assert {"model_sha256", "metric average_precision"} <= moved
    assert "metric payments" not in moved


def test_what_cannot_be_run_again_is_told(
    own: RegistrySettings, run_id: str, client: MlflowClient, tmp_path: Path
) -> None:
    with pytest.raises(RegistrationError, match="no-such-run"):
        reproduce(own, "no-such-run")
    experiment = client.get_run(run_id).info.experiment_id
    empty = client.create_run(experiment).info.run_id
    with pytest.raises(ReproductionError, match=r"config\.json, .*, tag dataset_id"):
        reproduce(own, empty)
    with pytest.raises(ReproductionError, match="give its folder by `--dataset`"):
        reproduce(own, run_id, tmp_path / "gone")


def test_the_data_set_is_seen_to_be_whole(
    own: RegistrySettings, run_id: str, built: Path, tmp_path: Path
) -> None:
    for path in built.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    table = pq.read_table(tmp_path / "train.parquet")
    pq.write_table(table.slice(1), tmp_path / "train.parquet")
    with pytest.raises(DatasetError, match=r"train\.parquet"):
        reproduce(own, run_id, tmp_path)
