"""What the Python workers of the streaming queries do with memory."""

import gc
import sys
from functools import cache


def leave_imports_alone() -> None:
    """Take what is imported out of garbage collections; to be called in every task.

    A worker collects everything after each task, which takes 50 ms where it has imported what the
    stages need: more than most tasks.
    """
    _freeze(len(sys.modules))


@cache
def _freeze(modules: int) -> None:
    """Once for a number of modules: what a task leaves behind must not be kept by the next."""
    gc.freeze()
