"""What commands show while they write a data set, and of what they wrote."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from simulator.dataset import DatasetSummary
from simulator.dataset import Progress as TellProgress


@contextmanager
def progress_bar(doing: str, expected: int) -> Iterator[TellProgress]:
    """A bar of payments on standard error; yields what to tell of each step."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("payments"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(doing, total=expected)
        yield lambda rows: bar.advance(task, rows)
        # What was expected was an estimate; what was written is exact.
        bar.update(task, total=bar.tasks[task].completed)


def summary_table(summary: DatasetSummary) -> Table:
    """Exact counts."""
    rows = Table("Payments", "Count", "Share", title=str(summary.folder), title_justify="left")
    entries = {"all": summary.payments, "fraud": summary.frauds, "label known": summary.reported}
    if summary.frauds_by_kind.keys() != {"other"}:
        entries |= {
            f"fraud: {kind.replace('_', ' ')}": count
            for kind, count in sorted(summary.frauds_by_kind.items())
        }
    for name, count in entries.items():
        rows.add_row(name, f"{count:,}", f"{count / max(summary.payments, 1):.3%}")
    return rows
