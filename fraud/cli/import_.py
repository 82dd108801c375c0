"""``fraud import``: payments that come from elsewhere, as data sets of the platform."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from fraud.cli.errors import CommandError
from fraud.cli.written import progress_bar, summary_table
from simulator.errors import ImportFailedError
from simulator.handbook import DEFAULT_DELAY, count_rows, import_handbook

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def import_() -> None:
    """Import payments from elsewhere as a data set."""


@app.command()
def handbook(
    path: Annotated[Path, typer.Argument(help="The Parquet file.")],
    out: Annotated[
        Path, typer.Option("--out", help="Folder that the data set is written to.")
    ] = Path(".fraud/handbook"),
    delay_days: Annotated[
        float, typer.Option(min=0, help="Days from a payment until its label is known.")
    ] = DEFAULT_DELAY / timedelta(days=1),
) -> None:
    """Import the simulated payments of the Fraud Detection Handbook."""
    delay = timedelta(days=delay_days)
    try:
        with progress_bar("importing", count_rows(path)) as progress:
            summary = import_handbook(path, out, delay=delay, progress=progress)
    except ImportFailedError as error:
        hint = "the file needs the handbook's columns, TRANSACTION_ID to TX_FRAUD_SCENARIO"
        raise CommandError(str(error), hint) from error
    Console().print(summary_table(summary))
