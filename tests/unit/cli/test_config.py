"""`fraud config`, and what a person is told when a setting cannot be read."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fraud.cli.main import FraudGroup, app
from fraud.settings import Settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a fraud.toml, and a wide terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FRAUD_CONFIG", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def row(result: Result, setting: str) -> list[str]:
    (line,) = (line for line in result.stdout.splitlines() if f" {setting} " in line)
    return [cell.strip() for cell in line.strip("│").split("│")]


def test_value_comes_from_variable_over_file_over_default(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere / "fraud.toml").write_text("[scorer]\nport = 6000\nthreads = 4\n")
    monkeypatch.setenv("FRAUD_SCORER__PORT", "7000")
    result = run("config")
    assert result.exit_code == 0
    assert row(result, "scorer.port")[1:3] == ["7000", "FRAUD_SCORER__PORT"]
    assert row(result, "scorer.threads")[1:3] == ["4", "fraud.toml"]
    assert row(result, "scorer.host")[1:3] == ["127.0.0.1", "default"]


def test_passwords_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAUD_RECORDER__DSN", "postgresql://fraud:s3cret@db:5432/fraud")
    result = run("config")
    assert "s3cret" not in result.stdout
    assert row(result, "recorder.dsn")[1] == "postgresql://fraud:***@db:5432/fraud"


@pytest.mark.parametrize("command", ["config", "config --toml"])
def test_a_secret_is_not_printed(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAUD_KAFKA__SASL_PASSWORD", "s3cret")
    result = run(*command.split())
    assert result.exit_code == 0
    assert "s3cret" not in result.stdout
    if command == "config":
        assert row(result, "kafka.sasl_password")[1:3] == ["***", "FRAUD_KAFKA__SASL_PASSWORD"]


def test_a_secret_that_cannot_be_read_is_not_printed(elsewhere: Path) -> None:
    (elsewhere / "fraud.toml").write_text("[kafka]\nsasl_password = 31415\n")
    result = run("config")
    assert result.exit_code == 2
    assert "setting `kafka.sasl_password`: value `***` should be a valid string" in result.stderr


def test_template_is_toml_that_changes_nothing(elsewhere: Path) -> None:
    defaults = Settings()
    template = run("config", "--toml").stdout
    assert set(tomllib.loads(template)) <= set(Settings.model_fields)
    (elsewhere / "fraud.toml").write_text(template)
    assert Settings() == defaults
    uncommented = "\n".join(
        line.removeprefix("# ")
        for line in template.splitlines()
        if not line.startswith("# ") or (" = " in line and not line.endswith(")"))
    )
    (elsewhere / "fraud.toml").write_text(uncommented)
    assert Settings() == defaults


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("FRAUD_SCORER__PORT", "70000", "setting `scorer.port`: value `70000` should be less"),
        ("FRAUD_SCORER__EDGE", "tonic", "setting `scorer.edge`: value `tonic` should be 'threads'"),
        ("FRAUD_SCORER__PROT", "1", "hint: did you mean `scorer.port`?"),
        ("FRAUD_SCORER", "nonsense", "Failed to read settings: "),
    ],
)
def test_unreadable_setting_is_explained(
    variable: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    result = run("config")
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_broken_file_is_named(elsewhere: Path) -> None:
    (elsewhere / "fraud.toml").write_text("[scorer\n")
    result = run("config")
    assert result.exit_code == 2
    assert "error: Failed to read `fraud.toml`: " in result.stderr


def test_list_of_commands_imports_none_of_them() -> None:
    script = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from fraud.cli.main import FraudGroup, app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "modules = [entry.module for entry in FraudGroup.entries]\n"
        "assert modules and not set(modules) & set(sys.modules), modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[3])


def test_every_command_tells_its_own_help() -> None:
    for entry in FraudGroup.entries:
        result = run(entry.name, "--help")
        assert result.exit_code == 0, result.output
        assert f"fraud {entry.name}" in result.stdout or f"{entry.name} [" in result.stdout
