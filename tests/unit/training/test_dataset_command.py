import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fraud.cli import dataset
from fraud.cli.errors import CommandError
from training.datasets.built import BuiltDataset

PERIODS = ["--train", "2026-01-12..2026-01-26", "--holdout", "2026-02-03..2026-02-09"]

runner = CliRunner()


def test_a_set_is_built_and_shown(folder: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "built")
    arguments = ["build", "--data", str(folder), *PERIODS, "--gap", "7d", "--output", out]
    result = runner.invoke(dataset.app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    built = BuiltDataset.read(tmp_path / "built")
    assert built.id in result.stdout
    result = runner.invoke(dataset.app, ["show", out], catch_exceptions=False)
    assert built.id in result.stdout
    result = runner.invoke(dataset.app, ["show", out, "--json"], catch_exceptions=False)
    assert json.loads(result.stdout)["id"] == built.id


def test_the_moment_is_what_is_asked_for(folder: Path, tmp_path: Path) -> None:
    moment = ["--as-of", "2026-01-30T12:00:00.000001+02:00"]
    arguments = ["build", "--data", str(folder), *PERIODS, *moment, "--output", str(tmp_path / "x")]
    runner.invoke(dataset.app, arguments, catch_exceptions=False)
    manifest = BuiltDataset.read(tmp_path / "x").manifest
    assert manifest.as_of.isoformat() == "2026-01-30T10:00:00.000001+00:00"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--as-of", "yesterday"], "`yesterday` is no time"),
        (["--as-of", "2026-01-20"], "before the end of train"),
        (["--as-of", "2026-02-04"], "after the beginning of test"),
        (["--gap", "8d"], "less than the gap of 8 days"),
        (["--data", "/nowhere"], "/nowhere"),
    ],
)
def test_a_wrong_option_is_told_in_words(
    arguments: list[str], message: str, folder: Path, tmp_path: Path
) -> None:
    data = [] if "--data" in arguments else ["--data", str(folder)]
    command = ["build", *data, *PERIODS, *arguments, "--output", str(tmp_path / "x")]
    with pytest.raises(CommandError, match=message):
        runner.invoke(dataset.app, command, catch_exceptions=False)
    assert not (tmp_path / "x").exists()


def test_what_is_no_built_set_is_told(folder: Path) -> None:
    with pytest.raises(CommandError, match=r"it has no manifest\.json"):
        runner.invoke(dataset.app, ["show", str(folder)], catch_exceptions=False)
