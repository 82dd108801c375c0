"""The whole benchmark: prepare, measure, judge, show."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from benchmarks.load.bars import judge
from benchmarks.load.case import EDGES, FULL, PING_RATE, QUICK, Edge, Load, chosen_edge
from benchmarks.load.host import measure_host
from benchmarks.load.measurement import Measurement, summarize
from benchmarks.load.oracle import Expected, check, expect
from benchmarks.load.payments import read_payments
from benchmarks.load.report import Result, print_result, write_result
from benchmarks.load.server import Server, install, running_scorer
from fraud.loadgen import LoadPlan, client_binary, read_answers, run_load, write_requests
from scorer.model.bundle import ModelBundle

REPEATS = 3


@dataclass(frozen=True, slots=True)
class Bench:
    """What every visit to an edge needs.

    Args:
        folder: For scratch; gone at the end.
        state: The scorer's state at its start.
        requests: The payments to send.
        bundle: The model.
        loads: The first is a closed loop, whose answers are checked.
        expected: The right answers to the first load's payments.
    """

    folder: Path
    state: Path
    requests: Path
    bundle: ModelBundle
    loads: Sequence[Load]
    expected: list[Expected]


@dataclass(frozen=True, slots=True)
class Visit:
    """A scorer that is running for one repeat."""

    edge: Edge
    repeat: int
    server: Server


def run(dataset: Path, bundle: Path, output: Path, console: Console, *, quick: bool) -> bool:
    """Run it; returns whether everything that is judged was met.

    Args:
        dataset: Folder with ``events.parquet``; its last payments are sent.
        bundle: The model's folder.
        output: JSON file that is written.
        console: Where the result is shown.
        quick: A smoke test: the chosen edge alone, once, briefly; bars of time are shown but
            only answers are judged.
    """
    client_binary()
    host = measure_host()
    edges, repeats = ((chosen_edge(),), 1) if quick else (EDGES, REPEATS)
    with tempfile.TemporaryDirectory(prefix="fraud-bench-") as folder:
        bench, accounts = prepare(Path(folder), dataset, bundle, QUICK if quick else FULL)
        measurements = measure(bench, edges, repeats, console)
    summaries = summarize(measurements)
    result = Result(
        host=host,
        chosen=chosen_edge(),
        accounts=accounts,
        checked_answers=len(bench.expected) * len(edges) * repeats,
        summaries=summaries,
        verdicts=judge(summaries, chosen_edge()),
        measurements=measurements,
    )
    print_result(result, console)
    write_result(result, output)
    return not (result.faulty if quick else result.missed)


def prepare(folder: Path, dataset: Path, bundle: Path, loads: Sequence[Load]) -> tuple[Bench, int]:
    """Make the state, the payments and the right answers; also returns the number of accounts."""
    model = ModelBundle.read(bundle)
    payments = read_payments(dataset, sum(load.count for load in loads))
    state, requests = folder / "state.bin", folder / "payments.bin"
    payments.save_state(state)
    write_requests(requests, payments.requests())
    expected = expect(state, payments.live.slice(0, loads[0].count), model)
    return Bench(folder, state, requests, model, loads, expected), payments.accounts


def measure(
    bench: Bench, edges: Sequence[Edge], repeats: int, console: Console
) -> list[Measurement]:
    """Visit every edge in every repeat, so that all share the machine's moods."""
    measurements: list[Measurement] = []
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("measure", total=len(edges) * repeats * len(bench.loads))
        for repeat in range(repeats):
            for edge in edges:
                for measurement in visit_edge(bench, edge, repeat):
                    measurements.append(measurement)
                    name = f"{edge.name}, {measurement.load.name}"
                    progress.update(task, advance=1, description=name)
    return measurements


def visit_edge(bench: Bench, edge: Edge, repeat: int) -> Iterator[Measurement]:
    """Start a scorer from the state and put every load on it in turn."""
    home = bench.folder / f"{edge.kind}-{edge.threads}-{repeat}"
    home.mkdir()
    install(home, bench.state, bench.bundle)
    skip = 0
    with running_scorer(home, edge) as server:
        visit = Visit(edge, repeat, server)
        for load in bench.loads:
            yield measure_one(bench, visit, load, skip)
            skip += load.count
    shutil.rmtree(home)


def measure_one(bench: Bench, visit: Visit, load: Load, skip: int) -> Measurement:
    """Put one load on a scorer; answers of the closed loop are compared with the right ones.

    Raises:
        WrongAnswerError: One differs.
    """
    answers = bench.folder / "answers.jsonl" if load.rate is None else None
    plan = LoadPlan(
        payments=bench.requests,
        target=visit.server.target,
        method="interleaved",
        loop="closed" if load.rate is None else "open",
        rate=load.rate or PING_RATE,
        ping_rate=PING_RATE,
        count=load.count,
        skip=skip,
        warm_up=load.warm_up,
        answers=answers,
    )
    before = visit.server.cpu_seconds()
    report = run_load(plan)
    cpu = visit.server.cpu_seconds() - before
    if answers is not None:
        check(read_answers(answers), bench.expected)
    return Measurement(visit.edge, load, visit.repeat, report, cpu)
