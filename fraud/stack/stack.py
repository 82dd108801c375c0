"""Brings the platform up in order, takes it down in the other, and tells how it stands."""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fraud.local.environment import to_environment
from fraud.settings import Settings
from fraud.stack.errors import StackError
from fraud.stack.memory import memory_of
from fraud.stack.programs import Program, programs_of
from fraud.stack.settings import stack_home, stack_settings
from fraud.stack.supervisor import Running, Supervisor
from fraud.stack.world import StackWorld
from training.progress import Progress

SUPERVISOR = "supervisor"
POLL_SECONDS = 0.3
LOG_END_LINES = 15
BEFORE_THE_MODEL = ("postgres", "mlflow")
"""What runs while the first model is made: its registry."""
KEPT_LAST = ("recorder", "kafka", "mlflow", "postgres")
"""What others write to when they end."""

type Told = Callable[[str, str], None]
"""Told the name of a program and what is done with it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A program as it stands.

    Args:
        program: Which.
        running: What Supervisor knows of it.
        is_ready: Whether it does its work.
    """

    program: Program
    running: Running
    is_ready: bool

    @property
    def memory_mb(self) -> float:
        """Resident memory of the process and all that it started, each page counted once."""
        return memory_of(self.running.pid) / 1e6


class Stack:
    """The whole platform on this machine.

    Args:
        settings: Those of :func:`fraud.stack.settings.stack_settings`.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.supervisor = Supervisor(settings.home / SUPERVISOR)
        self._world = StackWorld.kept_in(settings.home, settings.stack.customers)
        self.programs = programs_of(settings, self._world)

    def up(self, told: Told, progress: Progress) -> None:
        """Start what does not run yet, each when what it needs is ready.

        Args:
            told: Told of every step.
            progress: Told of the first model's making.

        Raises:
            StackError: A program does not become ready; those that are stay up.
            TrainingError: The first model cannot be made.
        """
        if not self.supervisor.is_running:
            self.supervisor.start(self.programs, to_environment(self.settings))
        programs = self._parts()
        first = [each for each in programs if each.name in BEFORE_THE_MODEL]
        self._start(first, told)
        if not self._world.has_champion(self.settings):
            told("model", "simulate a history, train, promote")
            self._world.prepare(self.settings, progress)
        self._start([each for each in programs if each not in first], told)

    def down(self, told: Told) -> None:
        """End everything in order; what is stored stays."""
        if not self.supervisor.is_running:
            return
        names = [program.name for program in reversed(self._parts())]
        first = [name for name in names if name not in KEPT_LAST]
        for name in (*first, *KEPT_LAST):
            told(name, "stop")
            self.supervisor.stop_program(name)
        self.supervisor.stop()

    def standings(self) -> list[Standing]:
        """How every program of a stack that is up stands."""
        running = self.supervisor.running()
        return [
            Standing(program, running[program.name], _is_ready(program, running[program.name]))
            for program in self._parts()
        ]

    def _parts(self) -> list[Program]:
        """The programs of a stack that is up; one that can be had only since is none of them."""
        known = self.supervisor.running()
        return [program for program in self.programs if program.name in known]

    def _start(self, programs: Sequence[Program], told: Told) -> None:
        for program in programs:
            told(program.name, "start")
            self.supervisor.start_program(program.name)
            self._wait_for(program)

    def _wait_for(self, program: Program) -> None:
        deadline = time.monotonic() + program.patience
        while not _is_ready(program, self.supervisor.running()[program.name]):
            if time.monotonic() > deadline:
                raise StackError(self._why_not(program))
            time.sleep(POLL_SECONDS)

    def _why_not(self, program: Program) -> str:
        path = self.supervisor.log_path(program.name)
        lines = path.read_text(errors="replace").splitlines() if path.is_file() else []
        end = "\n".join(lines[-LOG_END_LINES:])
        return (
            f"Failed to start {program.name}: not ready after {program.patience:.0f} s; "
            f"the end of `{path}`:\n{end}"
        )


def supervisor_of(base: Settings) -> Supervisor:
    """That of the stack of these settings, whether it runs or not; writes nothing."""
    return Supervisor(stack_home(base) / SUPERVISOR)


def running_stack(base: Settings) -> Stack:
    """The stack of these settings.

    Raises:
        StackError: It is not up; nothing was written.
    """
    if not supervisor_of(base).is_running:
        raise StackError(f"Nothing is up in `{stack_home(base)}`: run `fraud stack up`")
    return Stack(stack_settings(base))


def wipe(base: Settings) -> None:
    """Forget everything that a stack has stored.

    Raises:
        StackError: It is up.
    """
    if supervisor_of(base).is_running:
        raise StackError("Failed to wipe the stack: it is up: run `fraud stack down` first")
    shutil.rmtree(stack_home(base), ignore_errors=True)


def _is_ready(program: Program, running: Running) -> bool:
    return running.state == "RUNNING" and program.is_ready()
