"""What a scorer served over the wire is, bit for bit, what training replays."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from fraud.client import ScorerClient
from fraud.local.scorer import LocalScorer
from fraud.settings import LoggingSettings, RegistrySettings, ScorerSettings, Settings
from fraud.v1.records_pb2 import Prediction
from scorer.sinks.reader import OutboxReader
from simulator import World, WorldConfig, to_transactions, write_dataset
from tests.unit.scorer.support import amount_bundle, write_champion
from training.datasets.history import History
from training.datasets.replay import replay

PAYMENTS = 100_000
CONFIG = WorldConfig(seed=5, customers=2_000, merchants=400, days=40, payments_per_day=1.45)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize("edge", ["threads", "native"])
def test_no_bit_differs_over_a_hundred_thousand_payments(
    tmp_path: Path, edge: Literal["threads", "native"]
) -> None:
    write_dataset(World(CONFIG), tmp_path / "data")
    history = without_labels(History.read(tmp_path / "data"))
    assert len(history) >= PAYMENTS
    settings = Settings(
        home=tmp_path / "home",
        scorer=ScorerSettings(port=0, edge=edge),
        registry=RegistrySettings(directory=tmp_path / "bundles"),
        logging=LoggingSettings(level="warning"),
    )
    write_champion(tmp_path / "bundles", amount_bundle())
    with LocalScorer(settings) as scorer, ScorerClient(scorer.target) as client:
        answers = client.score_many(to_transactions(history.events))
        assert all(answer.HasField("response") for answer in answers)
    served = np.array(list(served_rows(settings.outbox_path)), np.float32)
    expected = replay(history).features
    assert served.shape == expected.shape
    assert int((served.view(np.uint32) != expected.view(np.uint32)).sum()) == 0


def without_labels(history: History) -> History:
    """The payments alone: the scorer of this test is told of no label."""
    never = np.full_like(history.known_at_us, np.iinfo(np.int64).max)
    return History(history.events, history.event_time_us, history.fraud, history.kind, never)


def served_rows(outbox: Path) -> Iterator[list[float]]:
    """The feature vectors in the scorer's log, in the order in which they were served."""
    reader, position = OutboxReader(outbox), 0
    while entries := reader.read_after(position, 5_000):
        for entry in entries:
            yield list(Prediction.FromString(entry.payload).features)
        position = entries[-1].seq
    reader.close()
