"""A small world with enough fraud to look at every kind of it."""

from dataclasses import dataclass

import pyarrow as pa
import pytest

from simulator import World, WorldConfig

CONFIG = WorldConfig(seed=11, customers=3_000, merchants=1_500, days=40, fraud_rate=0.02)


@dataclass(frozen=True)
class History:
    events: pa.Table
    labels: pa.Table


@pytest.fixture(scope="session")
def world() -> World:
    return World(CONFIG)


@pytest.fixture(scope="session")
def history(world: World) -> History:
    chunks = list(world.generate())
    return History(
        pa.Table.from_batches([chunk.events for chunk in chunks]),
        pa.Table.from_batches([chunk.labels for chunk in chunks]),
    )
