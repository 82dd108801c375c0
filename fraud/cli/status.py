"""``fraud status``: what runs, and how far it is."""

import time

import typer
from rich.console import Console
from rich.table import Table

from fraud.client import ScorerClient
from fraud.settings import Settings, load_settings
from scorer.sinks.errors import OutboxError
from scorer.sinks.position import read_position
from scorer.sinks.reader import OutboxReader

app = typer.Typer(add_completion=False)


@app.command()
def status() -> None:
    """Print the state of the scorer, its models, its outbox and its recorder."""
    settings = load_settings()
    table = Table(show_header=False, title=str(settings.home), title_justify="left")
    table.add_column(style="bold")
    table.add_column()
    serving = _add_scorer(table, settings)
    _add_outbox(table, settings)
    _add_snapshot(table, settings)
    Console().print(table)
    raise typer.Exit(0 if serving else 1)


def _add_scorer(table: Table, settings: Settings) -> bool:
    if not settings.port_file.is_file():
        table.add_row("scorer", "not running")
        return False
    target = f"{settings.scorer.host}:{settings.port_file.read_text()}"
    with ScorerClient(target) as client:
        serving = client.is_serving()
        table.add_row("scorer", f"{target}, {'serving' if serving else 'NOT SERVING'}")
        if serving:
            _add_models(table, client)
    return serving


def _add_models(table: Table, client: ScorerClient) -> None:
    answer = client.models()
    for model in answer.models:
        table.add_row(
            "model",
            f"{model.name} version {model.version}, contract {model.contract_digest[:12]}, "
            f"reviews from {model.review_threshold:.3f}, "
            f"declines from {model.decline_threshold:.3f}",
        )
    table.add_row("challenger's share", f"{answer.challenger_percent} % of accounts")


def _add_outbox(table: Table, settings: Settings) -> None:
    try:
        outbox = OutboxReader(settings.outbox_path)
    except OutboxError as exc:
        table.add_row("outbox", str(exc))
        return
    newest = outbox.newest_seq
    recorded = read_position(settings.outbox_path, outbox.identity)
    outbox.close()
    table.add_row("outbox", f"{newest:,} entries so far, {newest - recorded:,} not yet recorded")


def _add_snapshot(table: Table, settings: Settings) -> None:
    path = settings.snapshot_path
    if not path.is_file():
        table.add_row("feature state", "no snapshot yet")
        return
    file = path.stat()
    age = (time.time_ns() - file.st_mtime_ns) / 1e9
    table.add_row("feature state", f"snapshot of {file.st_size / 1e6:.1f} MB, {age:.0f} s old")
