from pathlib import Path

import pytest
from typer.testing import CliRunner

from fraud.cli import evaluate, train
from fraud.cli.errors import CommandError

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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--train", "soon"], "`soon`"),
        (["--gap", "7 days"], "`7 days`"),
        (["--review-fpr", "2"], "review_fpr"),
        (["--decline-fpr", "0.5"], "decline_fpr 0.5 exceeds"),
        (["--data", "/nowhere", "--no-register"], "/nowhere"),
    ],
)
def test_a_wrong_option_is_told_in_words(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        runner.invoke(train.app, arguments, catch_exceptions=False)
