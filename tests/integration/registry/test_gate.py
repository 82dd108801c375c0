"""The gate on a real registry: what it says is kept with the version, and opens the way or not."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from fraud.cli import gate, models
from fraud.cli.errors import CommandError
from fraud.settings import Settings
from scorer.model.bundle import ModelBundle
from scorer.recorder.ledger import Ledger
from tests.integration.registry.conftest import MakeVersion, report_of
from tests.unit.training.gates.workshop import HOLDOUT, TRAIN, Workshop, config, row_of
from tests.unit.training.world import make_history, make_tables, write
from training.config import ModelConfig, TrainingConfig
from training.datasets.build import build
from training.datasets.built import BuiltDataset
from training.datasets.dataset import Dataset
from training.datasets.split import Split, SplitPlan
from training.errors import PromotionError
from training.gates.report import GateReport
from training.models.fitting import fit_one, fit_with_thresholds
from training.models.threshold import Thresholds
from training.models.trained import Trained
from training.progress import Progress
from training.registry.admission import GATE_REPORT
from training.registry.aliases import Change, promote
from training.registry.gate import Contest, fetch_version, keep_report
from training.registry.record import RunRecord
from training.registry.register import register
from training.registry.server import RegistryServer
from training.registry.versions import find_version
from training.run import train

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

type Enter = Callable[[ModelBundle], str]
runner = CliRunner()
PROMOTE = ["promote", "--reason", "it is better", "--by", "ada"]


@pytest.fixture(scope="module")
def shop() -> Workshop:
    return Workshop.open()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("history")
    write(path, *make_tables(payments=36_000))
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_built(tmp_path_factory.mktemp("built"), payments=36_000)


def write_built(folder: Path, payments: int) -> Path:
    plan = SplitPlan(TRAIN, timedelta(days=7), HOLDOUT)
    build(make_history(payments=payments), plan, remove_known_accounts=False).write(folder)
    return folder


@pytest.fixture
def enter(settings: Settings, tmp_path: Path) -> Enter:
    """Puts a bundle into the registry; returns the number of its version."""

    def one(bundle: ModelBundle) -> str:
        path = tmp_path / bundle.manifest.model_sha256
        bundle.write(path)
        record = RunRecord({}, {}, {"model_sha256": bundle.manifest.model_sha256}, path, path)
        return register(record, settings.registry, promote=False).version

    return one


@pytest.fixture
def _environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands find what the tests have."""
    monkeypatch.setenv("FRAUD_HOME", str(settings.home))
    monkeypatch.setenv("FRAUD_REGISTRY__URL", settings.registry.url)
    monkeypatch.setenv("FRAUD_REGISTRY__MODEL_NAME", settings.registry.model_name)
    monkeypatch.setenv("FRAUD_REGISTRY__TIMEOUT_SECONDS", "30")
    monkeypatch.setenv("FRAUD_RECORDER__DSN", str(settings.recorder.dsn))
    monkeypatch.setenv("COLUMNS", "200")


def judged(version: str, folder: Path, *options: str) -> tuple[int, str]:
    arguments = [version, "--dataset", str(folder), *options]
    found = runner.invoke(gate.app, arguments, catch_exceptions=False)
    return found.exit_code, found.stdout


@pytest.mark.usefixtures("_environment")
def test_a_better_version_passes_and_is_promoted_and_a_worse_one_is_not(
    shop: Workshop, built: Path, enter: Enter, server: RegistryServer, ledger: Ledger
) -> None:
    small = enter(shop.make(config(n_estimators=40, max_depth=2), shop.train[:1_000]))
    forced = [*PROMOTE, small, "--force"]
    assert runner.invoke(models.app, forced, catch_exceptions=False).exit_code == 0
    known = BuiltDataset.read(built).split.train_fraud
    better = enter(shop.make(config(), fraud=known))
    code, shown = judged(better, built)
    assert code == 0, shown
    found = find_version(server, better)
    report = GateReport.model_validate_json(server.artifact(found.run_id, "gate/report.json") or "")
    assert (found.gate, found.tags["gate_dataset"]) == ("passed", BuiltDataset.read(built).id)
    assert report.champion_digest == find_version(server, small).tags["model_sha256"]
    assert runner.invoke(models.app, [*PROMOTE, better], catch_exceptions=False).exit_code == 0
    kept = [each.gate_report for each in ledger.entries() if each.new_value == better]
    assert kept == [json.loads(report.model_dump_json())]
    assert judged("champion", built)[0] == 0, "beside what it took over from"
    code, shown = judged(small, built)
    assert (code, "refused" in shown) == (1, True)
    assert find_version(server, small).gate == "refused"
    with pytest.raises(CommandError, match=r"expected `passed` \(recall: .* the champion's"):
        runner.invoke(models.app, [*PROMOTE, small], catch_exceptions=False)


