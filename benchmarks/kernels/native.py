"""Runs the compiled benchmarks in ``features_rs/core/benches``."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.kernels.errors import NativeBenchmarkError
from benchmarks.kernels.percentiles import Percentiles

WORKSPACE = Path(__file__).parents[2] / "features_rs"


@dataclass(frozen=True, slots=True)
class Latency:
    """One payment, called from Rust, over the state of 100,000 accounts."""

    assemble_and_record: Percentiles
    with_checks_of_fields: Percentiles


@dataclass(frozen=True, slots=True)
class Memory:
    """State of accounts that paid 50 times in 30 days, each with devices and places."""

    accounts: int
    devices: int
    payments: int
    resident_bytes: int
    seconds: float


def measure_latency() -> Latency:
    """Build and run ``latency``, which checks its answers first.

    Raises:
        NativeBenchmarkError: It does not build, or an answer is wrong.
    """
    found = _run("latency")
    names = ("assemble_and_record", "with_checks_of_fields")
    return Latency(**{name: _percentiles(found[name]) for name in names})


def measure_memory(accounts: int) -> Memory:
    """Build and run ``memory``.

    Raises:
        NativeBenchmarkError: It does not build or run.
    """
    return Memory(**_run("memory", str(accounts)))


def _percentiles(times: dict[str, int]) -> Percentiles:
    names = ("p50", "p90", "p99", "p999")
    return Percentiles(*(round(times[f"{name}_ns"] / 1000, 2) for name in names))


def _run(name: str, *arguments: str) -> dict[str, Any]:
    command = ["cargo", "bench", "--quiet", "--locked", "-p", "fraud-features", "--bench", name]
    ran = subprocess.run(
        [*command, "--", *arguments], cwd=WORKSPACE, capture_output=True, text=True, check=False
    )
    if ran.returncode != 0:
        raise NativeBenchmarkError(f"Failed to run the benchmark `{name}`: {ran.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(ran.stdout.strip().splitlines()[-1])
    return found
