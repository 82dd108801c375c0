"""Payments to learn from and to try things on: a simulated world, and an importer of public data.

>>> from simulator import World, WorldConfig
>>> world = World(WorldConfig(seed=7, customers=100, merchants=50, days=2))
>>> next(world.iter_transactions()).transaction_id
't0000000000000'
"""

from simulator.config import FraudMix, WorldConfig
from simulator.dataset import DatasetSummary, write_chunks, write_dataset
from simulator.errors import (
    BadValueError,
    ImportFailedError,
    MissingColumnError,
    SimulatorError,
    UnreadableFileError,
)
from simulator.handbook import import_handbook
from simulator.wire import from_transactions, to_labels, to_transactions, write_requests
from simulator.world import Chunk, World

__all__ = [
    "BadValueError",
    "Chunk",
    "DatasetSummary",
    "FraudMix",
    "ImportFailedError",
    "MissingColumnError",
    "SimulatorError",
    "UnreadableFileError",
    "World",
    "WorldConfig",
    "from_transactions",
    "import_handbook",
    "to_labels",
    "to_transactions",
    "write_chunks",
    "write_dataset",
    "write_requests",
]
