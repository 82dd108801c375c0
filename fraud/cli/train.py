"""``fraud train``: from a data set to a model version that serves."""

from pathlib import Path
from typing import Annotated

import pydantic
import typer
from rich.console import Console

from fraud.cli.detection import metrics_table, registry_server, step_bars, told_errors
from fraud.cli.errors import CommandError
from fraud.settings import Settings, load_settings
from training.config import ModelConfig, TrainingConfig
from training.datasets.period import Period, parse_duration
from training.progress import Progress
from training.report import TrainingReport
from training.run import train as train_model

app = typer.Typer(add_completion=False)

_DEFAULT = TrainingConfig()


@app.command()
def train(
    data: Annotated[Path, typer.Option("--data", help="Folder of the data set.")] = Path(
        ".fraud/history"
    ),
    train_days: Annotated[
        str | None, typer.Option("--train", help="Days to learn from, A..B.", show_default="auto")
    ] = None,
    gap: Annotated[str, typer.Option(help="How long labels are waited for.")] = "7d",
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
    early_stopping: Annotated[
        int | None, typer.Option(help="Stop when so many trees brought nothing.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the trees' randomness.")] = 0,
    threads: Annotated[int, typer.Option(help="Of fitting.")] = _DEFAULT.model.n_jobs,
    output: Annotated[Path | None, typer.Option(help="Folder to keep the model bundle in.")] = None,
    promote: Annotated[
        bool, typer.Option("--promote/--no-promote", help="Make it the champion.")
    ] = True,
    register: Annotated[
        bool, typer.Option("--register/--no-register", help="Put it into the registry.")
    ] = True,
) -> None:
    """Train a model on a data set, prove it, register it and make it the champion."""
    with told_errors():
        config = _config(
            train=Period.parse(train_days) if train_days else None,
            gap=parse_duration(gap),
            test=Period.parse(test_days) if test_days else None,
            review_fpr=review_fpr,
            decline_fpr=decline_fpr,
            remove_known_accounts=not keep_known_accounts,
            early_stopping_rounds=early_stopping,
            model=ModelConfig(random_state=seed, n_jobs=threads),
        )
        settings = load_settings()
        with step_bars() as progress:
            if register:
                report = _train_and_register(config, data, settings, progress, promote, output)
            else:
                report = train_model(config, data, None, progress, output=output)
    _print(report)


def _train_and_register(
    config: TrainingConfig,
    data: Path,
    settings: Settings,
    progress: Progress,
    promote: bool,
    output: Path | None,
) -> TrainingReport:
    with registry_server(settings):
        return train_model(
            config, data, settings.registry, progress, promote=promote, output=output
        )


def _config(**values: object) -> TrainingConfig:
    try:
        return TrainingConfig.model_validate(values)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = "-".join(str(part) for part in first["loc"]) or "options"
        raise CommandError(f"Failed to use `{name}`: {first['msg']}") from error


def _print(report: TrainingReport) -> None:
    plan = report.split.plan
    console = Console()
    console.print(metrics_table(report.metrics, f"trained on {plan.train}, tested on {plan.test}"))
    console.print(
        f"parity: {report.parity.greatest_difference:.1e} at most "
        f"over {report.parity.rows:,} rows, decisions identical"
    )
    if version := report.registered:
        role = "champion" if version.promoted else "staged"
        console.print(f"registered: {version.name} version {version.version}, {role}")
