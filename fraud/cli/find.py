"""``fraud models find``: the version that was made from a training set."""

from pathlib import Path
from typing import Annotated, Final

import typer

from fraud.cli.detection import told_errors
from fraud.cli.governed import open_registry

NOT_FOUND: Final = 1
"""Exit code; errors have another."""
DATASET_TAG: Final = "dataset_id"


def find(
    dataset: Annotated[Path, typer.Option("--dataset", help="Folder of the training set.")],
) -> None:
    """Print the newest version that was trained on a training set; exit code 1 if none was."""
    # Imported here: it brings pyarrow, which a rollback beside this command does not need.
    from training.datasets.manifest import DatasetManifest

    with told_errors():
        wanted = DatasetManifest.read(dataset).id
    with open_registry() as server:
        for version in server.versions():
            if version["tags"].get(DATASET_TAG) == wanted:
                typer.echo(version["version"])
                return
    typer.echo(f"no version was trained on data set {wanted}")
    raise typer.Exit(NOT_FOUND)
