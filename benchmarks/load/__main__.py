"""``python -m benchmarks.load``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.load.inputs import BundleOption, DatasetOption, default_dataset, trained_bundle
from benchmarks.load.report import WIDTH
from benchmarks.load.run import run

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

RESULTS = Path(__file__).parent / "results"


@app.command()
def main(
    dataset: DatasetOption = None,
    bundle: BundleOption = None,
    output: Annotated[Path, typer.Option(help="JSON to write.")] = RESULTS / "latest.json",
    quick: Annotated[
        bool, typer.Option(help="Smoke test: answers are judged, times only shown.")
    ] = False,
) -> None:
    """Time a score beside a null RPC on every edge, and hold the bars to the chosen one."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    history = dataset or default_dataset(console)
    model = bundle or trained_bundle(history, console)
    if not run(history, model, output, console, quick=quick):
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
