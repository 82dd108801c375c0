import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fraud.errors import StartError
from fraud.local.process import ChildProcess

ROOT = Path(__file__).resolve().parents[3]
WAIT_SECONDS = 20.0
PARENT = """
import sys
from pathlib import Path
from fraud.local.process import ChildProcess
child = ChildProcess("sleeper", ["sleep", "60"], Path(sys.argv[1]))
child.start()
child.wait_until_ready(lambda: Path(f"/proc/{child.pid}/comm").read_text() == "sleep\\n", 10)
sys.stdout.write(f"{child.pid}\\n")
sys.stdout.flush()
sys.stdin.read()
"""


def child_of(tmp_path: Path, script: str, **environment: str) -> ChildProcess:
    log = tmp_path / "logs" / "service.log"
    return ChildProcess("service", ["sh", "-c", script], log, environment)


def test_it_runs_until_stopped_and_its_words_are_kept(tmp_path: Path) -> None:
    script = f"echo begun $WORD; touch {tmp_path}/ready; exec sleep 60"
    child = child_of(tmp_path, script, WORD="well")
    assert child.pid is None
    child.start()
    child.wait_until_ready((tmp_path / "ready").exists, WAIT_SECONDS)
    pid = child.pid
    assert pid is not None
    assert pid == os.getpgid(pid)
    # Niceness counts within a session alone.
    assert os.getsid(pid) == os.getsid(0)
    child.stop()
    assert child.pid is None
    assert child.log_path.read_text() == "begun well\n"
    child.stop()


def test_one_that_will_not_end_is_killed_with_all_it_started(tmp_path: Path) -> None:
    script = f"trap '' TERM; sleep 60 & echo $! > {tmp_path}/inner; touch {tmp_path}/ready; wait"
    child = child_of(tmp_path, script)
    child.start()
    child.wait_until_ready((tmp_path / "ready").exists, WAIT_SECONDS)
    inner = int((tmp_path / "inner").read_text())
    child.stop(seconds=0.2)
    assert child.pid is None
    assert wait_until_gone(inner)


def test_one_that_ends_before_it_is_ready_is_told_with_its_last_words(tmp_path: Path) -> None:
    child = child_of(tmp_path, "echo no such configuration; exit 3")
    child.start()
    with pytest.raises(StartError, match=r"(?s)service: it ended with code 3.*no such config"):
        child.wait_until_ready(lambda: False, WAIT_SECONDS)


def test_one_that_is_never_ready_is_stopped(tmp_path: Path) -> None:
    waits: list[float] = []
    child = child_of(tmp_path, "exec sleep 60")
    child.start()
    with pytest.raises(StartError, match="not ready after 0 s"):
        child.wait_until_ready(lambda: False, 0.3, waits.append)
    assert child.pid is None
    assert waits == sorted(waits)
    assert waits


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    child = ChildProcess("ghost", [tmp_path / "nothing"], tmp_path / "ghost.log")
    child.start()
    with pytest.raises(StartError, match=r"(?s)ghost.*No such file"):
        child.wait_until_ready(lambda: False, WAIT_SECONDS)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of the death")
def test_it_ends_with_its_parent_however_that_ends(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, tmp_path / "log"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        os.kill(pid, 0)
        parent.send_signal(signal.SIGKILL)
    assert wait_until_gone(pid)


def test_a_detached_one_outlives_its_parent(tmp_path: Path) -> None:
    script = PARENT.replace("Path(sys.argv[1]))", "Path(sys.argv[1]), detached=True)")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, tmp_path / "log"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    pid = int(done.stdout)
    assert pid == os.getsid(pid)
    time.sleep(0.2)
    os.kill(pid, signal.SIGTERM)
    assert wait_until_gone(pid)


def wait_until_gone(pid: int) -> bool:
    """Whether a process ends; one that nobody waited for counts as ended."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False
