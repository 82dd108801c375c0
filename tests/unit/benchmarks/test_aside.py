"""A registry beside a scorer is put last in line, whatever it has started; nothing else is."""

import os
import subprocess
import sys
import threading

from benchmarks.pipeline.aside import set_aside, step_aside

# Says the number of a process of its own, then waits for the end of its input.
FAMILY = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "input()"])
print(child.pid, flush=True)
child.wait()
"""


def test_a_process_group_is_set_aside_whole() -> None:
    family = subprocess.Popen(
        [sys.executable, "-c", FAMILY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    assert family.stdout is not None
    child = int(family.stdout.readline())
    assert set_aside(family.pid) == 2
    policies = [os.sched_getscheduler(each) for each in (family.pid, child, 0)]
    family.communicate("\n", timeout=20)
    assert policies == [os.SCHED_IDLE, os.SCHED_IDLE, os.SCHED_OTHER]


def test_one_thread_steps_aside_alone() -> None:
    found = []

    def look() -> None:
        step_aside()
        found.append(os.sched_getscheduler(threading.get_native_id()))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [os.SCHED_IDLE]
    assert os.sched_getscheduler(threading.get_native_id()) == os.SCHED_OTHER
