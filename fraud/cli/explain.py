"""``fraud explain``: what looks back at decisions, in the foreground."""

import typer

from hindsight.__main__ import main

app = typer.Typer(add_completion=False)


@app.command()
def explain() -> None:
    """Explain decisions, and have shadow versions score them, until SIGTERM or SIGINT."""
    raise typer.Exit(main())
