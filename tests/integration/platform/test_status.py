"""``fraud status`` and ``fraud load`` against a running platform."""

import subprocess
import sys
from pathlib import Path

from fraud.local.environment import to_environment
from fraud.settings import Settings
from tests.integration.platform.conftest import Platform


def run(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = to_environment(settings) | {"PATH": "", "COLUMNS": "200"}
    command = [sys.executable, "-m", "fraud", *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=100, check=False
    )


def test_status_and_load(platform: Platform, tmp_path: Path) -> None:
    status = run(platform.settings, "status")
    assert status.returncode == 0, status.stderr
    assert f"{platform.target}, serving" in status.stdout
    assert "fraud version" in status.stdout


def test_status_of_nothing(tmp_path: Path) -> None:
    status = run(Settings(home=tmp_path), "status")
    assert status.returncode == 1
    assert "not running" in status.stdout
    load = run(Settings(home=tmp_path), "load", "--rate", "10", "--seconds", "1")
    assert load.returncode == 2
    assert "Failed to find a running scorer" in load.stderr
