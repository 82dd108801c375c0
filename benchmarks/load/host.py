"""The ruler: what this machine does to anything that waits, before anything is measured on it."""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SLEEP_SECONDS = 0.010
ECHO = "import os\nwhile byte := os.read(0, 1): os.write(1, byte)"
GAP_US = 50.0
"""A spinning thread that sees the clock jump further than this was not running meanwhile."""
LONG_GAP_US = 1000.0
QUIET_OVERSLEEP_P99_US = 500.0
QUIET_LOST_PERCENT = 5.0


@dataclass(frozen=True, slots=True)
class Host:
    """A machine at one moment; times in microseconds.

    Args:
        processor: Its model.
        cores: That the system shows.
        load_average: Of the last minute.
        oversleep_p50_us: How late a sleep of 10 ms ends.
        oversleep_p99_us: The same in the tail.
        ping_pong_p50_us: A byte to another process and back.
        ping_pong_p99_us: The same in the tail.
        lost_percent: Of its time, what a spinning thread loses in gaps over 50 us.
        long_gaps_per_s: Of those gaps, the ones over a millisecond.
    """

    processor: str
    cores: int
    load_average: float
    oversleep_p50_us: float
    oversleep_p99_us: float
    ping_pong_p50_us: float
    ping_pong_p99_us: float
    lost_percent: float
    long_gaps_per_s: float

    @property
    def is_quiet(self) -> bool:
        """Whether a tail under a millisecond would be the server's and not the machine's."""
        timers = self.oversleep_p99_us < QUIET_OVERSLEEP_P99_US
        return timers and self.lost_percent < QUIET_LOST_PERCENT


def measure_host(sleeps: int = 300, rounds: int = 2000, spin_seconds: float = 1.0) -> Host:
    """Measure for about four seconds.

    Args:
        sleeps: Sleeps of 10 ms whose excess is taken.
        rounds: Bytes sent through a pipe to another process and back.
        spin_seconds: How long gaps are looked for.
    """
    oversleep = _time_each(sleeps, lambda: time.sleep(SLEEP_SECONDS)) - SLEEP_SECONDS * 1e6
    ping_pong = _ping_pong(rounds)
    gaps = _gaps(spin_seconds)
    return Host(
        processor=processor_name(),
        cores=os.cpu_count() or 1,
        load_average=os.getloadavg()[0],
        oversleep_p50_us=percentile(oversleep, 50),
        oversleep_p99_us=percentile(oversleep, 99),
        ping_pong_p50_us=percentile(ping_pong, 50),
        ping_pong_p99_us=percentile(ping_pong, 99),
        lost_percent=round(float(gaps.sum()) / (spin_seconds * 1e4), 2),
        long_gaps_per_s=round(int((gaps > LONG_GAP_US).sum()) / spin_seconds, 1),
    )


def processor_name() -> str:
    """The processor's model, as the system names it."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def percentile(values: np.ndarray, rank: float) -> float:
    """A percentile to a tenth."""
    return round(float(np.percentile(values, rank)), 1)


def _ping_pong(rounds: int) -> np.ndarray:
    with subprocess.Popen(
        [sys.executable, "-S", "-c", ECHO], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as echo:
        assert echo.stdin is not None
        assert echo.stdout is not None
        there, back = echo.stdin.fileno(), echo.stdout.fileno()

        def once() -> None:
            os.write(there, b"x")
            os.read(back, 1)

        once()
        times = _time_each(rounds, once)
        echo.stdin.close()
    return times


def _gaps(seconds: float) -> np.ndarray:
    """The jumps of the clock over :data:`GAP_US` that a spinning thread sees, microseconds."""
    clock, found = time.perf_counter_ns, []
    least = int(GAP_US * 1000)
    last = clock()
    end = last + int(seconds * 1e9)
    while last < end:
        now = clock()
        if now - last > least:
            found.append((now - last) / 1000)
        last = now
    return np.array(found)


def _time_each(count: int, act: Callable[[], None]) -> np.ndarray:
    """How long each of ``count`` acts took, microseconds."""
    times = np.empty(count)
    for index in range(count):
        start = time.perf_counter_ns()
        act()
        times[index] = (time.perf_counter_ns() - start) / 1000
    return times
