"""Processes of one server: what they use, and their end."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
STOP_SECONDS = 15.0
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Session:
    """A server with all processes that it starts: those of one session of the system.

    A worker whose parent has ended is still of the session, so that none is forgotten.
    """

    process: "subprocess.Popen[bytes]"
    log: Path

    @classmethod
    def start(
        cls, command: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> "Session":
        """Start a command in ``folder``; what it says is added to its log."""
        log = folder / "server.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                command, env=dict(environment), cwd=folder, stdout=output, stderr=output,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        return cls(process, log)

    @property
    def members(self) -> list[int]:
        """Its processes now."""
        return sorted(self._members(_stats()))

    def stop(self) -> None:
        """Ask the first process to end; whatever is left of the others is killed."""
        before = _stats()
        mine = self._members(before)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        started = {process: before[process].started for process in mine}
        self._kill_rest(started)
        self.process.wait()

    def _kill_rest(self, started: Mapping[int, int]) -> None:
        """Kill what is left; a port that one of them holds is free when this returns."""
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            now = _stats()
            rest = self._members(now)
            # A number may have been given to somebody else meanwhile.
            rest |= {one for one, at in started.items() if one in now and now[one].started == at}
            if not rest:
                return
            for process in rest:
                _kill(process)
            time.sleep(0.01)

    def _members(self, stats: Mapping[int, "Stat"]) -> set[int]:
        """Those of the session, and children that began one of their own."""
        mine = {one for one, stat in stats.items() if stat.session == self.process.pid}
        while more := {one for one, stat in stats.items() if stat.parent in mine} - mine:
            mine |= more
        return mine

    def log_end(self) -> str:
        """The last of what it said."""
        return self.log.read_text(errors="replace")[-3000:]


@dataclass(frozen=True, slots=True)
class Stat:
    """What the system says of one process.

    Args:
        started: Ticks after the system's own start.
        ticks: Of processor time, with those of its children that have ended.
    """

    parent: int
    session: int
    started: int
    ticks: int


def cpu_seconds(processes: Sequence[int]) -> float:
    """Processor time of processes so far, and of their children that have ended."""
    stats = _stats()
    ticks = sum(stats[process].ticks for process in processes if process in stats)
    return ticks / TICKS_PER_SECOND


def memory_bytes(processes: Sequence[int]) -> int:
    """Resident memory, pages that several share counted once (PSS)."""
    return sum(map(_proportional_set, processes))


def _proportional_set(process: int) -> int:
    try:
        lines = (PROC / str(process) / "smaps_rollup").read_text().splitlines()
    except (OSError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _stats() -> dict[int, Stat]:
    """Every process that has not ended (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html)."""
    found = {}
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            text = (entry / "stat").read_text()
        except (OSError, ProcessLookupError):
            continue
        # The name before them may hold spaces.
        fields = text.rpartition(")")[2].split()
        if fields[0] == "Z":
            continue
        ticks = sum(map(int, fields[11:15]))
        found[int(entry.name)] = Stat(int(fields[1]), int(fields[3]), int(fields[19]), ticks)
    return found


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return
