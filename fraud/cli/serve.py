"""``fraud serve``: the scorer in the foreground."""

from contextlib import ExitStack
from typing import Annotated

import typer

from fraud.settings import Settings, load_settings
from scorer.service import ScorerService

app = typer.Typer(add_completion=False)


@app.command()
def serve(
    local: Annotated[
        bool,
        typer.Option("--local", help="Also run MLflow, PostgreSQL and the recorder beside it."),
    ] = False,
) -> None:
    """Score payments until SIGTERM or SIGINT."""
    settings = load_settings()
    with ExitStack() as beside:
        if local:
            _start_beside(settings, beside)
        ScorerService(settings).run()


def _start_beside(settings: Settings, beside: ExitStack) -> None:
    # Imported here: a scorer alone is installed without what these need.
    from fraud.local.mlflow import LocalMlflow
    from fraud.local.scorer import local_recorder

    if settings.registry.directory is None:
        beside.enter_context(LocalMlflow(settings.registry.url, settings.mlflow_dir))
    recorder = local_recorder(settings)
    recorder.start()
    beside.callback(recorder.stop)
