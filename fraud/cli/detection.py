"""What ``fraud train`` and ``fraud evaluate`` share: bars, tables, errors, the registry."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
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

if TYPE_CHECKING:
    # Three seconds of numpy and scikit-learn, which a rollback does not need.
    from training.quality.intervals import Interval
    from training.quality.metrics import Metrics

SCORES: Final = {
    "average_precision": "average precision",
    "roc_auc": "ROC AUC",
    "card_precision_100": "card precision, 100 a day",
}
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


def metrics_table(metrics: "Metrics", title: str) -> Table:
    """Detection as a person reads it; shares in percent, and where they lie with 95% confidence."""
    from training.quality.intervals import budget_name

    table = Table("Measure", "Value", "95%", title=title, title_justify="left")
    table.add_row("payments", f"{metrics.payments:,}")
    table.add_row("frauds", f"{metrics.frauds:,} ({metrics.frauds / metrics.payments:.2%})")
    flat, within = metrics.flat(), metrics.intervals
    for name, told in SCORES.items():
        table.add_row(
            told, f"{flat[name]:.3f}", f"{within[name].low:.3f} .. {within[name].high:.3f}"
        )
    for budget, recall in metrics.recall_at_fpr.items():
        told = f"recall at {budget:.1%} false positives"
        table.add_row(told, f"{recall:.1%}", _percent(within[budget_name(budget)]))
    for name, point in metrics.points.items():
        told = (
            f"recall {point.recall:.1%}, precision {point.precision:.1%}, "
            f"false positives {point.false_positive_rate:.2%}"
        )
        interval = f"recall {_percent(within[f'{name}_recall'])}"
        table.add_row(f"{name} from {point.threshold:.4f}", told, interval)
    table.add_row("expected calibration error", f"{metrics.calibration.expected_error:.4f}")
    table.add_row("Brier score", f"{metrics.calibration.brier:.4f}")
    bands = {f"amount {band}": caught for band, caught in metrics.by_amount.items()}
    for group, caught in {**metrics.by_kind, **bands}.items():
        table.add_row(
            f"caught: {group.replace('_', ' ')}", f"{caught.caught:,} of {caught.frauds:,}"
        )
    return table


def _percent(interval: "Interval") -> str:
    return f"{interval.low:.1%} .. {interval.high:.1%}"
