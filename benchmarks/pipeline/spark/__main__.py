"""``python -m benchmarks.pipeline.spark``: one run of the job, its figures and its bars."""

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.pipeline.spark.figures import Bar, Figures, bars_of
from benchmarks.pipeline.spark.run import run

RESULTS = Path(__file__).with_name("results")


def main(
    rate: Annotated[float, typer.Option(help="Payments a second.")] = 300.0,
    seconds: Annotated[float, typer.Option(help="How long it is measured.")] = 120.0,
    warm_up: Annotated[float, typer.Option(help="Before that, not measured.")] = 60.0,
    tuning: Annotated[
        Literal["ours", "defaults"], typer.Option(help="Settings of Spark.")
    ] = "ours",
) -> None:
    """Run the job against a broker of its own; exit code 1 when a bar is missed."""
    # A Java machine that had to be killed may still be writing when it is removed.
    with tempfile.TemporaryDirectory(prefix="fraud-spark-", ignore_cleanup_errors=True) as folder:
        figures = run(Path(folder), rate, seconds, warm_up, tuning)
    bars = bars_of(figures)
    Console(width=100).print(_table(figures, bars, f"{tuning}, {rate:g}/s for {seconds:g} s"))
    RESULTS.mkdir(exist_ok=True)
    kept = {"rate": rate, "seconds": seconds, **asdict(figures), "bars": [asdict(b) for b in bars]}
    path = RESULTS / f"{tuning}-{rate:g}.json"
    path.write_text(json.dumps(kept, indent=1))
    raise typer.Exit(0 if tuning == "defaults" or all(bar.met for bar in bars) else 1)


def _table(figures: Figures, bars: list[Bar], title: str) -> Table:
    table = Table("figure", "value", title=title)
    for name, value in figures.lines():
        table.add_row(name, value)
    table.add_section()
    for bar in bars:
        table.add_row(bar.name, f"{bar.value:,.2f}, {'met' if bar.met else 'MISSED'}")
    return table


if __name__ == "__main__":
    typer.run(main)
