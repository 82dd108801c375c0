"""``fraud dataset``: training sets that are built once, and known by their content."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from fraud.cli.dataset_engine import Engine, build_by
from fraud.cli.dataset_inputs import Places
from fraud.cli.detection import told_errors
from fraud.cli.errors import CommandError
from training.datasets.built import BuiltDataset
from training.datasets.manifest import DatasetManifest
from training.datasets.period import Period, format_duration, parse_duration
from training.datasets.split import EPOCH, SplitPlan
from training.errors import DatasetError

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def dataset() -> None:
    """Build training sets, and look at them."""


@app.command()
def build(
    train: Annotated[str, typer.Option(help="Days to learn from, A..B.")],
    holdout: Annotated[str, typer.Option(help="Days to measure on, C..D.")],
    output: Annotated[Path, typer.Option(help="Folder that the data set is written to.")],
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Folder of the history.", show_default=".fraud/history"),
    ] = None,
    lake: Annotated[
        Path | None, typer.Option(help="Folder of the lake, instead of --data.")
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Parquet file of labels.",
            show_default="those of --data; with --lake those in PostgreSQL",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            help="The moment of training, ISO 8601, UTC unless it says otherwise: labels known "
            "later are not learned from.",
            show_default="when the gap after --train is over",
        ),
    ] = None,
    gap: Annotated[str, typer.Option(help="Least time between --train and --holdout.")] = "7d",
    keep_known_accounts: Annotated[
        bool, typer.Option("--keep-known-accounts", help="Measure on accounts known as defrauded.")
    ] = False,
    engine: Annotated[
        Engine, typer.Option(help="Spark is for histories that are larger than this machine.")
    ] = Engine.LOCAL,
) -> None:
    """Build a training set: features and labels as they were known, with an id of its content."""
    with told_errors():
        moment = None if as_of is None else parse_moment(as_of)
        plan = SplitPlan(Period.parse(train), parse_duration(gap), Period.parse(holdout), moment)
        built = build_by(
            engine,
            Places(data, lake, labels, plan.test.last),
            plan,
            remove_known_accounts=not keep_known_accounts,
        )
        built.write(output)
    Console(soft_wrap=True).print(manifest_table(built.manifest, str(output)))


@app.command()
def show(
    folder: Annotated[Path, typer.Argument(help="A built data set.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest as it is.")] = False,
) -> None:
    """Print what a training set was built from, once its content is what its id says."""
    try:
        manifest = BuiltDataset.read(folder).manifest
    except DatasetError as error:
        raise CommandError(str(error), "`fraud dataset build` makes one") from error
    if as_json:
        typer.echo(manifest.model_dump_json(indent=2))
    else:
        Console(soft_wrap=True).print(manifest_table(manifest, str(folder)))


def parse_moment(text: str) -> int:
    """A time as microseconds since the Unix epoch.

    >>> parse_moment("1970-01-02") == parse_moment("1970-01-02T01:00+01:00") == 86_400_000_000
    True
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        hint = "write a time such as `2026-02-03` or `2026-02-03T06:00Z`"
        raise CommandError(f"Failed to read `--as-of`: `{text}` is no time", hint) from error
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)
    return (moment - EPOCH) // timedelta(microseconds=1)


def manifest_table(manifest: DatasetManifest, title: str) -> Table:
    """A manifest as a person reads it."""
    rows = Table(
        "", "Days", "Payments", "Frauds", "Labels known", title=title, title_justify="left"
    )
    rows.columns[1].no_wrap = True
    days = {"train": manifest.train, "gap": "between", "holdout": manifest.holdout}
    for name, part in manifest.parts.items():
        share = f"{part.frauds:,} ({part.fraud_share:.2%})"
        known = f"{part.labels_known:,} ({part.known_label_share:.1%})"
        rows.add_row(name, days[name], f"{part.payments:,}", share, known)
    measured = manifest.parts["holdout"].measured
    rows.add_row("measured", manifest.holdout, f"{measured:,}", "", "")
    read = ", ".join(f"{source.name} {source.sha256[:12]}" for source in manifest.sources)
    rows.caption = (
        f"id {manifest.id}\n"
        f"as of {manifest.as_of:%Y-%m-%d %H:%M:%S.%f} UTC: {manifest.frauds_known_share:.1%} of "
        f"the training's frauds were known; gap {format_duration(manifest.gap)}\n"
        f"contract {manifest.contract_version} {manifest.contract_digest}\n"
        f"read: {read}"
    )
    rows.caption_justify = "left"
    return rows
