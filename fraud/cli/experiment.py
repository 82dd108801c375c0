"""``fraud experiment``: champion against challenger, on live payments."""

from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from fraud.cli.recorded import in_utc, recorded
from hindsight.reports.arms import Arms, find_arms
from hindsight.reports.experiment import ALPHA, Comparison, Verdict, compare
from hindsight.reports.rates import Estimate

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)

STYLES = {Verdict.BETTER: "green", Verdict.WORSE: "red", Verdict.OPEN: "dim"}


@app.callback()
def experiment() -> None:
    """The challenger decides for its share of accounts, see `fraud traffic`."""


@app.command()
def report(
    since: Annotated[
        datetime | None, typer.Option(help="Payments decided from then on, in UTC.")
    ] = None,
    matured_days: Annotated[
        float, typer.Option(min=0, help="A payment no label came for in so long is genuine.")
    ] = 7.0,
    alpha: Annotated[
        float, typer.Option(min=1e-6, max=0.5, help="How likely a false verdict may be at all.")
    ] = ALPHA,
) -> None:
    """Compare both on the payments whose truth is known by now; may be read at any time."""
    start = None if since is None else in_utc(since)
    with recorded() as dsn:
        arms = find_arms(dsn, start, timedelta(days=matured_days))
    console = Console()
    console.print(title(arms))
    console.print(comparison_table(compare(arms, alpha)))
    console.print(
        "[dim]Rates are of payments, with 95% intervals for one reading. Difference, p and verdict "
        f"are of accounts: read them as often as you like, a false verdict has {alpha:.0%} in "
        "all.[/dim]"
    )


def title(arms: Arms) -> str:
    """Who is compared, and on how much."""
    sides = " against ".join(
        f"{name} {arm.version} ({arm.known:,} known payments of {arm.accounts:,} accounts)"
        for name, arm in (("champion", arms.champion), ("challenger", arms.challenger))
    )
    moved = f"; {arms.moved_accounts:,} accounts changed sides" if arms.moved_accounts else ""
    return f"{sides}, since {arms.since:%Y-%m-%d %H:%M} UTC{moved}"


def comparison_table(comparisons: tuple[Comparison, ...]) -> Table:
    """A row a measure."""
    table = Table("", "champion", "challenger", "difference", "p", "challenger is", "still needed")
    for each in comparisons:
        table.add_row(
            each.name,
            _rate(each.champion),
            _rate(each.challenger),
            f"{each.low:+.4f} to {each.high:+.4f}",
            f"{each.p_value:.2g}",
            f"[{STYLES[each.verdict]}]{each.verdict}[/]",
            _needed(each),
        )
    return table


def _rate(found: Estimate) -> str:
    return f"{found.rate:.4f} ({found.low:.4f} to {found.high:.4f}) of {found.trials:,}"


def _needed(found: Comparison) -> str:
    if found.verdict is not Verdict.OPEN:
        return "nothing"
    if found.accounts_needed is None:
        return "unknown"
    return f"{found.accounts_needed:,} accounts to see {found.detect:+.2%}"
