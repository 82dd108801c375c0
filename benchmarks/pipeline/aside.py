"""Work that takes of the processors what nobody else wants."""

import os
import threading
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def step_aside() -> None:
    """Have this thread, and what it starts, run when no other work is ready (Linux)."""
    _yield_to_all(threading.get_native_id())


def set_aside(group: int) -> int:
    """The same of every thread of every process of a group; returns how many those are.

    Args:
        group: Process id of its leader.
    """
    threads = [
        int(thread.name)
        for process in PROC.iterdir()
        if process.name.isdecimal() and _group_of(process) == group
        for thread in (process / "task").iterdir()
    ]
    for thread in threads:
        _yield_to_all(thread)
    return len(threads)


def _yield_to_all(thread: int) -> None:
    with suppress(ProcessLookupError):  # it has ended meanwhile
        os.sched_setscheduler(thread, os.SCHED_IDLE, os.sched_param(0))


def _group_of(process: Path) -> int | None:
    """None if it has ended meanwhile."""
    try:
        # Its name, in brackets, may hold anything.
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[2])
