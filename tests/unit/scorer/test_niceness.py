import os
import sys
import threading

import pytest

from scorer.niceness import NICENESS, be_nice


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness of their own here")
def test_a_thread_and_those_it_starts_give_way_and_no_other() -> None:
    found: list[int] = []

    def tell() -> None:
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    def give_way() -> None:
        be_nice()
        tell()
        started = threading.Thread(target=tell)
        started.start()
        started.join()

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    thread = threading.Thread(target=give_way)
    thread.start()
    thread.join()
    tell()
    assert found == [NICENESS, NICENESS, before]
