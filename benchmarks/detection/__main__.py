"""``python -m benchmarks.detection``."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.detection.report import print_result, write_result
from benchmarks.detection.run import Part, run

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

NAME = "handbook_2018-04-01_2018-08-14.parquet"
DATA_VARIABLE = "FRAUD_TEST_DATA"
BESIDE = Path(__file__).parents[3] / "shared" / "data"
RESULTS = Path(__file__).parent / "results"
WIDTH = 160
"""Of the tables, in characters; they are not cut where nobody has a window."""


@app.command()
def main(
    data: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help=f"The published payments; unset, {NAME} in the folder that {DATA_VARIABLE} names.",
        ),
    ] = None,
    part: Annotated[
        list[Part] | None, typer.Option(help="Run this part alone; may be repeated.")
    ] = None,
    output: Annotated[Path, typer.Option(help="JSON to write.")] = RESULTS / "latest.json",
) -> None:
    """Reproduce published figures on simulated payments, then hold ours to the bars."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    file = data or Path(os.environ.get(DATA_VARIABLE, BESIDE)) / NAME
    if not file.is_file():
        console.print(f"skipped: no {NAME} in {file.parent}; set {DATA_VARIABLE} or give --data")
        return
    result = run(file, part or list(Part), console.print)
    print_result(result, console)
    write_result(result, output)
    if not all(verdict.met for verdict in result.verdicts):
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
