"""``fraud labels``: what became known of payments, brought to a scorer."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from fraud.cli.errors import CommandError
from fraud.cli.recorded import recorded
from fraud.client import ScorerClient
from fraud.labels.errors import LabelFileError, ReportError
from fraud.labels.file import read_rows
from fraud.labels.rows import LabelRows, RefusedRow
from fraud.labels.send import Complete, ImportReport, send_labels
from fraud.settings import Settings, load_settings

app = typer.Typer(add_completion=False, no_args_is_help=True)

REFUSED = 1
MOST_SHOWN = 20


@app.callback()
def labels() -> None:
    """What became known of payments."""


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or Parquet: transaction_id, fraud or kind or both, known_at, source, and "
            "happened_at if it is known."
        ),
    ],
    source: Annotated[
        str | None, typer.Option(help="Who said so, where the file does not tell.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="Host and port.", show_default="the running scorer")
    ] = None,
) -> None:
    """Report the labels of a file; again, it changes nothing. Exit code 1 if a row was refused."""
    settings = load_settings()
    address = target or running_scorer(settings)
    with explained(), Console(stderr=True).status(f"Reading {file}"):
        rows = LabelRows.of(read_rows(file, has_source=source is not None), source)
    with (
        explained(),
        completing(rows, settings) as complete,
        ScorerClient(address) as client,
        progress_bar(len(rows.labels)) as progress,
    ):
        report = send_labels(rows, client, complete, progress)
    Console().print(report_table(report, str(file)))
    if rows.refused:
        Console(stderr=True).print(refused_table(rows.refused))
        raise typer.Exit(REFUSED)


@contextmanager
def explained() -> Iterator[None]:
    """Errors of an import as a person should read them."""
    try:
        yield
    except LabelFileError as error:
        hint = "it needs transaction_id, fraud or kind, known_at and source, or --source"
        raise CommandError(str(error), hint) from error
    except ReportError as error:
        hint = "run it again: what the scorer has already changes nothing"
        raise CommandError(str(error), hint) from error


@contextmanager
def completing(rows: LabelRows, settings: Settings) -> Iterator[Complete]:
    """Sets the times of payments from what was recorded, if the file does not tell all of them."""
    is_complete = all(each.label.HasField("happened_at") for each in rows.labels)
    nothing = settings.recorder.dsn is None and not settings.postgres_dir.is_dir()
    if is_complete or nothing:
        yield lambda _: None
        return
    from scorer.recorder.payment_times import PaymentTimes

    with recorded() as dsn, closing(PaymentTimes(dsn)) as times:
        yield times.complete


@contextmanager
def progress_bar(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error; yields what to tell of each step."""
    columns = (TextColumn("reporting labels"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total)
        yield lambda count: bar.advance(task, count)


def running_scorer(settings: Settings) -> str:
    """Where the scorer of this machine is."""
    try:
        return f"{settings.scorer.host}:{settings.port_file.read_text()}"
    except FileNotFoundError as error:
        raise CommandError(
            f"Failed to find a running scorer: there is no `{settings.port_file}`",
            "`fraud serve` starts one; `--target` names one elsewhere",
        ) from error


def report_table(report: ImportReport, title: str) -> Table:
    """Exact counts."""
    rows = Table("Labels", "Count", title=title, title_justify="left")
    rows.add_row("applied", f"{report.applied:,}")
    rows.add_row("already known", f"{report.known:,}")
    rows.add_row("refused", f"{report.refused:,}")
    if report.unknown_yet:
        rows.add_row("without known_at, left out", f"{report.unknown_yet:,}")
    rows.add_section()
    rows.add_row("of an unknown transaction, kept", f"{report.waiting:,}")
    if report.timeless:
        rows.add_row("with known_at for happened_at", f"{report.timeless:,}")
    return rows


def refused_table(refused: list[RefusedRow]) -> Table:
    """The first rows that were refused, and why."""
    rows = Table("Row", "Field", "Value", "Reason", title="refused", title_justify="left")
    found = sorted(refused, key=lambda each: each.row)
    for each in found[:MOST_SHOWN]:
        rows.add_row(f"{each.row:,}", each.field, Text(each.value), Text(each.reason))
    if len(found) > MOST_SHOWN:
        rows.caption = f"and {len(found) - MOST_SHOWN:,} more"
    return rows
