"""``fraud shadow``: what shadow versions would have decided."""

from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from fraud.cli.recorded import in_utc, recorded
from hindsight.reports.shadow import BEGINNING, Quality, ShadowStanding, shadow_standings

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)


@app.callback()
def shadow() -> None:
    """Versions under the aliases `shadow` and `shadow-...` score behind the outbox."""


@app.command()
def report(
    version: Annotated[
        str | None, typer.Argument(help="Of the registry.", show_default="all that scored")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(help="Payments decided from then on, in UTC.")
    ] = None,
    matured_days: Annotated[
        float, typer.Option(min=0, help="A payment no label came for in so long is genuine.")
    ] = 7.0,
) -> None:
    """Compare each shadow with what served, on the payments whose truth is known by now."""
    start = BEGINNING if since is None else in_utc(since)
    with recorded() as dsn:
        found = shadow_standings(dsn, version, start, timedelta(days=matured_days))
    console = Console()
    for standing in found:
        console.print(title(standing))
        console.print(standing_table(standing))


def title(found: ShadowStanding) -> str:
    """Which version, and on how much."""
    return (
        f"version {found.version}: {found.payments:,} payments, "
        f"{found.agreement:.2%} decided alike; {found.known:,} known, {found.frauds:,} frauds"
    )


def standing_table(found: ShadowStanding) -> Table:
    """What served and the shadow, beside each other."""
    table = Table("", "served", "shadow")
    for name in Quality.__dataclass_fields__:
        served, own = (getattr(each, name) for each in (found.served, found.shadow))
        table.add_row(name.replace("_", " "), f"{served:.4f}", f"{own:.4f}")
    return table
