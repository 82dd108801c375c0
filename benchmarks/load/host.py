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


@dataclass(frozen=True, slots=True)
class Host:
    """A machine at one moment; times in microseconds."""

    processor: str
    cores: int
    load_average: float
    oversleep_p50_us: float
    oversleep_p99_us: float
    ping_pong_p50_us: float
    ping_pong_p99_us: float


def measure_host(sleeps: int = 300, rounds: int = 2000) -> Host:
    """Measure for about three seconds.

    Args:
        sleeps: Sleeps of 10 ms whose excess is taken.
        rounds: Bytes sent through a pipe to another process and back.
    """
    oversleep = _time_each(sleeps, lambda: time.sleep(SLEEP_SECONDS)) - SLEEP_SECONDS * 1e6
    ping_pong = _ping_pong(rounds)
    return Host(
        processor=processor_name(),
        cores=os.cpu_count() or 1,
        load_average=os.getloadavg()[0],
        oversleep_p50_us=percentile(oversleep, 50),
        oversleep_p99_us=percentile(oversleep, 99),
        ping_pong_p50_us=percentile(ping_pong, 50),
        ping_pong_p99_us=percentile(ping_pong, 99),
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


def _time_each(count: int, act: Callable[[], None]) -> np.ndarray:
    """How long each of ``count`` acts took, microseconds."""
    times = np.empty(count)
    for index in range(count):
        start = time.perf_counter_ns()
        act()
        times[index] = (time.perf_counter_ns() - start) / 1000
    return times
