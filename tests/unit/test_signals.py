import subprocess
import sys

import pytest

PROGRAM = """
import signal
import sys
import threading

from fraud.signals import stop_on_signals

lock, stopped = threading.Lock(), threading.Event()

def stop():
    with lock:
        stopped.set()

stop_on_signals(stop)
with lock:
    # Handlers run here, on the thread that holds what `stop` takes.
    signal.raise_signal(signal.{name})
    signal.raise_signal(signal.{name})
sys.exit(0 if stopped.wait(10) else 1)
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_waits_for_nothing_that_the_main_thread_holds(name: str) -> None:
    command = [sys.executable, "-c", PROGRAM.format(name=name)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
