"""`make soak-stream`, shortened: every process is killed once under load, and all copies agree."""

import subprocess
import sys

import pytest

SECONDS = 90

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.mark.usefixtures("kafka")  # skips where none can run; the soak has a broker of its own
def test_nothing_is_lost_and_all_copies_agree() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pipeline.soak", "--seconds", str(SECONDS)],
        capture_output=True,
        text=True,
        timeout=880,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "values that differ" in done.stdout
