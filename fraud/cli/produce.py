"""``fraud produce``: payments and their labels onto Kafka, at a rate."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated, Literal, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from fraud.cli.errors import CommandError
from fraud.cli.simulate import world_config
from fraud.settings import KafkaSettings, load_settings
from messaging.admin import look_up_topics
from messaging.topics import LABELS, RAW_TRANSACTIONS, named
from simulator import WorldConfig
from simulator.produce import (
    Arrivals,
    Checkpoint,
    OnProgress,
    ProduceError,
    ProducePlan,
    ProduceReport,
    ProduceRun,
    ReplaySource,
    WorldSource,
)

app = typer.Typer(add_completion=False)

WORLD = WorldConfig()
ARRIVALS = Arrivals()
START = datetime.combine(WORLD.start, time(), UTC)
LATE_US = 100_000
"""Being later than this is worth a warning."""
WORLD_PANEL = "The world"
RATE_PANEL = "When payments are sent"
END_PANEL = "Where it ends, and what it leaves"


@app.command()
def produce(
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of a data set to replay.", show_default="a simulated world"),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the world and of the gaps.")] = WORLD.seed,
    customers: Annotated[
        int, typer.Option(help="Accounts.", rich_help_panel=WORLD_PANEL)
    ] = WORLD.customers,
    merchants: Annotated[
        int, typer.Option(help="Merchants, about.", rich_help_panel=WORLD_PANEL)
    ] = WORLD.merchants,
    start: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Its day 0, UTC.",
            show_default=f"{START:%Y-%m-%d}",
            rich_help_panel=WORLD_PANEL,
        ),
    ] = START,
    first_day: Annotated[
        int,
        typer.Option(
            min=0,
            help="Day to begin with: the days of a history continues it.",
            rich_help_panel=WORLD_PANEL,
        ),
    ] = 0,
    payments_per_day: Annotated[
        float,
        typer.Option(help="Genuine payments of a customer a day.", rich_help_panel=WORLD_PANEL),
    ] = WORLD.payments_per_day,
    fraud_rate: Annotated[
        float, typer.Option(help="Share of payments that is fraud.", rich_help_panel=WORLD_PANEL)
    ] = WORLD.fraud_rate,
    rate: Annotated[
        float | None,
        typer.Option(
            help="Payments a second, 1 to 10,000.",
            show_default=f"{ARRIVALS.rate:g}",
            rich_help_panel=RATE_PANEL,
        ),
    ] = None,
    arrivals: Annotated[
        Literal["steady", "poisson", "daily", "bursts"],
        typer.Option(help="How they come.", rich_help_panel=RATE_PANEL),
    ] = ARRIVALS.pattern,
    period: Annotated[
        float,
        typer.Option(help="Seconds from burst to burst, or of a day.", rich_help_panel=RATE_PANEL),
    ] = ARRIVALS.period_seconds,
    burst_factor: Annotated[
        float, typer.Option(help="Times the rate in a burst.", rich_help_panel=RATE_PANEL)
    ] = ARRIVALS.burst_factor,
    burst_seconds: Annotated[
        float, typer.Option(help="Length of a burst.", rich_help_panel=RATE_PANEL)
    ] = ARRIVALS.burst_seconds,
    time_mode: Annotated[
        Literal["real", "original", "accelerated"],
        typer.Option(
            "--time",
            help="Event times: those of sending, the original ones, or these and the original "
            "gaps divided by --factor.",
            rich_help_panel=RATE_PANEL,
        ),
    ] = "real",
    factor: Annotated[
        float, typer.Option(help="Of --time accelerated.", rich_help_panel=RATE_PANEL)
    ] = 1.0,
    label_delay_scale: Annotated[
        float, typer.Option(help="Times each label's delay.", rich_help_panel=RATE_PANEL)
    ] = 1.0,
    count: Annotated[
        int | None, typer.Option(min=1, help="Payments at most.", rich_help_panel=END_PANEL)
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(min=0.001, help="Payments due within.", rich_help_panel=END_PANEL),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            help="Checkpoint: kept while running, gone on from if there.", rich_help_panel=END_PANEL
        ),
    ] = None,
    id_prefix: Annotated[
        str,
        typer.Option(help="Put before every transaction id.", rich_help_panel=END_PANEL),
    ] = "",
    ids_out: Annotated[
        Path | None,
        typer.Option(
            help="Gets the id of every acknowledged payment, one a line.", rich_help_panel=END_PANEL
        ),
    ] = None,
) -> None:
    """Produce payments and their labels, open loop, until done or stopped (Ctrl-C, SIGTERM)."""
    if rate is not None and time_mode == "accelerated":
        raise CommandError(
            f"Failed to use `--rate {rate:g}`: the gaps of accelerated payments are the original "
            "ones divided by --factor",
            "Leave --rate away, or use --time original",
        )
    world = world_config(
        seed=seed,
        customers=customers,
        merchants=merchants,
        start=start.date(),
        payments_per_day=payments_per_day,
        fraud_rate=fraud_rate,
    )
    a_second = ARRIVALS.rate if rate is None else rate
    with _told():
        plan = ProducePlan(
            WorldSource(world, first_day) if data is None else ReplaySource(data),
            Arrivals(arrivals, a_second, seed, period, burst_factor, burst_seconds),
            time_mode,
            factor,
            label_delay_scale,
            id_prefix,
            count,
            seconds,
        )
        report = _run(plan, resume, ids_out)
    Console().print(_table(report))
    _tell_troubles(report, resume)
    raise typer.Exit(report.failed > 0)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except ProduceError as exc:
        raise CommandError(str(exc), exc.hint) from exc


def _run(plan: ProducePlan, resume: Path | None, ids_out: Path | None) -> ProduceReport:
    settings = load_settings().kafka
    expected = _expected(plan)
    _check_topics(settings)
    with ExitStack() as stack:
        checkpoint = None
        if resume is not None:
            checkpoint = stack.enter_context(closing(Checkpoint(resume, plan.identity())))
        ids = None
        if ids_out is not None:
            ids = stack.enter_context(_lines(ids_out, append=resume is not None))
        run = ProduceRun(plan, settings, checkpoint, ids)
        for number in (signal.SIGINT, signal.SIGTERM):
            before = signal.signal(number, lambda *_: run.stop())
            stack.callback(signal.signal, number, before)
        tell = stack.enter_context(_progress(expected, run.total))
        return run.run(tell)


def _expected(plan: ProducePlan) -> int | None:
    """Payments in all, about; None when there is no end.

    Raises:
        ProduceError: The data set cannot be read.
    """
    ends = [] if plan.count is None else [plan.count]
    if isinstance(plan.source, ReplaySource):
        ends.append(plan.source.payments())
    if plan.seconds is not None and plan.time != "accelerated":
        ends.append(round(plan.arrivals.mean_rate * plan.seconds))
    return min(ends, default=None)


def _check_topics(settings: KafkaSettings) -> None:
    """Find out before the first payment what would keep them all from arriving."""
    found = look_up_topics(settings)
    for topic in (RAW_TRANSACTIONS, LABELS):
        if topic not in found:
            raise CommandError(
                f"Failed to find topic `{named(settings, topic)}` at {settings.bootstrap_servers}",
                "`fraud kafka topics --apply` makes the topics",
            )


@contextmanager
def _lines(path: Path, append: bool) -> Iterator[TextIO]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a" if append else "w", encoding="utf-8")
    except OSError as exc:
        raise CommandError(f"Failed to write `--ids-out {path}`: {exc.strerror}") from exc
    with file:
        yield file


@contextmanager
def _progress(expected: int | None, done: int) -> Iterator[OnProgress]:
    """A bar of acknowledged payments on standard error."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("payments"),
        TimeElapsedColumn(),
    )
    # Drawing takes time from sending: not more often than a person can read.
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=3) as bar:
        task = bar.add_task("making payments", total=expected, completed=done)

        def tell(payments: int, late_us: int) -> None:
            late = f", {late_us / 1e6:.1f} s behind" if late_us > LATE_US else ""
            bar.update(task, completed=payments, description=f"producing{late}")

        yield tell


