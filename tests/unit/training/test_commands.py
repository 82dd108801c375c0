from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fraud.cli import evaluate, train
from fraud.cli.errors import CommandError
from scorer.model.bundle import ModelBundle
from training.datasets.build import build
from training.datasets.history import History
from training.datasets.period import Period
from training.datasets.split import SplitPlan

runner = CliRunner()


@pytest.fixture(scope="module")
def bundle(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("command") / "bundle"
    arguments = ["--data", str(folder), "--no-register", "--output", str(output)]
    result = runner.invoke(train.app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert "average precision" in result.stdout
    assert "decisions identical" in result.stdout
    return output


def test_a_bundle_in_a_folder_is_measured(bundle: Path, folder: Path) -> None:
    arguments = ["--data", str(folder), "--bundle", str(bundle)]
    result = runner.invoke(evaluate.app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert "caught: stolen card" in result.stdout


def test_a_built_data_set_is_searched_and_calibrated_with_another_estimator(
    folder: Path, tmp_path: Path
) -> None:
    plan = SplitPlan(
        Period.parse("2026-01-04..2026-01-26"),
        timedelta(days=7),
        Period.parse("2026-02-03..2026-02-09"),
    )
    build(History.read(folder), plan).write(tmp_path / "built")
    arguments = ["--dataset", str(tmp_path / "built"), "--no-register", "--calibrate"]
    arguments += ["--estimator", "random_forest", "--search", "1", "--seed", "3"]
    arguments += ["--output", str(tmp_path / "bundle")]
    result = runner.invoke(train.app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert "search: average precision over 3 folds" in result.stdout
    manifest = ModelBundle.read(tmp_path / "bundle").manifest
    assert (manifest.estimator, manifest.training["gap"]) == ("random_forest", str(plan.gap))
    assert manifest.calibration is not None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--train", "soon"], "`soon`"),
        (["--gap", "7 days"], "`7 days`"),
        (["--review-fpr", "2"], "review_fpr"),
        (["--decline-fpr", "0.5"], "decline_fpr 0.5 exceeds"),
        (["--data", "/nowhere", "--no-register"], "/nowhere"),
        (["--data", "/a", "--dataset", "/b"], "`--data` and `--dataset`"),
        (["--search", "-1"], "search_trials"),
        (["--estimator", "random_forest", "--fraud-weight", "9"], "not of random_forest"),
        (["--estimator", "random_forest", "--early-stopping", "9"], "not for random_forest"),
    ],
)
def test_a_wrong_option_is_told_in_words(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        runner.invoke(train.app, arguments, catch_exceptions=False)
