"""What a worker has imported is not looked through again; what a task leaves behind is."""

import gc
import subprocess
import sys
import weakref

from spark_stream import intake
from spark_stream.workers import leave_imports_alone


class Node:
    """Part of a cycle."""

    def __init__(self) -> None:
        self.itself = self


def test_imports_are_frozen_and_the_garbage_of_tasks_is_not() -> None:
    assert intake.__name__ in sys.modules
    leave_imports_alone()
    try:
        frozen = gc.get_freeze_count()
        assert frozen > 10_000
        node = Node()
        gone = weakref.ref(node)
        del node
        # The next task, for which nothing more was imported.
        leave_imports_alone()
        gc.collect()
        assert gone() is None
        assert gc.get_freeze_count() <= frozen
    finally:
        gc.unfreeze()


def test_what_is_imported_later_is_frozen_then() -> None:
    script = (
        "import gc; from spark_stream.workers import leave_imports_alone as leave; leave();"
        "before = gc.get_freeze_count(); import spark_stream.intake; leave();"
        "print(gc.get_freeze_count() - before)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert int(done.stdout) > 10_000