def _table(report: ProduceReport) -> Table:
    """Exact counts, and how punctual sending was."""
    rows = Table("", "Produced", "Acknowledged", "Failed", "From the start")
    for column in rows.columns[1:]:
        column.justify = "right"
    for name, count, total in (
        ("payments", report.payments, report.total_payments),
        ("labels", report.labels, report.total_labels),
    ):
        numbers = (count.produced, count.acknowledged, count.failed, total)
        rows.add_row(name, *(f"{number:,}" for number in numbers))
    late = (report.late_p50_us, report.late_p99_us, report.late_max_us)
    p50, p99, most = (f"{time_us / 1000:,.1f}" for time_us in late)
    rows.caption = (
        f"{report.payments_a_second:,.0f} payments/s over "
        f"{report.seconds:,.1f} s; sent behind the intended time: P50 {p50} ms, P99 {p99} ms, "
        f"at most {most} ms"
    )
    rows.caption_justify = "left"
    return rows


def _tell_troubles(report: ProduceReport, resume: Path | None) -> None:
    if report.late_p99_us > LATE_US:
        typer.echo(
            f"Fell behind: one in a hundred messages was sent more than "
            f"{report.late_p99_us / 1e6:,.1f} s after its time. The broker, or this machine, does "
            "not keep up with the rate.",
            err=True,
        )
    if report.failed:
        remedy = "give the same command again" if resume else "--resume lets a run go on"
        typer.echo(
            f"{report.failed:,} messages were not acknowledged ({report.reason or 'stopped'}): "
            f"{remedy}.",
            err=True,
        )
