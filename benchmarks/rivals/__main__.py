"""``python -m benchmarks.rivals``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.load.inputs import BundleOption, DatasetOption, default_dataset, trained_bundle
from benchmarks.rivals.report import WIDTH
from benchmarks.rivals.run import Options, run
from fraud.settings import load_settings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

RESULTS = Path(__file__).parent / "results"


@app.command()
def main(
    dataset: DatasetOption = None,
    bundle: BundleOption = None,
    environments: Annotated[
        Path | None,
        typer.Option(
            help="Folder that tools/setup-rivals filled; `rivals` in the home if not given."
        ),
    ] = None,
    output: Annotated[Path, typer.Option(help="JSON to write.")] = RESULTS / "latest.json",
    page: Annotated[
        Path | None, typer.Option(help="Page whose figures are written, such as docs/rivals.md.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Visits to each, by turns.")] = 1,
    only: Annotated[
        list[str] | None, typer.Option(help="Part of a contender's name; may be repeated.")
    ] = None,
    quick: Annotated[
        bool, typer.Option(help="Smoke test: answers are judged, times only shown.")
    ] = False,
) -> None:
    """Serve one model by the platform and by what others would pick, and compare."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    history = dataset or default_dataset(console)
    options = Options(
        dataset=history,
        bundle=bundle or trained_bundle(history, console),
        environments=environments or load_settings().home / "rivals",
        output=output,
        page=page,
        rounds=rounds,
        quick=quick,
        only=only or (),
    )
    if not run(options, console):
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
