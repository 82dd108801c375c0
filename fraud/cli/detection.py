"""What ``fraud train`` and ``fraud evaluate`` share: bars, tables, errors, the registry."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from fraud.cli.errors import CommandError
from fraud.errors import LocalServiceError
from fraud.local.mlflow import LocalMlflow
from fraud.settings import Settings
from scorer.errors import ModelError
from training.errors import DatasetError, TrainingError
from training.progress import Progress as TellProgress
from training.quality.metrics import Metrics

LOOPBACK: Final = {"localhost", "127.0.0.1", "::1"}


@contextmanager
def step_bars() -> Iterator[TellProgress]:
    """A bar for each step on standard error; yields what to tell of them."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield tell


@contextmanager
def registry_server(settings: Settings) -> Iterator[None]:
    """The registry of the settings: one of this machine is started if it does not run."""
    url = settings.registry.url
    if settings.registry.directory is not None or urlsplit(url).hostname not in LOOPBACK:
        yield
        return
    with LocalMlflow(url, settings.mlflow_dir):
        yield


@contextmanager
def told_errors() -> Iterator[None]:
    """Errors of training and of models, in words for the person who typed the command."""
    try:
        yield
    except DatasetError as error:
        hint = "`fraud simulate` or `fraud import` makes a data set"
        raise CommandError(str(error), hint) from error
    except (TrainingError, ModelError, LocalServiceError) as error:
        raise CommandError(str(error)) from error


def metrics_table(metrics: Metrics, title: str) -> Table:
    """Detection as a person reads it; shares in percent."""
    table = Table("Measure", "Value", title=title, title_justify="left")
    table.add_row("payments", f"{metrics.payments:,}")
    table.add_row("frauds", f"{metrics.frauds:,} ({metrics.frauds / metrics.payments:.2%})")
    table.add_row("average precision", f"{metrics.average_precision:.3f}")
    table.add_row("ROC AUC", f"{metrics.roc_auc:.3f}")
    table.add_row("card precision, 100 a day", f"{metrics.card_precision_100:.3f}")
    for budget, recall in metrics.recall_at_fpr.items():
        table.add_row(f"recall at {budget:.1%} false positives", f"{recall:.1%}")
    for name, point in metrics.points.items():
        table.add_row(
            f"{name} from {point.threshold:.4f}",
            f"recall {point.recall:.1%}, precision {point.precision:.1%}, "
            f"false positives {point.false_positive_rate:.2%}",
        )
    for kind, caught in metrics.by_kind.items():
        name = kind.replace("_", " ")
        table.add_row(f"caught: {name}", f"{caught.caught:,} of {caught.frauds:,}")
    return table
