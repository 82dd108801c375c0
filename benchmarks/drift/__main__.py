"""How often drift is called where there is none, and how late where there is.

Run it as ``python -m benchmarks.drift``: worlds of different seeds, each with a model of its own,
replayed through the kernel and measured day after day as ``fraud drift measure`` does. The exit
code is 1 if stable traffic raises a false alarm a week or more.
"""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.drift.figures import Figures, measured
from benchmarks.drift.shift import SHIFTS
from benchmarks.drift.table import alarm_table, delay_table
from benchmarks.drift.trial import Plan, Trial

WANTED_A_WEEK = 1.0


def main(
    seeds: Annotated[int, typer.Option(min=1, help="Worlds.")] = 10,
    first: Annotated[int, typer.Option(min=0, help="The first one's seed.")] = 1,
    stable: Annotated[
        bool, typer.Option("--stable", help="Only how often stable traffic raises an alarm.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(help="JSON; what is in it already is gone on from.")
    ] = None,
) -> None:
    """Measure, print, and leave the figures as JSON."""
    found = Figures.read(output) if output and output.exists() else Figures()
    for seed in range(first, first + seeds):
        found = found.with_world(measured(Trial(Plan(), seed), () if stable else SHIFTS))
        if output:
            output.write_text(found.model_dump_json())
    console = Console(width=110)
    console.print(alarm_table(found))
    console.print(delay_table(found))
    if not output:
        print(found.model_dump_json())
    raise typer.Exit(int(found.alarms_a_week(1) >= WANTED_A_WEEK))


if __name__ == "__main__":
    typer.run(main)
