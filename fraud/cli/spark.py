"""``fraud spark``: the streaming job, and how it does."""

import typer
from rich.console import Console
from rich.table import Table

from fraud.settings import load_settings
from spark_stream.status import JobStatus, QueryStatus, status_path

app = typer.Typer(no_args_is_help=True, help="Keep features and the lake from the topics.")


@app.command()
def run() -> None:
    """Stream until SIGTERM or SIGINT; goes on from its checkpoint."""
    from spark_stream.__main__ import main

    raise typer.Exit(main())


@app.command()
def jars() -> None:
    """Print what to give to ``spark-submit --jars``."""
    from spark_stream.session import kafka_jars

    typer.echo(kafka_jars())


@app.command()
def status() -> None:
    """Print how the job does; exit code 1 unless it runs."""
    settings = load_settings()
    found = JobStatus.read(status_path(settings))
    if found is None:
        Console().print(f"no job has run on {settings.checkpoint_dir}")
        raise typer.Exit(1)
    Console().print(_table(found))
    raise typer.Exit(0 if found.is_running else 1)


def _table(found: JobStatus) -> Table:
    said = "running" if found.is_running else "stopped" if found.stopped else "NOT RUNNING"
    table = Table(title=f"{said}, told {found.age_seconds:.0f} s ago", title_justify="left")
    table.add_column("query", style="bold")
    for name in ("batch", "messages", "ms", "in/s", "done/s", "behind", "states", "states MB"):
        table.add_column(name, justify="right")
    for query in found.queries:
        table.add_row(*_cells(query))
    machine = found.machine
    table.caption = (
        f"heap {machine.heap_used / 1e6:.0f} of {machine.heap_most / 1e6:.0f} MB, "
        f"{machine.collections:,} collections in {machine.collection_ms:,} ms, pid {found.pid}"
    )
    table.caption_justify = "left"
    return table


def _cells(query: QueryStatus) -> list[str]:
    return [
        query.name,
        f"{query.batch:,}",
        f"{query.rows:,}",
        f"{query.batch_ms:,}",
        f"{query.input_rate:,.0f}",
        f"{query.processed_rate:,.0f}",
        f"{query.behind:,}",
        f"{query.state_rows:,}",
        f"{query.state_bytes / 1e6:.1f}",
    ]
