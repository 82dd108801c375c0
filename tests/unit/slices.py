"""How long threads may keep a processor, as the kernel tells."""

import platform
import sys
from pathlib import Path

from fraud.priority import SYS_SCHED_SETATTR

HAS_SLICES = (
    sys.platform == "linux"
    and tuple(map(int, platform.release().split(".")[:2])) >= (6, 12)
    and platform.machine() in SYS_SCHED_SETATTR
    and Path("/proc/self/sched").exists()
)
"""Whether a thread may ask for a slice of its own here."""


def slice_ns(thread: int) -> int:
    """Of a thread of any process."""
    lines = Path(f"/proc/{thread}/sched").read_text().splitlines()
    return next(int(line.partition(":")[2]) for line in lines if line.startswith("se.slice"))
