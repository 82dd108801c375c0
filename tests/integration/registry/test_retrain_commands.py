"""What a retraining asks by exit code: whose data set, who serves, back only from one version."""

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fraud.cli import models
from fraud.cli.errors import CommandError
from fraud.settings import Settings
from tests.integration.registry.conftest import MakeVersion
from tests.unit.training.world import make_history
from training.datasets.build import build
from training.datasets.period import Period
from training.datasets.split import SplitPlan
from training.registry.aliases import Change, promote
from training.registry.server import RegistryServer

pytestmark = pytest.mark.slow

runner = CliRunner()


@pytest.fixture(autouse=True)
def _environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAUD_HOME", str(settings.home))
    monkeypatch.setenv("FRAUD_REGISTRY__URL", settings.registry.url)
    monkeypatch.setenv("FRAUD_REGISTRY__MODEL_NAME", settings.registry.model_name)
    monkeypatch.setenv("FRAUD_REGISTRY__TIMEOUT_SECONDS", "30")
    monkeypatch.setenv("FRAUD_RECORDER__DSN", str(settings.recorder.dsn))


def run(*arguments: str) -> tuple[int, str]:
    found = runner.invoke(models.app, arguments, catch_exceptions=False)
    return found.exit_code, found.stdout.strip()


def build_dataset(folder: Path) -> str:
    """A small training set; gives its id."""
    train, holdout = Period.parse("2026-01-05..2026-01-15"), Period.parse("2026-01-23..2026-01-29")
    plan = SplitPlan(train, timedelta(days=7), holdout)
    built = build(make_history(), plan, remove_known_accounts=False)
    built.write(folder)
    return built.id


def test_find_tells_the_newest_version_of_a_data_set(
    server: RegistryServer, make_version: MakeVersion, tmp_path: Path
) -> None:
    wanted = build_dataset(tmp_path)
    first, second, _ = make_version(-5.0), make_version(-6.0), make_version(-7.0)
    assert run("find", "--dataset", str(tmp_path))[0] == 1
    for version in (first, second):
        server.set_version_tag(version, "dataset_id", wanted)
    assert run("find", "--dataset", str(tmp_path)) == (0, second)
    with pytest.raises(CommandError, match=r"manifest\.json"):
        run("find", "--dataset", str(tmp_path / "nothing"))


def test_a_rollback_from_a_version_that_does_not_decide_does_nothing(
    server: RegistryServer, make_version: MakeVersion
) -> None:
    change = Change(server, "a test")
    first, second = make_version(-5.0), make_version(-6.0)
    promote(change, first, force=True)
    promote(change, second, force=True)
    assert run("rollback", "--reason", "a test", "--from", first)[0] == 1
    assert server.aliases() == {"champion": second, "previous": first}
    assert run("rollback", "--reason", "a test", "--from", second)[0] == 0
    assert run("rollback", "--reason", "a test", "--from", second)[0] == 1
    assert server.aliases()["champion"] == first


def test_a_scorer_that_does_not_answer_does_not_serve() -> None:
    code, shown = run("verify", "7", "--within", "0.1s", "--scorer", "127.0.0.1:9")
    assert (code, "127.0.0.1:9: no answer" in shown) == (1, True)
    with pytest.raises(CommandError, match="none runs"):
        run("verify", "7")
    with pytest.raises(CommandError, match="`soon`"):
        run("verify", "7", "--within", "soon")
