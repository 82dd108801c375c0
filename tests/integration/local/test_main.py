"""``python -m fraud.local``: what it runs ends with it, and it ends with what it runs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fraud.errors import MissingToolError
from fraud.local.environment import to_environment
from fraud.local.port import free_port
from fraud.local.web_program import find_tool
from fraud.settings import MonitoringSettings, Settings

SECONDS = 20.0


@pytest.fixture
def alertmanager() -> None:
    """Skip where it cannot be had."""
    try:
        find_tool("alertmanager")
    except MissingToolError as exc:
        pytest.skip(str(exc))


@pytest.mark.usefixtures("alertmanager")
def test_it_ends_when_its_service_does(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, monitoring=MonitoringSettings(alertmanager_port=free_port()))
    command = [sys.executable, "-m", "fraud.local", "alertmanager"]
    environment = {**os.environ, **to_environment(settings)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "alertmanager runs\n"
        (child,) = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
        os.kill(int(child), signal.SIGKILL)
        _, told = run.communicate(timeout=SECONDS)
    assert (run.returncode, told) == (1, "alertmanager has ended\n")
