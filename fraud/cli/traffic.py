"""``fraud traffic``: how many accounts the challenger decides."""

from typing import Annotated

import typer
from rich.console import Console

from fraud.cli.governed import open_registry, told_ledger
from scorer.model.registry import TRAFFIC_TAG
from training.registry.person import whoami
from training.registry.traffic import set_share

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)


@app.command("set")
def set_(
    percent: Annotated[int, typer.Argument(min=0, max=100, help="Of accounts.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept in the ledger.")],
    by: Annotated[str, typer.Option("--by", help="Who; you unless told.")] = "",
) -> None:
    """Set the challenger's share; scorers take it within `registry.poll_seconds`, and keep it."""
    with told_ledger() as ledger, open_registry() as server:
        before = set_share(server, ledger, percent, reason, by or whoami())
    Console().print(f"challenger: {percent} % of accounts, was {before or 'not set'}")


@app.command()
def show() -> None:
    """Print the share that the registry tells scorers."""
    with open_registry() as server:
        told = server.tags().get(TRAFFIC_TAG)
    Console().print(f"challenger: {f'{told} % of accounts' if told else 'as scorers are set'}")
