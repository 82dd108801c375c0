"""The curves: each yields its points, one size after the other."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.growth.population import Population
from benchmarks.growth.scale import Scale
from benchmarks.growth.streamed import measure_shapes
from benchmarks.growth.visit import REPEATS, Visit, measure, visiting
from benchmarks.load.forest import forest_bundle
from fraud.client import ScorerClient
from scorer.model.source import CHAMPION

TREES = 300
SMALL = Population(1_000)


@dataclass(frozen=True, slots=True)
class Point:
    """One size of one curve.

    Args:
        curve: Its name.
        at: What grows, such as ``accounts``, and how far.
        figures: What was found, by name.
    """

    curve: str
    at: str
    figures: dict[str, float]


type Curve = Callable[[Scale, Path], Iterator[Point]]


def accounts(scale: Scale, folder: Path) -> Iterator[Point]:
    """Accounts in the state, two payments and a device each."""
    bundle, before = forest_bundle(TREES), (0, 0.0)
    for count in scale.accounts:
        with visiting(folder, Population(count), bundle) as visit:
            resident = visit.resident_mb
            figures = measure(visit, scale.calls) | {"resident_mb": resident}
            if before[0]:
                grown = (resident - before[1]) * 1e6 / (count - before[0])
                figures["bytes_an_account"] = round(grown)
            before = (count, resident)
            yield Point("accounts", f"{count:,}", figures | {"start_s": visit.start_s})


def history(scale: Scale, folder: Path) -> Iterator[Point]:
    """Payments that each account has made."""
    bundle = forest_bundle(TREES)
    for each in scale.history:
        with visiting(folder, Population(SMALL.accounts, each), bundle) as visit:
            yield Point("history", f"{each:,}", measure(visit, scale.calls))


def trees(scale: Scale, folder: Path) -> Iterator[Point]:
    """Trees of the model."""
    for count in scale.trees:
        with visiting(folder, SMALL, forest_bundle(count)) as visit:
            yield Point("trees", f"{count:,}", measure(visit, scale.calls))


def connections(scale: Scale, folder: Path) -> Iterator[Point]:
    """Connections that the same payments a second come by."""
    with visiting(folder, SMALL, forest_bundle(TREES)) as visit:
        for number, count in enumerate(scale.connections):
            found = measure(
                visit,
                scale.calls,
                first=number * REPEATS * scale.calls,
                loop="open",
                rate=scale.rate,
                ping_rate=scale.rate / 2,
                connections=count,
            )
            yield Point("connections", f"{count:,}", found)


def shapes(scale: Scale, folder: Path) -> Iterator[Point]:
    """One call a payment, a stream one by one, a stream fed at once; by the Python client."""
    with visiting(folder, SMALL, forest_bundle(TREES)) as visit:
        for name, figures in measure_shapes(visit, scale.calls):
            yield Point("shapes", name, figures)


def aside(scale: Scale, folder: Path) -> Iterator[Point]:
    """The same load while nothing, reloads, or snapshots go on."""
    often = {"FRAUD_SCORER__SNAPSHOT_SECONDS": "0.5"}
    for name, extra, reloads in (("nothing", {}, 0), ("reloads", {}, 1), ("snapshots", often, 0)):
        with visiting(
            folder, Population(scale.start_accounts), forest_bundle(TREES), extra
        ) as visit:
            with _reloading(visit) if reloads else _still() as done:
                found = measure(
                    visit, int(scale.rate * scale.aside_s), loop="open", rate=scale.rate
                )
            yield Point("aside", name, found | {"reloads": len(done)})


def start(scale: Scale, folder: Path) -> Iterator[Point]:
    """From a process's start to SERVING, with a snapshot."""
    bundle, took = forest_bundle(TREES), []
    for _ in range(scale.starts):
        with visiting(folder, Population(scale.start_accounts), bundle) as visit:
            took.append(visit.start_s)
    figures = {"start_s": median(took), "longest_s": max(took)}
    yield Point("start", f"{scale.start_accounts:,} accounts", figures)


def soak(scale: Scale, folder: Path) -> Iterator[Point]:
    """The same load for long, window by window."""
    count = int(scale.rate * scale.window_s)
    with visiting(folder, Population(scale.start_accounts), forest_bundle(TREES)) as visit:
        for window in range(int(scale.soak_s / scale.window_s)):
            found = measure(visit, count, 1, window * count, loop="open", rate=scale.rate)
            at = f"{(window + 1) * scale.window_s:,.0f} s"
            yield Point("soak", at, found | {"resident_mb": visit.resident_mb})


TOLD = {
    "ping_p50_us": "ping P50",
    "ping_p99_us": "ping P99",
    "score_p50_us": "score P50",
    "score_p99_us": "score P99",
    "extra_p50_us": "score minus ping",
    "cpu_us": "CPU a call",
    "resident_mb": "MB",
    "bytes_an_account": "bytes an account",
    "start_s": "start, s",
    "longest_s": "longest, s",
    "payments_per_s": "payments/s",
    "reloads": "reloads",
}
"""Headings of the figures."""

CURVES: dict[str, Curve] = {
    "accounts": accounts,
    "history": history,
    "trees": trees,
    "connections": connections,
    "shapes": shapes,
    "aside": aside,
    "start": start,
    "soak": soak,
}


@contextmanager
def _still() -> Iterator[list[bool]]:
    yield []


@contextmanager
def _reloading(visit: Visit) -> Iterator[list[bool]]:
    """Two models by turns, each in service as soon as the one before is."""
    over, done = threading.Event(), list[bool]()
    bundles = [forest_bundle(TREES, seed) for seed in (2, 1)]

    def work() -> None:
        with ScorerClient(visit.server.target) as scorer:
            while not over.wait(0.2):
                bundles[len(done) % 2].write(visit.home / "models" / CHAMPION)
                done.append(scorer.reload().changed)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield done
    finally:
        over.set()
        thread.join()
