"""``fraud demo``: the main job, end to end, and one table."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from fraud.demo.plan import DemoPlan
from fraud.demo.run import run_demo
from fraud.settings import load_settings

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    rate: Annotated[float, typer.Option(min=1, max=2000, help="Live payments a second.")] = 100.0,
    seconds: Annotated[float, typer.Option(min=1, max=600, help="How long they are sent.")] = 30.0,
    seed: Annotated[int, typer.Option(help="Another seed is another world.")] = 1,
    home: Annotated[
        Path | None,
        typer.Option(help="Folder to work in, emptied first.", show_default="HOME/demo"),
    ] = None,
) -> None:
    """Simulate a history, train and promote a model, serve it, and score live payments."""
    plan = DemoPlan(
        home=home or load_settings().home / "demo", rate=rate, seconds=seconds, seed=seed
    )
    if not run_demo(plan, Console()):
        raise typer.Exit(1)
