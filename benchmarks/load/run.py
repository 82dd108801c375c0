"""The whole benchmark: prepare, measure, judge, show."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from benchmarks.load.bars import judge
from benchmarks.load.case import EDGES, FULL, PING_RATE, QUICK, Edge, Load, chosen_edge
from benchmarks.load.compare import compare
from benchmarks.load.counters import counting
from benchmarks.load.host import measure_host
from benchmarks.load.measurement import Measurement, summarize
from benchmarks.load.oracle import NOT_CHECKED, Checked, Oracle
from benchmarks.load.origin import find_origin
from benchmarks.load.payments import read_payments
from benchmarks.load.report import Result, print_result, write_result
from benchmarks.load.server import Server, install, running_scorer
from fraud.loadgen import LoadPlan, client_binary, read_answers, run_load, write_requests
from fraud.v1.transaction_pb2 import Transaction
from scorer.model.bundle import ModelBundle

REPEATS = 5


@dataclass(frozen=True, slots=True)
class Bench:
    """What every visit to an edge needs.

    Args:
        folder: For scratch; gone at the end.
        state: The scorer's state at its start.
        requests: The payments to send.
        bundle: The model.
        loads: One after the other, on the same scorer.
        payments: What is sent, in that order.
    """

    folder: Path
    state: Path
    requests: Path
    bundle: ModelBundle
    loads: Sequence[Load]
    payments: Sequence[Transaction]


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
        origin=find_origin(),
        host=host,
        chosen=chosen_edge(),
        accounts=accounts,
        repeats=repeats,
        checked=sum((each.checked for each in measurements), NOT_CHECKED),
        summaries=summaries,
        verdicts=[*judge(summaries, chosen_edge(), host), *compare(summaries)],
        measurements=measurements,
    )
    print_result(result, console)
    write_result(result, output)
    return not (result.faulty if quick else result.missed)


def prepare(folder: Path, dataset: Path, bundle: Path, loads: Sequence[Load]) -> tuple[Bench, int]:
    """Make the state and the payments; also returns the number of accounts."""
    model = ModelBundle.read(bundle)
    payments = read_payments(dataset, sum(load.count for load in loads))
    state, requests = folder / "state.bin", folder / "payments.bin"
    payments.save_state(state)
    sent = list(payments.requests())
    write_requests(requests, sent)
    live = [request.transaction for request in sent]
    return Bench(folder, state, requests, model, loads, live), payments.accounts


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


def visit_edge(bench: Bench, edge: Edge, repeat: int) -> list[Measurement]:
    """Start a scorer from the state, put every load on it in turn, then check all it answered."""
    home = bench.folder / f"{edge.kind}-{edge.threads}-{repeat}"
    home.mkdir()
    install(home, bench.state, bench.bundle)
    found, skip = [], 0
    with running_scorer(home, edge) as server:
        visit = Visit(edge, repeat, server)
        for number, load in enumerate(bench.loads):
            answers = home / f"answers-{number}.jsonl"
            found.append(measure_one(bench, visit, load, skip, answers))
            skip += load.count
    # Not before: the oracle would take the machine from the scorer.
    checked = list(check_visit(bench, home))
    shutil.rmtree(home)
    return [replace(each, checked=one) for each, one in zip(found, checked, strict=True)]


def measure_one(bench: Bench, visit: Visit, load: Load, skip: int, answers: Path) -> Measurement:
    """Put one load on a scorer and keep its answers."""
    plan = LoadPlan(
        payments=bench.requests,
        target=visit.server.target,
        method="interleaved",
        loop="closed" if load.rate is None else "open",
        connections=load.connections,
        rate=load.rate or PING_RATE,
        ping_rate=PING_RATE,
        arrivals=load.arrivals,
        seed=visit.repeat + 1,
        count=load.count,
        skip=skip,
        warm_up=load.warm_up,
        answers=answers,
    )
    with counting(visit.server.process_id) as count:
        before = visit.server.cpu_seconds()
        report = run_load(plan)
        cpu = visit.server.cpu_seconds() - before
    return Measurement(visit.edge, load, visit.repeat, report, cpu, count.instructions)


def check_visit(bench: Bench, home: Path) -> Iterator[Checked]:
    """What a scorer answered, load by load, against the oracle.

    Raises:
        WrongAnswerError: It answered wrongly.
    """
    oracle, skip = Oracle(bench.state, bench.bundle), 0
    for number, load in enumerate(bench.loads):
        answers = read_answers(home / f"answers-{number}.jsonl")
        payments = bench.payments[skip : skip + load.count]
        yield oracle.check(answers, payments, concurrent=not load.is_in_order)
        skip += load.count
