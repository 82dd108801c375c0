"""``python -m benchmarks.pipeline.soak``."""

import json
import os
import platform
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.pipeline.soak.plan import SoakPlan
from benchmarks.pipeline.soak.run import SoakOutcome, run_soak
from fraud.demo.steps import Steps

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    seconds: Annotated[float, typer.Option(min=60, max=3600, help="How long.")] = 600.0,
    rate: Annotated[float, typer.Option(min=1, max=2000, help="Payments a second.")] = 200.0,
    home: Annotated[
        Path | None, typer.Option(help="Folder to work in.", show_default="a temporary one")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="JSON to write.")] = None,
) -> None:
    """Produce payments while processes are killed; then every copy must agree."""
    console = Console()
    folder = home or Path(tempfile.mkdtemp(prefix="fraud-soak-"))
    folder.mkdir(parents=True, exist_ok=True)
    # PostgreSQL runs as another user, who has to get to its data.
    folder.chmod(0o755)
    outcome = run_soak(SoakPlan(folder, seconds=seconds, rate=rate), Steps(console))
    console.print(table_of(outcome))
    for fault in faults_of(outcome):
        console.print(f"[red]FAILED[/] {fault}")
    if output is not None:
        output.write_text(json.dumps(facts_of(outcome), indent=2) + "\n")
    if not outcome.holds:
        console.print(f"what was written: {folder}")
        raise typer.Exit(1)


def table_of(outcome: SoakOutcome) -> Table:
    """What was seen, for people."""
    table = Table("What", "Seen", title="stream soak", title_justify="left")
    for name, value in facts_of(outcome).items():
        text = f"{value:,}" if isinstance(value, int) else str(value)
        table.add_row(name.replace("_", " "), text)
    return table


def facts_of(outcome: SoakOutcome) -> dict[str, Any]:
    """What was seen, by name."""
    kills = [f"{kill.victim} at {kill.at_s:.0f} s" for kill in outcome.kills]
    return {
        "machine": f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {platform.machine()}",
        "seconds": outcome.plan.seconds,
        "rate": f"{outcome.plan.rate:g}/s produced, {outcome.plan.gateway_rate:g}/s by a gateway",
        "killed": ", ".join(kills),
        "produced_ids": len(outcome.conservation.produced),
        "decided_ids": len(outcome.conservation.decided),
        "decisions": outcome.conservation.decided.total(),
        "postgresql_ids": len(outcome.conservation.stored),
        "postgresql_rows": outcome.conservation.stored.total(),
        "messages_in_raw_transactions": outcome.contents.messages,
        "labels": len(outcome.contents.labels),
        "settled_after_seconds": round(outcome.settled_s, 1),
        "accounts_compared": outcome.parity.accounts,
        "accounts_held_against_brute_force": outcome.parity.oracle_accounts,
        "values_compared": outcome.parity.values,
        "values_that_differ": len(outcome.parity.faults),
    }


def faults_of(outcome: SoakOutcome) -> list[str]:
    """What does not hold."""
    lake = [f"lake: {outcome.lake}"] if outcome.lake else []
    return [*outcome.conservation.faults(), *outcome.parity.faults[:10], *lake]


if __name__ == "__main__":
    app()
