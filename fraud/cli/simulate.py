"""``fraud simulate``: a history of payments, genuine and not, to train and try things on."""

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated

import pydantic
import typer
from rich.console import Console

from fraud.cli.errors import CommandError
from fraud.cli.written import progress_bar, summary_table
from simulator import World, WorldConfig, write_dataset

app = typer.Typer(add_completion=False)

_DEFAULT = WorldConfig()
_START = datetime.combine(_DEFAULT.start, time(), UTC)


@app.command()
def simulate(
    out: Annotated[
        Path, typer.Option("--out", help="Folder that the data set is written to.")
    ] = Path(".fraud/history"),
    seed: Annotated[int, typer.Option(help="Another seed is another world.")] = _DEFAULT.seed,
    customers: Annotated[int, typer.Option(help="Accounts.")] = _DEFAULT.customers,
    merchants: Annotated[int, typer.Option(help="Merchants, about.")] = _DEFAULT.merchants,
    days: Annotated[int, typer.Option(help="Days of history.")] = _DEFAULT.days,
    start: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"], help="First day, UTC.", show_default=f"{_START:%Y-%m-%d}"
        ),
    ] = _START,
    payments_per_day: Annotated[
        float, typer.Option(help="Genuine payments of a customer a day.")
    ] = _DEFAULT.payments_per_day,
    fraud_rate: Annotated[
        float, typer.Option(help="Share of payments that is fraud, expected.")
    ] = _DEFAULT.fraud_rate,
) -> None:
    """Write a simulated history as a data set."""
    config = world_config(
        seed=seed,
        customers=customers,
        merchants=merchants,
        days=days,
        start=start.date(),
        payments_per_day=payments_per_day,
        fraud_rate=fraud_rate,
    )
    expected = round(config.customers * config.payments_per_day * config.days)
    with progress_bar("simulating", expected) as progress:
        summary = write_dataset(World(config), out, progress)
    Console().print(summary_table(summary))


def world_config(**values: object) -> WorldConfig:
    """A world's configuration from options.

    Raises:
        CommandError: A value is out of range; names the option.
    """
    try:
        return WorldConfig.model_validate(values)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        option = str(first["loc"][0]).replace("_", "-")
        raise CommandError(
            f"Failed to use `--{option} {first['input']}`: {first['msg']}"
        ) from error