@pytest.mark.usefixtures("_environment")
def test_a_history_is_cut_now_and_live_payments_are_asked_of_the_database(
    shop: Workshop, folder: Path, enter: Enter, server: RegistryServer
) -> None:
    version = enter(shop.make(config(n_estimators=20)))
    days = ["--holdout", str(HOLDOUT), "--keep-known-accounts"]
    code, shown = judged(version, folder, *days, "--live-payments", "10")
    assert (code, "0 live payments with known labels" in shown) == (1, True), shown
    with pytest.raises(CommandError, match="99"):
        judged("99", folder, *days)
    with pytest.raises(CommandError, match="`soon`"):
        judged(version, folder, "--gap", "soon")


def reproduced_row(server: RegistryServer, version: str) -> tuple[str, str]:
    content = server.artifact(find_version(server, version).run_id, GATE_REPORT) or b"{}"
    row = row_of(GateReport.model_validate_json(content), "reproduced")
    return str(row.verdict), row.detail


@pytest.mark.usefixtures("_environment")
def test_trained_again_a_liar_is_another_model(
    tmp_path: Path, settings: Settings, server: RegistryServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = write_built(tmp_path / "few", payments=6_000)
    small = ModelConfig(n_estimators=30, learning_rate=0.2)
    told = TrainingConfig(model=small, remove_known_accounts=False, parity_rows=500)
    train(told, few, settings.registry, promote=False)
    judged("1", few, "--reproduce")
    assert reproduced_row(server, "1") == ("passed", "trained again, the model file is the same")

    def learn_all(
        config: TrainingConfig, dataset: Dataset, sides: Split, progress: Progress
    ) -> tuple[Trained, Thresholds]:
        rows = np.concatenate([sides.train, sides.test])
        _, thresholds = fit_with_thresholds(config, dataset, sides, progress)
        return fit_one(config, dataset.features[rows], dataset.fraud[rows]), thresholds

    with monkeypatch.context() as patched:
        patched.setattr("training.run.fit_with_thresholds", learn_all)
        train(told, few, settings.registry, promote=False)
    assert judged("2", few, "--reproduce")[0] == 1
    verdict, detail = reproduced_row(server, "2")
    assert (verdict, "model_sha256: was" in detail) == ("refused", True)


def test_a_verdict_counts_beside_the_champion_of_now_alone(
    server: RegistryServer, settings: Settings, make_version: MakeVersion
) -> None:
    change = Change(server, "a test")
    first, second, third = make_version(-5.0), make_version(-6.0), make_version(-7.0)
    promote(change, first)
    with pytest.raises(PromotionError, match="passed beside no champion, the champion is version"):
        promote(change, second)
    promote(change, first)  # what serves is asked no more
    digests = {each: find_version(server, each).tags["model_sha256"] for each in (first, second)}
    report = report_of(digests[second], digests[first], passed=True)
    keep_report(settings.registry, server, find_version(server, second), report)
    promote(change, second)
    keep_report(settings.registry, server, find_version(server, third), report)
    with pytest.raises(PromotionError, match="report is of another model"):
        promote(change, third)
    assert (Contest.of(server, third).champion, Contest.of(server, second).champion) == ("2", "1")


def test_a_tag_alone_opens_nothing(
    shop: Workshop, server: RegistryServer, settings: Settings, enter: Enter
) -> None:
    bundle = shop.make(config(n_estimators=2))
    version, change = enter(bundle), Change(server, "a test")
    with pytest.raises(PromotionError, match="its gate is `not asked`"):
        promote(change, version)
    server.set_version_tag(version, "gate", "passed")
    with pytest.raises(PromotionError, match=r"keeps no `gate/report\.json`"):
        promote(change, version)
    refused = report_of(bundle.manifest.model_sha256, None, passed=False)
    keep_report(settings.registry, server, find_version(server, version), refused)
    server.set_version_tag(version, "gate", "passed")
    with pytest.raises(PromotionError, match="but the report is not: recall"):
        promote(change, version)
    fetched = fetch_version(settings.registry, version)
    assert fetched.manifest == bundle.manifest
