"""A large batch does not keep other Python threads from their work."""

import threading
import time
from itertools import pairwise

from tests.laws.batches import events_batch
from tests.laws.oracle import Payment
from tests.laws.replica import Replica
from tests.laws.strategies import START

ROWS = 50_000


def test_other_threads_go_on_while_a_batch_is_replayed() -> None:
    made = [
        Payment(transaction_id=f"t{n}", event_time_us=START + n * 10_000, account_id=f"a{n % 999}")
        for n in range(ROWS)
    ]
    batch, replica = events_batch(made), Replica()
    replaying = threading.Thread(
        target=replica.store.assemble_and_record_many, args=(batch,), daemon=True
    )
    probe, ticks = made[-1], []
    replaying.start()
    while replaying.is_alive():
        ticks.append(time.perf_counter())
        replica.features(probe)
    replaying.join()
    gaps = [later - earlier for earlier, later in pairwise(ticks)]
    assert len(ticks) > 200
    assert max(gaps) < (ticks[-1] - ticks[0]) / 2
