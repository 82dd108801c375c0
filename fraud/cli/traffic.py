"""``fraud traffic``: how many accounts the challenger decides."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from fraud.cli.errors import CommandError
from fraud.cli.governed import open_registry, told_ledger
from fraud.cli.verify import scorers_of
from fraud.client import ScorerClient
from fraud.person import whoami
from fraud.settings import Settings, load_settings
from scorer.model.registry import TRAFFIC_TAG
from training.registry.traffic import set_share

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)


@app.command("set")
def set_(
    percent: Annotated[int, typer.Argument(min=0, max=100, help="Of accounts.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept in the ledger.")],
    by: Annotated[str, typer.Option("--by", help="Who; you unless told.")] = "",
    scorer: Annotated[
        list[str] | None,
        typer.Option(
            "--scorer",
            help="Told at once, `host:port`; may be given again.",
            show_default="those of `worker.scorers`, or the one of this machine",
        ),
    ] = None,
) -> None:
    """Set the challenger's share; running scorers are told at once, the others find it."""
    with told_ledger() as ledger, open_registry() as server:
        before = set_share(server, ledger, percent, reason, by or whoami())
    console = Console(soft_wrap=True)
    console.print(f"challenger: {percent} % of accounts, was {before or 'not set'}")
    settings = load_settings()
    for target in scorer or _targets(settings):
        console.print(tell(target, percent, settings.registry.poll_seconds))


@app.command()
def show() -> None:
    """Print the share that the registry tells scorers."""
    with open_registry() as server:
        told = server.tags().get(TRAFFIC_TAG)
    Console().print(f"challenger: {f'{told} % of accounts' if told else 'as scorers are set'}")


def tell(target: str, percent: int, poll_seconds: float) -> str:
    """Tell one scorer, which follows the registry anyway; returns what came of it."""
    with ScorerClient(target, attempts=1) as client:
        if client.set_traffic(percent):
            return f"scorer {target}: has it"
    return (
        f"scorer {target}: does not answer; once it runs, "
        f"polling brings it within {poll_seconds:g} s"
    )


def _targets(settings: Settings) -> Sequence[str]:
    """Those that are known; none where none runs, which is no mistake here."""
    try:
        return scorers_of(settings)
    except CommandError:
        return []
