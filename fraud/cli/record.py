"""``fraud record``: the recorder in the foreground."""

import typer

from scorer.recorder.__main__ import main

app = typer.Typer(add_completion=False)


@app.command()
def record() -> None:
    """Write decisions from the outbox to PostgreSQL until SIGTERM or SIGINT."""
    raise typer.Exit(main())
