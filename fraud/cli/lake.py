"""``fraud lake``: what it holds, whether that is right, and fewer, larger files."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from fraud.cli.errors import CommandError
from fraud.settings import load_settings
from spark_stream.lake.compact import TARGET_BYTES, compact
from spark_stream.lake.errors import LakeError
from spark_stream.lake.summary import DateSummary, LakeSummary, summarize
from spark_stream.lake.table import open_table
from spark_stream.lake.verify import Tell, Verification, verify

app = typer.Typer(
    add_completion=False, invoke_without_command=True, help="Look at the lake, or verify it."
)

FAILED = 1
MIB = 1024 * 1024


@app.callback()
def lake(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, help="Newest dates that are listed.")] = 14,
) -> None:
    """Print what the lake holds, unless a command is given."""
    if context.invoked_subcommand is None:
        settings = load_settings()
        with explained():
            summary = summarize(open_table(settings.lake_dir))
        Console().print(summary_table(summary, days, str(settings.lake_dir)))


@app.command(name="verify")
def verify_() -> None:
    """Compare it with the topic: every payment once, under its date; exit code 1 if not."""
    with explained(), progress_bar() as tell:
        found = verify(load_settings(), tell)
    Console().print(verification_table(found))
    if not found.holds:
        raise typer.Exit(FAILED)


@app.command(name="compact")
def compact_(
    megabytes: Annotated[
        int, typer.Option("--megabytes", min=1, help="Up to which size files are joined.")
    ] = TARGET_BYTES // MIB,
) -> None:
    """Join small files, and delete those joined over two hours ago; a job may go on writing."""
    with explained(), Console(stderr=True).status("Compacting"):
        table = open_table(load_settings().lake_dir)
        done = compact(table, megabytes * MIB)
    typer.echo(
        f"{done.files_removed:,} files became {done.files_added:,}; "
        f"{done.files_deleted:,} that no longer counted were deleted"
    )


@contextmanager
def explained() -> Iterator[None]:
    """Errors of the lake as a person should read them."""
    try:
        yield
    except LakeError as error:
        raise CommandError(str(error)) from error


@contextmanager
def progress_bar() -> Iterator[Tell]:
    """A bar for each side on standard error; yields what to tell of each step."""
    columns = (
        TextColumn("reading {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks = {side: bar.add_task(side, total=None) for side in ("topic", "lake")}
        yield lambda side, done, total: bar.update(tasks[side], completed=done, total=total)


def summary_table(summary: LakeSummary, days: int, title: str) -> Table:
    """Dates with their rows and files."""
    rows = Table("Date", "Payments", "Files", "MiB", "Smallest", title=title, title_justify="left")
    hidden = summary.dates[:-days]
    if hidden:
        count, files = sum(each.rows for each in hidden), sum(each.files for each in hidden)
        size = sum(each.size_bytes for each in hidden)
        rows.add_row(f"{len(hidden):,} before", f"{count:,}", f"{files:,}", _mib(size), "")
    for each in summary.dates[-days:]:
        rows.add_row(*_date_row(each))
    rows.add_section()
    total = f"{summary.rows:,}", f"{summary.files:,}", _mib(summary.size_bytes)
    rows.add_row("all", *total, "")
    rows.caption = (
        f"version {summary.version}; left out: {summary.repeats:,} repeats, "
        f"{summary.unreadable:,} unreadable messages"
    )
    rows.caption_justify = "left"
    return rows


def verification_table(found: Verification) -> Table:
    """What was compared, and what differs."""
    rows = Table("Lake against topic", "Count", "First", title_justify="left")
    compared = {
        "messages in the topic": found.messages,
        "  repeats": found.repeats,
        "  unreadable": found.unreadable,
        "  not come to yet": found.behind,
        "payments in the lake": found.rows,
        "  older than the topic": len(found.comparison.expired),
    }
    for name, count in compared.items():
        rows.add_row(name, f"{count:,}")
    rows.add_section()
    faults = {
        "missing": found.comparison.missing,
        "extra": found.comparison.extra,
        "doubled": found.comparison.doubled,
        "misdated": found.comparison.misdated,
    }
    for name, places in faults.items():
        rows.add_row(name, f"{len(places):,}", ", ".join(found.named[name]))
    rows.add_row("under a wrong date", f"{found.wrong_folder:,}")
    rows.caption = "each payment once, under its date" if found.holds else "the lake is not right"
    rows.caption_justify = "left"
    return rows


def _date_row(each: DateSummary) -> tuple[str, ...]:
    sizes = _mib(each.size_bytes), _mib(each.smallest_bytes)
    return str(each.day), f"{each.rows:,}", f"{each.files:,}", *sizes


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / MIB:,.2f}"
