"""The same scorer at the same rate by three clients: ``python -m benchmarks.load.others``.

Ours, ghz and locust; those that are not on the PATH are left out, and that is said. ghz measures
from when a call left: its P50 may differ by half. locust's own work, in Python, is in what it
measures, and it tells whole milliseconds: its P50 may be three times ours. Tails differ by more,
since only ours counts from when a call was due.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from benchmarks.growth.population import Population
from benchmarks.growth.visit import Visit, visiting
from benchmarks.load.forest import forest_bundle
from fraud.loadgen import run_load

ROOT = Path(__file__).parents[2]
RATE = 100
COUNT = 1_000
MOST_RATIO = {"ghz": 1.5, "locust": 3.0}
"""Of a P50 to our client's, one way or the other."""

type Found = tuple[float, float]


def by_ours(visit: Visit) -> Found:
    """P50 and P99, microseconds, from the intended send time."""
    plan = replace(visit.plan(COUNT), method="score", loop="open", rate=float(RATE))
    latency = run_load(plan).score.latency
    return latency.p50_us, latency.p99_us


def by_ghz(visit: Visit) -> Found:
    """The same by ghz, from when a call left."""
    command = ["ghz", "--config", "benchmarks/load/ghz.json", "--format", "json"]
    ran = subprocess.run(
        [*command, visit.server.target], cwd=ROOT, capture_output=True, text=True, check=True
    )
    result = json.loads(ran.stdout)
    if result["statusCodeDistribution"].keys() != {"OK"}:
        raise RuntimeError(f"Failed to have every call answered: {result['errorDistribution']}")
    latency = {each["percentage"]: each["latency"] / 1000 for each in result["latencyDistribution"]}
    return latency[50], latency[99]


def by_locust(visit: Visit) -> Found:
    """The same by locust, closed loop of ten users."""
    prefix = visit.home / "locust"
    seconds = COUNT // RATE
    subprocess.run(
        ["locust", "-f", "benchmarks/load/locustfile.py", "--headless", "--users", str(RATE // 10),
         "--spawn-rate", "10", "--run-time", f"{seconds}s", "--csv", str(prefix), "--only-summary"],
        cwd=ROOT, env=os.environ | {"FRAUD_TARGET": visit.server.target}, capture_output=True,
        check=True,
    )  # fmt: skip
    with Path(f"{prefix}_stats.csv").open() as file:
        row = next(each for each in csv.DictReader(file) if each["Name"] == "Score")
    return 1000 * float(row["50%"]), 1000 * float(row["99%"])


WAYS: dict[str, Callable[[Visit], Found]] = {"ghz": by_ghz, "locust": by_locust}


def main() -> int:
    """Measure, print; 1 when a P50 differs by more than is stated."""
    console, fine = Console(width=110), True
    with (
        tempfile.TemporaryDirectory(prefix="fraud-others-") as folder,
        visiting(Path(folder), Population(1_000), forest_bundle(300)) as visit,
    ):
        ours = by_ours(visit)
        console.print(f"fraud-load  P50 {ours[0]:,.0f} us, P99 {ours[1]:,.0f} us")
        for name, measure in WAYS.items():
            if shutil.which(name) is None:
                console.print(f"{name:10}  is not on the PATH: left out")
                continue
            p50, p99 = measure(visit)
            ratio = p50 / ours[0]
            met = 1 / MOST_RATIO[name] <= ratio <= MOST_RATIO[name]
            fine = fine and met
            word = "as stated" if met else f"differs by more than {MOST_RATIO[name]} times"
            told = f"P50 {p50:,.0f} us, P99 {p99:,.0f} us; P50 {ratio:.2f} times ours: {word}"
            console.print(f"{name:10}  {told}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
