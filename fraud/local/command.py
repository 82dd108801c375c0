"""``fraud ...`` as a child process on given settings."""

import os
import subprocess
import sys

from fraud.local.environment import to_environment
from fraud.settings import Settings

WIDTH = "200"


def fraud_command(
    settings: Settings, *arguments: str, seconds: float = 300.0
) -> "subprocess.CompletedProcess[str]":
    """Run a command of the platform and wait for it.

    Raises:
        subprocess.TimeoutExpired: It took longer than ``seconds``.
    """
    return subprocess.run(
        [sys.executable, "-m", "fraud", *arguments],
        env={**os.environ, "COLUMNS": WIDTH, **to_environment(settings)},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
