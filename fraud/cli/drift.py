"""``fraud drift``: whether payments still are what a version was trained on."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from fraud.cli.detection import told_errors
from fraud.cli.governed import open_registry
from fraud.cli.recorded import in_utc, recorded
from fraud.settings import load_settings
from training.datasets.period import parse_duration
from training.drift.clock import Clock
from training.drift.errors import TooFewPaymentsError
from training.drift.page import page_of
from training.drift.report import DriftReport
from training.drift.run import Days, measure_version, now_of
from training.drift.store import KeptReport, last_reports, write_report

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)

DRIFTED: Final = 1
"""Exit code of `measure`; 2 says that it fails."""
TOO_FEW: Final = 3
"""The same where payments are too few for a verdict, which the next day may have."""


@app.callback()
def drift() -> None:
    """Live payments are held against the reference that a version keeps of its training."""


@app.command()
def measure(
    version: Annotated[str, typer.Option(help="Number of the version, or an alias.")] = "champion",
    window: Annotated[str, typer.Option(help="Whole days, such as 24h or 7d.")] = "24h",
    since: Annotated[datetime | None, typer.Option(help="Payments from then on, in UTC.")] = None,
    until: Annotated[
        datetime | None,
        typer.Option(help="Until then, in UTC.", show_default="the last midnight"),
    ] = None,
    clock: Annotated[
        Clock,
        typer.Option(help="Days by when we decided, or by the payments' own time (a replay)."),
    ] = Clock.DECIDED,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the report and keep it nowhere.")
    ] = False,
) -> None:
    """Measure drift; exit code 0 if stable, 1 if drifted, 2 if it fails, 3 if payments are few."""
    with told_errors():
        length = parse_duration(window)
    begin, end = (None if each is None else in_utc(each) for each in (since, until))
    console = Console()
    with open_registry() as server, recorded() as dsn:
        try:
            days = Days.of(length, now_of(dsn, clock), begin, end)
            found = measure_version(server, dsn, version, days, clock=clock)
        except TooFewPaymentsError as few:
            console.print(f"no verdict: {few}")
            raise typer.Exit(TOO_FEW) from few
        number = None if dry_run else write_report(dsn, found)
    console.print(title(found))
    console.print(measures_table(found))
    for note in found.notes:
        console.print(f"[dim]{note}[/dim]")
    console.print("not kept" if number is None else f"kept as report {number}")
    raise typer.Exit(DRIFTED if found.drifted else 0)


@app.command()
def report(
    html: Annotated[Path | None, typer.Option(help="Page to write, which needs nothing else.")] = (
        None
    ),
    last: Annotated[int, typer.Option(min=1, help="How many windows.")] = 14,
) -> None:
    """Print the last reports, and draw them as a page."""
    model_name = load_settings().registry.model_name
    with told_errors(), recorded() as dsn:
        found = last_reports(dsn, model_name, last)
    console = Console(soft_wrap=True)
    console.print(reports_table(found))
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(page_of(model_name, found))
        console.print(f"page: {html}")


def title(found: DriftReport) -> str:
    """Which payments, against what, and the verdict."""
    verdict = "[bold red]drifted[/]" if found.drifted else "[green]stable[/]"
    return (
        f"{found.model_name} version {found.model_version}, {found.window_start:%Y-%m-%d %H:%M} "
        f"to {found.window_end:%Y-%m-%d %H:%M} UTC, {found.payments:,} payments: {verdict}"
    )


def measures_table(found: DriftReport) -> Table:
    """A row a measure, what drifted first."""
    table = Table("subject", "test", "found", "counts from", "p", "adjusted p", "")
    for each in found.measures:
        table.add_row(
            each.subject,
            each.test,
            f"{each.statistic:.3f}",
            f"{each.threshold:g}",
            f"{each.p_value:.2g}",
            f"{each.adjusted_p_value:.2g}",
            "[bold red]drifted[/]" if each.drifted else "",
        )
    return table


def reports_table(reports: list[KeptReport]) -> Table:
    """A row a window, the newest first."""
    table = Table("report", "version", "from", "until", "payments", "drifted")
    for kept in reports:
        each = kept.report
        table.add_row(
            str(kept.number),
            each.model_version,
            f"{each.window_start:%Y-%m-%d %H:%M}",
            f"{each.window_end:%Y-%m-%d %H:%M}",
            f"{each.payments:,}",
            " ".join(measure.subject for measure in each.drifts) or "nothing",
        )
    return table
