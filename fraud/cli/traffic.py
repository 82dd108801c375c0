"""``fraud traffic``: how many accounts the challenger decides."""

from typing import Annotated

import typer
from rich.console import Console

from fraud.cli.detection import registry_server, told_errors
from fraud.cli.errors import CommandError
from fraud.settings import load_settings
from scorer.recorder.errors import RecorderError
from training.registry.ledger import open_ledger
from training.registry.person import whoami
from training.registry.server import RegistryServer
from training.registry.traffic import TAG, set_share

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)


@app.command("set")
def set_(
    percent: Annotated[int, typer.Argument(min=0, max=100, help="Of accounts.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept in the ledger.")],
    by: Annotated[str, typer.Option("--by", help="Who; you unless told.")] = "",
) -> None:
    """Set the challenger's share; scorers take it within `registry.poll_seconds`, and keep it."""
    settings = load_settings()
    try:
        with (
            told_errors(),
            open_ledger(settings) as ledger,
            registry_server(settings),
            RegistryServer(settings.registry) as server,
        ):
            before = set_share(server, ledger, percent, reason, by or whoami())
    except RecorderError as error:
        raise CommandError(str(error), "set FRAUD_RECORDER__DSN to where the ledger is") from error
    Console().print(f"challenger: {percent} % of accounts, was {before or 'not set'}")


@app.command()
def show() -> None:
    """Print the share that the registry tells scorers."""
    settings = load_settings()
    with (
        told_errors(),
        registry_server(settings),
        RegistryServer(settings.registry) as server,
    ):
        told = server.tags().get(TAG)
    Console().print(f"challenger: {f'{told} % of accounts' if told else 'as scorers are set'}")
