"""``fraud backup``: the whole platform into a folder."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from fraud.backup.backup import save
from fraud.backup.manifest import Manifest
from fraud.settings import load_settings

app = typer.Typer(add_completion=False)


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="Where to; made, and empty if it is there.")],
) -> None:
    """Save PostgreSQL, topics, registry and outbox while everything runs."""
    with Console(stderr=True).status("Looking") as status:
        manifest = save(load_settings(), folder, lambda part: status.update(f"Saving {part}"))
    print_manifest(manifest)
    typer.echo(f"Saved in {folder}; `fraud restore {folder}` brings it back on another machine")


def print_manifest(manifest: Manifest) -> None:
    """Print what is in a backup."""
    table = Table("What", "How many", title=f"made {manifest.made_at}", title_justify="left")
    for name, count in manifest.counts.items():
        table.add_row(name, f"{count:,}")
    size = sum(held.bytes for held in manifest.files.values())
    table.add_row("files, each with its SHA-256", f"{len(manifest.files):,}")
    table.add_row("bytes", f"{size:,}")
    Console().print(table)
