"""A small world, and a model whose answers depend on every kind of entity."""

from pathlib import Path

from features_rs import contract
from scorer.model.bundle import ModelBundle
from simulator.config import WorldConfig
from simulator.dataset import write_dataset
from simulator.world import World
from tests.unit.scorer.support import bundle_of, logistic_model

WORLD = WorldConfig(customers=150, merchants=40, days=20, payments_per_day=1.0)


def write_world(folder: Path) -> tuple[Path, Path]:
    """Write a dataset and a bundle below ``folder``; returns where they are."""
    dataset, bundle = folder / "dataset", folder / "bundle"
    write_dataset(World(WORLD), dataset)
    model().write(bundle)
    return dataset, bundle


def model() -> ModelBundle:
    """A little of every count, so that a payment that is not known shows."""
    counts = [name for name in contract().names if "_count_" in name]
    return bundle_of(
        logistic_model(dict.fromkeys(counts, 0.01)), review_threshold=0.2, decline_threshold=0.9
    )
