"""``python -m benchmarks.load``."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.load.run import run

RESULTS = Path(__file__).parent / "results"


def main(
    dataset: Annotated[Path, typer.Option(help="Folder with events.parquet.")],
    bundle: Annotated[Path, typer.Option(help="Folder of a model bundle.")],
    output: Annotated[Path, typer.Option(help="JSON to write.")] = RESULTS / "latest.json",
    quick: Annotated[
        bool, typer.Option(help="Smoke test: answers are judged, times only shown.")
    ] = False,
) -> None:
    """Time a score beside a null RPC on every edge, and hold the bars to the chosen one."""
    if not run(dataset, bundle, output, quick=quick):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
