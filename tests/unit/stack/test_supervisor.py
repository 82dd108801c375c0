"""A real supervisord with small programs."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fraud.settings import Settings, StackSettings
from fraud.stack.errors import StackError
from fraud.stack.programs import Program
from fraud.stack.settings import stack_settings
from fraud.stack.stack import Stack
from fraud.stack.supervisor import Supervisor

SLEEP = "import os, time; print(os.environ['GREETING'], '100%', flush=True); time.sleep(60)"


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path)
    programs = [
        Program("sleeper", ("-c", SLEEP), lambda: True),
        Program("other", ("-c", SLEEP), lambda: True),
    ]
    supervisor.start(programs, {"GREETING": 'say "hello"'})
    yield supervisor
    supervisor.stop()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_programs_start_when_asked_with_their_environment(supervisor: Supervisor) -> None:
    assert {each.state for each in supervisor.running().values()} == {"STOPPED"}
    supervisor.start_program("sleeper")
    supervisor.start_program("sleeper")
    wait_for(lambda: supervisor.running()["sleeper"].state == "RUNNING")
    assert supervisor.running()["other"].state == "STOPPED"
    log = supervisor.log_path("sleeper")
    wait_for(lambda: log.is_file() and log.read_text() == 'say "hello" 100%\n')


def test_a_program_that_dies_is_started_again(supervisor: Supervisor) -> None:
    supervisor.start_program("sleeper")
    wait_for(lambda: supervisor.running()["sleeper"].state == "RUNNING")
    first = supervisor.running()["sleeper"].pid
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: supervisor.running()["sleeper"].pid not in {0, first})


def test_what_is_stopped_stays_so(supervisor: Supervisor) -> None:
    supervisor.start_program("sleeper")
    # Between fork and exec a signal is lost, and it would be killed after 20 s.
    wait_for(supervisor.log_path("sleeper").is_file)
    wait_for(lambda: "hello" in supervisor.log_path("sleeper").read_text())
    supervisor.stop_program("sleeper")
    supervisor.stop_program("sleeper")
    assert supervisor.running()["sleeper"].state == "STOPPED"
    supervisor.stop()
    assert not supervisor.is_running


def test_a_supervisor_that_cannot_begin_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(StackError, match="Failed to start supervisord"):
        Supervisor(tmp_path).start([], {})


def test_what_can_be_had_only_since_the_start_is_no_part_of_a_stack(tmp_path: Path) -> None:
    stack = Stack(stack_settings(Settings(home=tmp_path, stack=StackSettings(airflow=False))))
    *known, later = stack.programs
    stack.supervisor.start(known, {})
    try:
        standings = stack.standings()
        assert [each.program.name for each in standings] == [each.name for each in known]
        assert later.name not in {each.program.name for each in standings}
    finally:
        stack.down(lambda name, step: None)
    assert not stack.supervisor.is_running
