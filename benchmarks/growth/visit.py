"""A scorer of some size, and what a load on it finds."""

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from benchmarks.growth.population import Population
from benchmarks.load.case import chosen_edge
from benchmarks.load.server import Server, install, resident_bytes, running_scorer
from fraud.loadgen import LoadPlan, LoadReport, run_load, write_requests
from scorer.model.bundle import ModelBundle

REPEATS = 3


@dataclass(frozen=True, slots=True)
class Visit:
    """A scorer that serves.

    Args:
        server: Where.
        home: Its folder.
        start_s: From its start to its first SERVING.
        population: What its state is of.
    """

    server: Server
    home: Path
    start_s: float
    population: Population

    @property
    def resident_mb(self) -> float:
        """Its memory."""
        return round(resident_bytes(self.server.process_id) / 1e6, 1)

    def plan(self, count: int, first: int = 0) -> LoadPlan:
        """A closed loop of pings and scores by turns; the first tenth is not measured."""
        path = self.home / f"payments-{first}.bin"
        write_requests(path, self.population.requests(count, first))
        return LoadPlan(
            payments=path,
            target=self.server.target,
            method="interleaved",
            loop="closed",
            warm_up=count // 10,
            seconds=600.0,
        )


@contextmanager
def visiting(
    folder: Path,
    population: Population,
    bundle: ModelBundle,
    extra: Mapping[str, str] | None = None,
) -> Iterator[Visit]:
    """Make the state, start a scorer from it, and stop it at the end."""
    state, home = folder / "state.bin", folder / "home"
    population.save_state(state)
    home.mkdir()
    try:
        install(home, state, bundle)
        began = time.monotonic()
        with running_scorer(home, chosen_edge(), extra) as server:
            yield Visit(server, home, round(time.monotonic() - began, 2), population)
    finally:
        shutil.rmtree(home)
        state.unlink()


def measure(
    visit: Visit, count: int, repeats: int = REPEATS, first: int = 0, **changes: object
) -> dict[str, float]:
    """Latencies in microseconds and processor time of a call, medians of the repeats.

    The payments are those from number ``first`` on. What a visit has sent must not be sent again
    under other ids: each repetition would be one more payment of the same instant, which the state
    holds one by one.

    Raises:
        RuntimeError: A call failed or was decided without the model.
    """
    found = []
    for repeat in range(repeats):
        plan = replace(visit.plan(count, first + repeat * count), **changes)  # type: ignore[arg-type]
        before = visit.server.cpu_seconds()
        report = run_load(plan)
        found.append(_figures(report, visit.server.cpu_seconds() - before))
    return {name: round(median(each[name] for each in found), 1) for name in found[0]}


def _figures(report: LoadReport, cpu_s: float) -> dict[str, float]:
    answers, ping, score = report.answers, report.ping, report.score
    if score.failed or ping.failed or score.over_limit or answers.degraded or answers.duplicates:
        raise RuntimeError(f"Failed to have every call answered by the model: {report}")
    return {
        "ping_p50_us": ping.latency.p50_us,
        "ping_p99_us": ping.latency.p99_us,
        "score_p50_us": score.latency.p50_us,
        "score_p99_us": score.latency.p99_us,
        "extra_p50_us": score.latency.p50_us - ping.latency.p50_us,
        "cpu_us": 1e6 * cpu_s / (ping.answered + score.answered),
    }
