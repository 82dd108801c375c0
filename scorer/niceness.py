"""What follows the topics and loads models gives way to what scores."""

import os
import sys
import threading

import structlog

log = structlog.get_logger(__name__)

NICENESS = 10
"""A tenth of the weight of a thread that scores, where both want one processor."""


def be_nice() -> None:
    """Have this thread, and those that it starts, give way to the others.

    Of one thread alone on Linux only (`sched(7) <https://man7.org/linux/man-pages/man7/sched.7.html>`_,
    "The nice value"); elsewhere nothing changes.
    """
    if sys.platform == "linux":
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        except OSError as exc:
            log.warning("thread.not_nice", error=str(exc))
