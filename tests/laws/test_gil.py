"""A large batch does not keep other Python threads from their work."""

import threading
import time
from collections.abc import Callable
from itertools import pairwise

import pyarrow as pa
import pytest

from tests.laws.batches import events_batch
from tests.laws.oracle import Payment
from tests.laws.replica import Replica
from tests.laws.strategies import START
from tests.laws.wire import messages_of

ROWS = 50_000


MADE = [
    Payment(transaction_id=f"t{n}", event_time_us=START + n * 10_000, account_id=f"a{n % 999}")
    for n in range(ROWS)
]


def replayed(replica: Replica) -> Callable[[], object]:
    batch = events_batch(MADE)
    return lambda: replica.store.assemble_and_record_many(batch)


def recorded(replica: Replica) -> Callable[[], object]:
    batch = events_batch(MADE * 5)
    return lambda: replica.store.record_many(batch)


def recorded_from_the_wire(replica: Replica) -> Callable[[], object]:
    messages = messages_of(MADE) * 5
    return lambda: replica.store.record_wire(messages)


def merged(replica: Replica) -> Callable[[], object]:
    other = Replica()
    other.store.record_many(events_batch(MADE))
    states = pa.record_batch(other.store.export("account", 0, ROWS))["state"].to_pylist()
    return lambda: replica.store.merge_many(states * 10)


@pytest.mark.parametrize("prepare", [replayed, recorded, recorded_from_the_wire, merged])
def test_other_threads_go_on_beside(prepare: Callable[[Replica], Callable[[], object]]) -> None:
    replica = Replica()
    working = threading.Thread(target=prepare(replica), daemon=True)
    probe, ticks = MADE[-1], []
    working.start()
    while working.is_alive():
        ticks.append(time.perf_counter())
        replica.features(probe)
    working.join()
    gaps = [later - earlier for earlier, later in pairwise(ticks)]
    assert len(ticks) > 200
    assert max(gaps) < (ticks[-1] - ticks[0]) / 2
