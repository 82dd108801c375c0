import os
import sys
import threading
from collections.abc import Callable

import pytest

from fraud.priority import NICENESS, PROMPT_NS, be_nice, be_prompt
from tests.unit.slices import HAS_SLICES, slice_ns

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness here")


def test_a_thread_and_those_it_starts_give_way_and_no_other() -> None:
    before = niceness()
    assert within(be_nice, niceness) == [NICENESS, NICENESS]
    assert niceness() == before


@pytest.mark.skipif(not HAS_SLICES, reason="this kernel has one slice for all")
def test_a_thread_and_those_it_starts_get_short_slices_and_no_other() -> None:
    before = own_slice_ns()
    assert before > PROMPT_NS
    assert within(be_prompt, own_slice_ns) == [PROMPT_NS, PROMPT_NS]
    assert within(be_prompt, niceness) == [niceness(), niceness()]
    assert own_slice_ns() == before


@pytest.mark.skipif(not HAS_SLICES, reason="this kernel has one slice for all")
def test_one_that_gives_way_is_not_prompt_any_more() -> None:
    def change() -> None:
        be_prompt()
        be_nice()

    assert within(change, own_slice_ns) == [own_slice_ns(), own_slice_ns()]


def test_one_that_was_told_to_be_last_stays_so() -> None:
    def change() -> None:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        be_prompt()

    assert within(change, lambda: os.sched_getscheduler(0)) == [os.SCHED_IDLE, os.SCHED_IDLE]


def within(change: Callable[[], None], look: Callable[[], int]) -> list[int]:
    """What a thread finds after a change, and what one finds that it has started since."""
    found: list[int] = []

    def act() -> None:
        change()
        found.append(look())
        started = threading.Thread(target=lambda: found.append(look()))
        started.start()
        started.join()

    thread = threading.Thread(target=act)
    thread.start()
    thread.join()
    return found


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def own_slice_ns() -> int:
    return slice_ns(threading.get_native_id())
