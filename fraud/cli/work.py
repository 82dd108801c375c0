"""``fraud work``: the scoring worker in the foreground."""

import typer

from worker.__main__ import main

app = typer.Typer(add_completion=False)


@app.command()
def work() -> None:
    """Score payments of the stream that no gateway asked about, until SIGTERM or SIGINT."""
    raise typer.Exit(main())
