"""``python -m benchmarks.pipeline.stack``: tables for ``docs/operations.md``."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.pipeline.stack.report import report_of
from benchmarks.pipeline.stack.run import run_stack
from fraud.settings import load_settings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    seconds: Annotated[float, typer.Option(min=60, max=7200, help="How long.")] = 600.0,
    rate: Annotated[float, typer.Option(min=1, help="Payments a second.")] = 100.0,
    airflow: Annotated[bool, typer.Option(help="Whether Airflow is part of it.")] = True,
    pictures: Annotated[Path | None, typer.Option(help="Folder for pictures.")] = None,
    output: Annotated[Path | None, typer.Option(help="Markdown to write.")] = None,
    home: Annotated[
        Path | None, typer.Option(help="Folder to work in.", show_default="a temporary one")
    ] = None,
) -> None:
    """Run the stack with a planted spike of fraud; print what it took and what it told."""
    folder = home or Path(tempfile.mkdtemp(prefix="fraud-stack-"))
    folder.mkdir(parents=True, exist_ok=True)
    # PostgreSQL runs as another user, who has to get to its data.
    folder.chmod(0o755)
    base = load_settings()
    stack = base.stack.model_copy(update={"rate": rate, "airflow": airflow})
    outcome = run_stack(base.model_copy(update={"home": folder, "stack": stack}), seconds, pictures)
    text = report_of(outcome, seconds, rate)
    typer.echo(text)
    if output is not None:
        output.write_text(text + "\n")
    if outcome.empty_panels and airflow:
        typer.echo(f"FAILED: no data in {', '.join(outcome.empty_panels)}", err=True)
        raise typer.Exit(1)
    if not outcome.is_whole or outcome.spell is None or outcome.spell.fired is None:
        typer.echo(f"FAILED: payments are lost, or no alert; what was written: {folder}", err=True)
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
