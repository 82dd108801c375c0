"""``fraud backfill``: every entity's state from Parquet, by Spark and the kernel."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from fraud.cli.errors import CommandError
from fraud.settings import Settings, load_settings
from messaging.topics import RAW_TRANSACTIONS
from spark_stream.backfill import Backfill, DataSetSource, LakeSource, Source, backfill
from spark_stream.backfill.errors import BackfillError
from spark_stream.backfill.publish import publish
from spark_stream.backfill.run import read_states
from spark_stream.lake.table import offsets_of, open_table
from spark_stream.session import open_session

app = typer.Typer(add_completion=False)

LAKE = "lake"


@app.command(name="backfill")
def backfill_(
    data: Annotated[
        str,
        typer.Option(
            "--data",
            help="A data set's folder, a Parquet file of payments, or `lake` for the lake.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder that the states are written to.")],
    labels: Annotated[
        Path | None, typer.Option("--labels", help="Parquet file of labels; a data set's own else.")
    ] = None,
    publishing: Annotated[
        bool, typer.Option("--publish", help="Also write the states to feature_vectors.")
    ] = False,
    shards: Annotated[
        int | None, typer.Option(min=1, max=64, help="Tasks; as many as cores, at most 8, else.")
    ] = None,
) -> None:
    """Compute the state of every account, merchant, category and device."""
    settings = load_settings()
    source = source_of(data, labels, settings)
    with explained(), Console(stderr=True).status("Starting Spark") as status:
        # What the lake grows by meanwhile may be in the states, but is not claimed.
        offsets = offsets_in(source, settings) if publishing else {}
        source.count()
        began = time.perf_counter()
        with opened(settings) as session:
            started = time.perf_counter() - began
            status.update(f"Computing states from {data}")
            done = backfill(session, source, out, shards)
            states = read_states(session, out)
            status.update("Publishing")
            published = publish(session, states, settings.kafka, offsets) if publishing else None
    Console().print(table_of(done, started, published))


@contextmanager
def opened(settings: Settings) -> Iterator[Any]:
    """A session, stopped in the end."""
    session = open_session(settings, "backfill")
    try:
        yield session
    finally:
        session.stop()


@contextmanager
def explained() -> Iterator[None]:
    """Errors of a backfill as a person should read them."""
    try:
        yield
    except BackfillError as error:
        raise CommandError(str(error)) from error


def source_of(data: str, labels: Path | None, settings: Settings) -> Source:
    """Where ``--data`` points."""
    if data == LAKE:
        return LakeSource(settings.lake_dir.absolute(), labels and labels.absolute())
    return DataSetSource(Path(data).absolute(), labels and labels.absolute())


def offsets_in(source: Source, settings: Settings) -> dict[tuple[str, int], int]:
    """Up to where the topic is in the lake; nothing is known of other sources."""
    if not isinstance(source, LakeSource):
        return {}
    found = offsets_of(open_table(settings.lake_dir))
    return {(RAW_TRANSACTIONS, partition): offset for partition, offset in found.items()}


def table_of(done: Backfill, started: float, published: int | None) -> Table:
    """What was computed, and how long it took."""
    rows = Table("State of", "Entities", title=str(done.folder), title_justify="left")
    for kind, count in done.entities.items():
        rows.add_row(kind, f"{count:,}")
    if published is not None:
        rows.add_row("published", f"{published:,}")
    rows.caption = (
        f"{done.payments:,} payments by {done.shards} tasks in {done.seconds:.1f} s "
        f"({done.payments / done.seconds:,.0f}/s); Spark started in {started:.1f} s"
    )
    rows.caption_justify = "left"
    return rows
