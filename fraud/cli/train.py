"""``fraud train``: from a data set to a model version that serves."""

from pathlib import Path
from typing import Annotated, Any, Final

import pydantic
import typer
from rich.console import Console

from fraud.cli.detection import metrics_table, registry_server, step_bars, told_errors
from fraud.cli.errors import CommandError
from fraud.cli.reproduction import print_reproduction
from fraud.settings import Settings, load_settings
from training.config import SECTIONS, EstimatorName, TrainingConfig
from training.datasets.period import Period, parse_duration
from training.progress import Progress
from training.report import TrainingReport
from training.reproduce import reproduce as reproduce_run
from training.run import train as train_model

app = typer.Typer(add_completion=False)

_DEFAULT = TrainingConfig()
HISTORY: Final = Path(".fraud/history")
DIFFERS: Final = 1
"""Exit code of a reproduction that came out otherwise; errors have another."""


@app.command()
def train(
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Folder of a history.", show_default=str(HISTORY)),
    ] = None,
    dataset: Annotated[
        Path | None, typer.Option("--dataset", help="Folder of a built data set, instead.")
    ] = None,
    train_days: Annotated[
        str | None, typer.Option("--train", help="Days to learn from, A..B.", show_default="auto")
    ] = None,
    gap: Annotated[
        str | None, typer.Option(help="How long labels are waited for.", show_default="7d")
    ] = None,
    test_days: Annotated[
        str | None, typer.Option("--test", help="Days to measure on.", show_default="last seven")
    ] = None,
    review_fpr: Annotated[
        float, typer.Option(help="Share of genuine payments that may be reviewed or declined.")
    ] = _DEFAULT.review_fpr,
    decline_fpr: Annotated[
        float, typer.Option(help="Share of genuine payments that may be declined.")
    ] = _DEFAULT.decline_fpr,
    keep_known_accounts: Annotated[
        bool, typer.Option("--keep-known-accounts", help="Measure on accounts known as defrauded.")
    ] = False,
    estimator: Annotated[EstimatorName, typer.Option(help="What is fitted.")] = _DEFAULT.estimator,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Fit probabilities to the last days of training.")
    ] = False,
    fraud_weight: Annotated[
        float | None, typer.Option(help="Weight of a fraud, of XGBoost.", show_default="1")
    ] = None,
    early_stopping: Annotated[
        int | None, typer.Option(help="Stop when so many trees brought nothing.")
    ] = None,
    search: Annotated[
        int, typer.Option(help="Sets of hyperparameters to try at most.")
    ] = _DEFAULT.search_trials,
    search_seconds: Annotated[
        float | None, typer.Option(help="Begin no further set after so long.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the trees and of the search.")] = 0,
    threads: Annotated[int, typer.Option(help="Of fitting.")] = _DEFAULT.model.n_jobs,
    output: Annotated[Path | None, typer.Option(help="Folder to keep the model bundle in.")] = None,
    promote: Annotated[
        bool | None,
        typer.Option(
            "--promote/--no-promote",
            help="Make it the champion, past the gate.",
            show_default="where there is none",
        ),
    ] = None,
    register: Annotated[
        bool, typer.Option("--register/--no-register", help="Put it into the registry.")
    ] = True,
    reproduce: Annotated[
        str | None,
        typer.Option(help="Run a run of the registry again, compare, and register nothing."),
    ] = None,
) -> None:
    """Train a model on a data set, prove it and register it; the first one becomes the champion."""
    folder = _folder(data, dataset)
    if reproduce is not None:
        _reproduce(reproduce, folder)
        return
    with told_errors():
        config = _config(
            train=Period.parse(train_days) if train_days else None,
            gap=parse_duration(gap) if gap else None,
            test=Period.parse(test_days) if test_days else None,
            review_fpr=review_fpr,
            decline_fpr=decline_fpr,
            remove_known_accounts=False if keep_known_accounts else None,
            estimator=estimator,
            calibrate=calibrate,
            early_stopping_rounds=early_stopping,
            search_trials=search,
            search_seconds=search_seconds,
            search_seed=seed,
            **_parameters(estimator, seed, threads, fraud_weight),
        )
        settings = load_settings()
        with step_bars() as progress:
            if register:
                report = _train_and_register(
                    config, folder or HISTORY, settings, progress, promote, output
                )
            else:
                report = train_model(config, folder or HISTORY, None, progress, output=output)
    _print(report)


def _folder(data: Path | None, dataset: Path | None) -> Path | None:
    if data is not None and dataset is not None:
        raise CommandError("`--data` and `--dataset` are two sources: give one of them")
    return dataset or data


def _reproduce(run_id: str, folder: Path | None) -> None:
    settings = load_settings()
    with told_errors(), registry_server(settings), step_bars() as progress:
        result = reproduce_run(settings.registry, run_id, folder, progress)
    print_reproduction(result)
    if not result.same:
        raise typer.Exit(DIFFERS)


def _train_and_register(
    config: TrainingConfig,
    data: Path,
    settings: Settings,
    progress: Progress,
    promote: bool | None,
    output: Path | None,
) -> TrainingReport:
    with registry_server(settings):
        return train_model(
            config, data, settings.registry, progress, promote=promote, output=output
        )


def _parameters(
    estimator: EstimatorName, seed: int, threads: int, fraud_weight: float | None
) -> dict[str, dict[str, Any]]:
    """The section of the estimator, with what it knows of these."""
    if fraud_weight is not None and estimator is not EstimatorName.XGBOOST:
        raise CommandError(f"`--fraud-weight` is of xgboost, not of {estimator.value}")
    told = {"random_state": seed, "n_jobs": threads, "scale_pos_weight": fraud_weight}
    section = SECTIONS[estimator]
    known = type(getattr(_DEFAULT, section)).model_fields
    return {section: {name: told[name] for name in known if told.get(name) is not None}}


def _config(**values: Any) -> TrainingConfig:
    """What was told; what was not is left open, so that a built data set may have decided it."""
    told = {name: value for name, value in values.items() if value is not None}
    try:
        return TrainingConfig.model_validate(told)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = "-".join(str(part) for part in first["loc"]) or "options"
        raise CommandError(f"Failed to use `{name}`: {first['msg']}") from error


def _print(report: TrainingReport) -> None:
    plan = report.split.plan
    console = Console()
    console.print(metrics_table(report.metrics, f"trained on {plan.train}, tested on {plan.test}"))
    if found := report.search:
        given, best = found.tried[0], found.best
        console.print(
            f"search: average precision over {len(found.days)} folds {best.average_precision:.3f}, "
            f"given {given.average_precision:.3f}, in {len(found.tried)} trials"
        )
    console.print(
        f"parity: {report.parity.greatest_difference:.1e} at most "
        f"over {report.parity.rows:,} rows, decisions identical"
    )
    if version := report.registered:
        role = "champion" if version.promoted else "staged, for `fraud gate` to judge"
        console.print(f"registered: {version.name} version {version.version}, {role}")
        console.print(f"run: {version.run_id}, data set {report.dataset_id}", soft_wrap=True)
