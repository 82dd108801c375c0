"""``fraud restore``: a platform from a folder of ``fraud backup``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from fraud.backup.backup import restore as bring_back
from fraud.cli.backup import print_manifest
from fraud.settings import load_settings

app = typer.Typer(add_completion=False)


@app.command()
def restore(
    folder: Annotated[
        Path, typer.Argument(help="Of `fraud backup`.", exists=True, file_okay=False)
    ],
) -> None:
    """Bring a platform back where there is none; run nothing before but brokers and database."""
    settings = load_settings()
    with Console(stderr=True).status("Looking") as status:
        manifest = bring_back(settings, folder, lambda part: status.update(f"Restoring {part}"))
    print_manifest(manifest)
    typer.echo(f"Restored into {settings.home}; start the platform, or its processes, as ever")
