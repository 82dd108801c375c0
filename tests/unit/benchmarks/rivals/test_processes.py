import os
import sys
from pathlib import Path

from benchmarks.rivals.processes import Session, cpu_seconds, memory_bytes
from tests.waiting import wait_until

# A server whose worker begins a session of its own, as some supervisors' do, and then works.
PARENT = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-S", "-c", sys.argv[1]], start_new_session=True)
time.sleep(60)
"""
WORKER = """
import time
held = b"x" * 30_000_000
end = time.process_time() + 0.3
while time.process_time() < end: pass
time.sleep(60)
"""


def test_a_worker_of_another_session_is_counted_and_ended(tmp_path: Path) -> None:
    command = [sys.executable, "-S", "-c", PARENT, WORKER]
    session = Session.start(command, os.environ, tmp_path)
    try:
        wait_until(lambda: len(session.members) == 2, seconds=10)
        wait_until(lambda: cpu_seconds(session.members) >= 0.3, seconds=10)
        assert memory_bytes(session.members) > 30_000_000
        members = session.members
    finally:
        session.stop()
    assert not any(map(is_running, members))


def test_a_process_that_ended_uses_nothing(tmp_path: Path) -> None:
    session = Session.start([sys.executable, "-S", "-c", "print('bye')"], os.environ, tmp_path)
    session.process.wait()
    assert memory_bytes([session.process.pid]) == 0
    session.stop()
    assert "bye" in session.log_end()


def is_running(process: int) -> bool:
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"
