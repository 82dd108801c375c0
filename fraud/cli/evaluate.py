"""``fraud evaluate``: a model that is there, measured on a data set."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from fraud.cli.detection import metrics_table, registry_server, step_bars, told_errors
from fraud.settings import load_settings
from scorer.model.bundle import ModelBundle
from training.datasets.period import Period
from training.quality.evaluate import evaluate as evaluate_model
from training.quality.evaluate import fetch_bundle

app = typer.Typer(add_completion=False)


@app.command()
def evaluate(
    data: Annotated[
        Path,
        typer.Option("--data", "--dataset", help="Folder of a history, or of a built data set."),
    ] = Path(".fraud/history"),
    period: Annotated[
        str | None,
        typer.Option(help="Days to measure on, A..B.", show_default="last seven, or the holdout"),
    ] = None,
    version: Annotated[
        str, typer.Option("--version", "--alias", help="Of the registry: a number or an alias.")
    ] = "champion",
    bundle: Annotated[
        Path | None, typer.Option(help="A folder with a model bundle, instead of the registry.")
    ] = None,
    keep_known_accounts: Annotated[
        bool, typer.Option("--keep-known-accounts", help="Measure on accounts known as defrauded.")
    ] = False,
) -> None:
    """Measure a registered model, or a bundle in a folder, on a data set."""
    with told_errors():
        days = Period.parse(period) if period else None
        model = ModelBundle.read(bundle) if bundle else _registered(version)
        with step_bars() as progress:
            metrics = evaluate_model(
                model, data, days, progress, remove_known_accounts=not keep_known_accounts
            )
    title = f"{bundle or f'version {version}'} on {days or f'the last days of {data}'}"
    Console().print(metrics_table(metrics, title))


def _registered(version: str) -> ModelBundle:
    settings = load_settings()
    with registry_server(settings):
        return fetch_bundle(settings.registry, version)
