"""The main job, as a newcomer types it, but shorter."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def test_the_demo_holds_what_it_promises(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fraud", "demo", "--seconds", "15", "--home", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=380, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAILED" not in done.stdout
    for shown in ("rows in PostgreSQL", "frauds caught", "of a null RPC", "declined by version 1"):
        assert shown in " ".join(done.stdout.split()), done.stdout
