"""``fraud explanation``: why one payment was decided so."""

import math
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from fraud.cli.recorded import recorded
from hindsight.reports.explanation import Explanation, find_explanation

app = typer.Typer(add_completion=False)

UNEXPLAINED = 1


@app.command()
def explanation(
    transaction_id: Annotated[str, typer.Argument(help="Of the payment.")],
    features: Annotated[int, typer.Option(min=0, help="How many features are listed.")] = 12,
) -> None:
    """Print what spoke for and against a payment; exit code 1 if that is not known."""
    with recorded() as dsn:
        found = find_explanation(dsn, transaction_id)
    console = Console()
    console.print(
        f"payment {found.transaction_id}: [bold]{found.decision}[/bold] "
        f"by version {found.model_version}, probability {found.probability:.4f}"
    )
    if found.missing is not None:
        console.print(f"reasons in the reply: {', '.join(found.reply_codes) or 'none'}")
        console.print(f"not explained: {found.missing}")
        raise typer.Exit(UNEXPLAINED)
    console.print(reasons_table(found))
    console.print(features_table(found, features))


def reasons_table(found: Explanation) -> Table:
    """The public codes in words."""
    table = Table("reason", "log odds", "for an analyst", "for the cardholder's bank")
    for each in found.reasons:
        table.add_row(each.code, f"{each.weight:+.3f}", each.text.analyst, each.text.bank)
    return table


def features_table(found: Explanation, limit: int) -> Table:
    """The features that mattered most, and the sum of all."""
    ranked = sorted(found.contributions, key=lambda each: -abs(each.added))
    table = Table("feature", "value", "log odds", show_footer=False)
    table.add_row("(base value)", "", f"{found.base_value:+.3f}", style="dim")
    for each in ranked[:limit]:
        value = "missing" if math.isnan(each.value) else f"{each.value:,.4g}"
        table.add_row(each.feature, value, f"{each.added:+.3f}")
    rest = math.fsum(each.added for each in ranked[limit:])
    table.add_row(f"({len(ranked[limit:])} others)", "", f"{rest:+.3f}", style="dim")
    table.add_row("sum", "", f"{found.margin:+.3f}", style="bold")
    return table
