"""One line a step, with a bar while it runs and its time when it is done."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class Step:
    """How far a step is."""

    def __init__(self, bars: Progress, task: TaskID) -> None:
        self._bars = bars
        self._task = task

    def advance(self, amount: float) -> None:
        """So much more is done."""
        self._bars.advance(self._task, amount)

    def show(self, done: float, total: float, doing: str = "") -> None:
        """So much of so much is done, of the part called ``doing``."""
        self._bars.update(self._task, completed=done, total=total, doing=doing)


class Steps:
    """Shows the steps of a long run on a console."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, name: str, total: float | None = None) -> Iterator[Step]:
        """Show a step while the body runs."""
        started = time.monotonic()
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[doing]}"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console, transient=True) as bars:
            yield Step(bars, bars.add_task(name, total=total, doing=""))
        self._console.print(f"[green]done[/] {name} [dim]({time.monotonic() - started:.1f} s)[/]")
