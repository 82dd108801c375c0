"""Who gets a processor that several threads want: first what scores, last what follows.

On Linux alone; elsewhere nothing changes. Niceness shares processor time, but a thread that wakes
up does not take the processor from one that has just begun its slice, however nice that is: it
waits for milliseconds. One that asked for a shorter slice does take it, without getting more time
(EEVDF, since Linux 6.12: `sched_setattr(2)
<https://man7.org/linux/man-pages/man2/sched_setattr.2.html>`_, ``sched_runtime``).
"""

import ctypes
import os
import platform
import sys
import threading
from typing import Final

import structlog

log = structlog.get_logger(__name__)

NICENESS: Final = 10
"""A tenth of the weight of a thread that scores, where both want one processor."""
PROMPT_NS: Final = 100_000
"""The shortest slice that the kernel takes."""
USUAL_NS: Final = 0
"""The kernel's own slice: 1.4 ms on two processors."""
SYS_SCHED_SETATTR: Final = {"x86_64": 314, "aarch64": 274}
"""By machine; the C library has had a function for it since glibc 2.41 only."""


class _Attributes(ctypes.Structure):
    """``struct sched_attr`` of ``linux/sched/types.h``, as far as its first version goes."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("policy", ctypes.c_uint32),
        ("flags", ctypes.c_uint64),
        ("nice", ctypes.c_int32),
        ("priority", ctypes.c_uint32),
        ("runtime_ns", ctypes.c_uint64),
        ("deadline_ns", ctypes.c_uint64),
        ("period_ns", ctypes.c_uint64),
    )


def be_prompt() -> None:
    """Have this thread, and those that it starts, run as soon as they have something to do."""
    _set(_niceness(), PROMPT_NS)


def be_nice() -> None:
    """Have this thread, and those that it starts, give way to the others."""
    _set(max(_niceness(), NICENESS), USUAL_NS)


def _niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def _set(niceness: int, slice_ns: int) -> None:
    """Of this thread; one with another policy than the usual one was given it on purpose."""
    if sys.platform != "linux" or os.sched_getscheduler(0) != os.SCHED_OTHER:
        return
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
        _set_slice(niceness, slice_ns)
    except OSError as exc:
        log.warning("thread.priority_not_set", niceness=niceness, error=str(exc))


def _set_slice(niceness: int, slice_ns: int) -> None:
    number = SYS_SCHED_SETATTR.get(platform.machine())
    if number is None:
        return
    told = _Attributes(policy=os.SCHED_OTHER, nice=niceness, runtime_ns=slice_ns)
    told.size = ctypes.sizeof(told)
    this_thread, no_flags = 0, 0
    if ctypes.CDLL(None, use_errno=True).syscall(number, this_thread, ctypes.byref(told), no_flags):
        raise OSError(ctypes.get_errno(), "sched_setattr")
