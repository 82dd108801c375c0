"""``fraud load``: payments to a scorer at a rate, and how fast it was."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from fraud.cli.errors import CommandError
from fraud.loadgen import LoadgenError, LoadPlan, LoadReport, MethodReport, run_load
from fraud.settings import load_settings

app = typer.Typer(add_completion=False)


@app.command()
def load(
    payments: Annotated[
        Path | None, typer.Option(help="File of length-delimited ScoreRequest messages.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of a data set, instead.")] = None,
    target: Annotated[
        str | None, typer.Option(help="Host and port.", show_default="the running scorer")
    ] = None,
    rate: Annotated[float, typer.Option(min=0.1, max=20_000, help="Payments a second.")] = 100.0,
    seconds: Annotated[float, typer.Option(min=0.1, max=3600, help="At most so long.")] = 30.0,
    poisson: Annotated[bool, typer.Option("--poisson", help="Exponential gaps.")] = False,
    restamp: Annotated[
        bool, typer.Option("--restamp", help="Set event times to the time of sending.")
    ] = False,
    id_prefix: Annotated[str, typer.Option(help="Put before every transaction id.")] = "",
) -> None:
    """Send payments open loop, a null RPC beside each, and print the latencies of both."""
    plan = LoadPlan(
        payments=payments or Path(),
        target=target or _running_scorer(),
        method="interleaved",
        rate=rate,
        seconds=seconds,
        count=round(rate * seconds),
        arrivals="poisson" if poisson else "constant",
        restamp=restamp,
        id_prefix=id_prefix,
    )
    with TemporaryDirectory() as scratch:
        if payments is None:
            plan = replace(plan, payments=_requests(data, Path(scratch), plan.count or 0))
        report = _run(plan)
    Console().print(_table(report))
    raise typer.Exit(report.score.failed > 0)


def _running_scorer() -> str:
    settings = load_settings()
    try:
        return f"{settings.scorer.host}:{settings.port_file.read_text()}"
    except OSError as exc:
        raise CommandError(
            f"Failed to find a running scorer: there is no `{settings.port_file}`",
            "Start one with `fraud serve`, or name one with --target HOST:PORT.",
        ) from exc


def _requests(data: Path | None, scratch: Path, count: int) -> Path:
    if data is None:
        raise CommandError(
            "Failed to find payments to send", "Give --payments FILE or --data FOLDER."
        )
    import pyarrow.parquet as pq

    from simulator import write_requests

    path = scratch / "requests"
    events = pq.ParquetFile(data / "events.parquet")
    write_requests(next(events.iter_batches(count)), path)
    return path


def _run(plan: LoadPlan) -> LoadReport:
    with Progress(console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("sending", total=plan.seconds)
        try:
            return run_load(plan, lambda seen: bars.update(task, completed=seen.elapsed_s))
        except LoadgenError as exc:
            raise CommandError(str(exc)) from exc


def _table(report: LoadReport) -> Table:
    table = Table(
        "", "Sent", "Answered", "Errors", "P50 ms", "P90 ms", "P99 ms", "P99.9 ms", "Max ms"
    )
    _add(table, "Score", report.score)
    _add(table, "null RPC", report.ping)
    return table


def _add(table: Table, name: str, method: MethodReport) -> None:
    latency = method.latency
    times = (
        latency.p50_us,
        latency.p90_us,
        latency.p99_us,
        latency.p999_us,
        latency.max_us,
    )
    errors = ", ".join(f"{code} {count:,}" for code, count in method.errors.items()) or "none"
    counts = (f"{method.sent:,}", f"{method.answered:,}", errors)
    table.add_row(name, *counts, *(f"{time / 1000:.2f}" for time in times))
