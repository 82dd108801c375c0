"""Instructions that a process executes, where the processor's counters can be read."""

import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

EVENT = "instructions"
ATTACH_SECONDS = 0.05
UNAVAILABLE = "perf counts no instructions here; `python -m benchmarks.regress` counts by valgrind"


@dataclass(slots=True)
class Count:
    """Filled in when the counting ends; None where nothing can be counted."""

    instructions: int | None = None


@cache
def can_count() -> bool:
    """Whether perf is here, and this machine lets it count; most virtual ones do not."""
    if shutil.which("perf") is None:
        return False
    tried = subprocess.run(
        ["perf", "stat", "-x,", "-e", EVENT, "true"], capture_output=True, text=True, check=False
    )
    return tried.returncode == 0 and parse_count(tried.stderr) is not None


@contextmanager
def counting(process_id: int) -> Iterator[Count]:
    """Count what a process executes meanwhile, in all its threads."""
    count = Count()
    if not can_count():
        yield count
        return
    command = ["perf", "stat", "-x,", "-e", EVENT, "-p", str(process_id)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as perf:
        time.sleep(ATTACH_SECONDS)
        try:
            yield count
        finally:
            perf.send_signal(signal.SIGINT)
            _, told = perf.communicate()
    count.instructions = parse_count(told)


def parse_count(told: str) -> int | None:
    """The number in a line of ``perf stat -x,``; None where it says that it is not supported."""
    found = re.search(rf"^(\d+),[^,]*,{EVENT}", told, re.MULTILINE)
    return int(found[1]) if found else None
