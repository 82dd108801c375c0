"""What is measured with, where nothing else is given: a simulated world and a model trained on it.

Made once and kept, under names that change with what they follow from.
"""

import hashlib
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from features_rs import contract
from simulator.config import WorldConfig
from simulator.dataset import write_dataset
from simulator.world import World
from training.config import TrainingConfig
from training.run import train

DatasetOption = Annotated[
    Path | None, typer.Option(help="Folder with events.parquet; simulated once if not given.")
]
BundleOption = Annotated[
    Path | None, typer.Option(help="Folder of a model; trained once if not given.")
]
KEPT = Path(__file__).parent / "kept"
WORLD = WorldConfig(customers=120_000, merchants=10_000, days=35, payments_per_day=0.25)
"""About a million payments; more than 100,000 of the customers pay in these days."""


def default_dataset(console: Console) -> Path:
    """The folder of the simulated history, made if it is not there."""
    digest = hashlib.sha256(WORLD.model_dump_json().encode()).hexdigest()[:12]
    folder = KEPT / f"dataset-{digest}"
    if not (folder / "labels.parquet").is_file():
        console.print("Simulating a history, once ...")
        write_dataset(World(WORLD), folder)
    return folder


def trained_bundle(dataset: Path, console: Console) -> Path:
    """The folder of a model trained on ``dataset``, made if it is not there."""
    origin = f"{dataset.resolve()} {contract().digest}"
    folder = KEPT / f"bundle-{hashlib.sha256(origin.encode()).hexdigest()[:12]}"
    if not (folder / "manifest.json").is_file():
        console.print("Training a model, once ...")
        train(TrainingConfig(), dataset, output=folder)
    return folder
