"""Served one by one or replayed in batches, a payment's features are the same bits."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from features_rs import Event, Label, Store, contract
from simulator import World, WorldConfig, write_dataset
from training.datasets.history import History
from training.datasets.replay import replay

PAYMENTS = 100_000

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    folder: Path = tmp_path_factory.mktemp("world")
    config = WorldConfig(seed=11, customers=1_000, merchants=500, days=50, payments_per_day=2.3)
    write_dataset(World(config), folder)
    return History.read(folder)


def test_no_bit_differs_over_a_hundred_thousand_payments(history: History) -> None:
    assert len(history) >= PAYMENTS
    replayed = replay(history).features.view(np.uint32)
    served = serve_one_by_one(history).view(np.uint32)
    assert served.shape == replayed.shape
    assert int((served != replayed).sum()) == 0


def test_every_feature_takes_part(history: History) -> None:
    features = replay(history).features
    constant = [
        name
        for name, column in zip(contract().names, features.T, strict=True)
        if len(np.unique(column[~np.isnan(column)])) < 2
    ]
    assert constant == []


def serve_one_by_one(history: History) -> Any:
    """As the scorer does: learn what has become known, then assemble and record."""
    store, labels = Store(), labels_of(history)
    rows = np.empty((len(history), len(contract().names)), np.float32)
    waiting = next(labels, None)
    for row, event in zip(rows, events_of(history), strict=True):
        while waiting is not None and waiting[0] <= event["event_time_us"]:
            store.learn(waiting[1])
            waiting = next(labels, None)
        assert store.assemble_and_record(Event(**event), row) == "recorded"
    return rows


def events_of(history: History) -> Iterator[dict[str, Any]]:
    index = history.events.schema.get_field_index("event_time")
    times = pa.array(history.event_time_us)
    events = history.events.set_column(index, "event_time_us", times)
    # Of labels alone.
    yield from events.drop_columns(["ratio_to_usual"]).to_pylist()


def labels_of(history: History) -> Iterator[tuple[int, Label]]:
    learned = history.learned()
    moments = [learned[name].cast(pa.int64()).to_pylist() for name in ("event_time", "known_at")]
    others = learned.drop_columns(["event_time", "known_at"]).to_pylist()
    for event_time_us, known_at_us, fields in zip(*moments, others, strict=True):
        label = Label(**fields, event_time_us=event_time_us, known_at_us=known_at_us)
        yield known_at_us, label
